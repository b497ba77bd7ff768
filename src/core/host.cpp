// The switchboard: reports of wires in, orders out.
#include "core/host.hpp"

#include "base/check.hpp"
#include "core/versions.hpp"

namespace kith::core {
namespace {

std::vector<gossip::Kind> gossip_kinds(const std::vector<Kind>& kinds) {
  std::vector<gossip::Kind> out;
  for (const auto& kind : kinds) out.push_back({kind.largest, kind.priority});
  return out;
}

/// What we say of ourselves: our kinds among the rest.
HostConfig with_kinds(HostConfig config, const std::vector<Kind>& kinds) {
  auto& tags = config.self.kinds.emplace();
  for (const auto& kind : kinds) tags.push_back(gossip::tag_of(kind.text));
  std::ranges::sort(tags);
  check(std::ranges::adjacent_find(tags) == tags.end(), "two kinds of one tag");
  return config;
}

}  // namespace

Host::Host(HostConfig config, std::unique_ptr<ledger::Chain> chain, std::vector<Kind> kinds,
           std::vector<std::unique_ptr<Protocol>> protocols, const Memory& memory, Rng& rng)
    : config_(with_kinds(std::move(config), kinds)),
      chain_(std::move(chain)),
      kinds_(std::move(kinds)),
      protocols_(std::move(protocols)),
      reputation_(peers::Reputation::restore(config_.reputation, memory.reputation)),
      gossip_(config_.gossip, gossip_kinds(kinds_)),
      deliveries_(config_.delivery) {
  check(kinds_.size() <= max_kinds, "too many kinds");
  for (std::size_t i = 0; i < config_.neighbours.size(); ++i)
    neighbours_.emplace_back(config_.neighbours[i], config_.self, i < memory.books.size() ? memory.books[i] : Buffer{},
                             rng);
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    tags_.push_back(gossip::tag_of(kinds_[i].text));
    if (kinds_[i].budget) budgets_.emplace(static_cast<u16>(i), peers::Budget(*kinds_[i].budget, Time{}));
  }
  if (chain_) sync_.emplace(*chain_, config_.sync);
  for (std::size_t i = 0; i < protocols_.size(); ++i) {
    protocols_[i]->mounted(static_cast<u16>(names_.size()));
    for (auto& name : protocols_[i]->names()) {
      check(name.text.size() <= max_name_text, "a name that is too long");
      names_.push_back(std::move(name));
      owner_.push_back(i);
    }
  }
  check(names_.size() <= max_names, "too many names");
}

void Host::start(Turn& turn) {
  for (const auto& ban : reputation_.bans(turn.utc))
    if (const auto* id = std::get_if<PeerId>(&ban.subject)) order(Refuse{*id, true});
  // A node that is killed soon after its start has its neighbours all the same.
  save_at_ = turn.now + config_.save_every / 15;
  tick(turn);
}

Neighbours* Host::on(std::string_view word) {
  const auto at = std::ranges::find(neighbours_, word, &Neighbours::word);
  return at == neighbours_.end() ? nullptr : &*at;
}

peers::Subject Host::subject_of(const Address& address) const {
  const auto* here = on(address.wire);
  const bool proven = address.id && here && here->proves_ids();
  return proven ? peers::Subject{*address.id} : peers::Subject{ban_subject(address.ip)};
}

Offer Host::offer(const Turn& turn, std::string_view word) const {
  Offer out{config_.self, names_, config_.least_version};
  const auto* here = on(word);
  out.hello.id = here->id();
  out.hello.time = turn.utc;
  out.hello.port = here->port_to_tell(turn.now);
  if (!chain_) return out;
  out.height = chain_->tip().height;
  out.hello.fork = chain_->forks().id(out.height);
  return out;
}

std::optional<Order> Host::take() {
  if (orders_.empty()) return std::nullopt;
  auto out = std::move(orders_.front());
  orders_.pop_front();
  return out;
}

std::optional<Peer> Host::knocked(Turn& turn, const Address& from) {
  if (reputation_.banned(peers::Subject{ban_subject(from.ip)}, turn.utc)) return std::nullopt;
  auto& here = *on(from.wire);
  if (const auto slow = here.slowest(connections_)) close(*connections_.find(*slow), Fault::evicted);
  if (!here.admits(turn, from.ip, connections_)) return std::nullopt;
  const Peer peer{next_peer_++};
  Connection row{.info = {peer, from, true, {}}, .since = turn.now};
  row.next_lane = 2;
  connections_.add(std::move(row));
  return peer;
}

void Host::dial(Turn& turn, const Wish& wish) {
  const auto* endpoint = std::get_if<Endpoint>(&wish.to);
  const auto& to = endpoint ? endpoint->address : std::get<Address>(wish.to);
  auto* here = on(to.wire);
  if (!here) return order(Event{NotOpened{{{}, to, false, {}}, {Fault::bad_config, "a wire that is not spoken here"}}});
  if (endpoint && !here->dials_names()) return order(Resolve{*endpoint});
  if (!here->may_reach(to.ip))
    return order(Event{NotOpened{{{}, to, false, {}}, {Fault::bad_config, "a wire that stays on this machine"}}});
  if (reputation_.banned(subject_of(to), turn.utc)) return;
  const Peer peer{next_peer_++};
  connections_.add({.info = {peer, to, false, {}},
                    .probe = wish.probe,
                    .probe_for = wish.probe_for,
                    .planned = wish.planned,
                    .since = turn.now});
  here->dialling(turn, to);
  order(Dial{peer, to, wish.probe, endpoint ? endpoint->dns : std::string{}});
}

void Host::dial_failed(Turn& turn, Peer peer, const Error& why) { closed(turn, peer, why); }

void Host::resolved(Turn& turn, const Endpoint& endpoint, std::span<const Ip> ips) {
  auto* here = on(endpoint.address.wire);
  if (here && here->seeded(turn, endpoint, ips)) return;
  for (const auto& wish : core::resolved(endpoint, ips)) dial(turn, wish);
}

void Host::heard(Turn& turn, const Address& from, std::span<const TimedAddress> addresses) {
  on(from.wire)->learned(turn, from, addresses);
}

std::vector<TimedAddress> Host::addresses_for(Turn& turn, const Address& asker) {
  return on(asker.wire)->addresses_for(turn, asker);
}

void Host::connect(Turn& turn, const Endpoint& to) { dial(turn, to.dns.empty() ? Wish{to.address} : Wish{to}); }

void Host::report(Turn& turn, Peer peer, Report report) {
  auto* row = connections_.find(peer);
  if (!row) return;
  if (auto* closed_ = std::get_if<Closed>(&report)) {
    if (closed_->their_clock) clocks_.heard(turn.now, row->info.address.ip, *closed_->their_clock);
    const auto again = closed_->again && !row->info.inbound ? std::optional(*row) : std::nullopt;
    closed(turn, peer, closed_->error);
    if (again) dial(turn, {again->info.address, again->probe, again->probe_for, again->planned});
    return;
  }
  if (auto* left_ = std::get_if<Left>(&report)) return left(turn, *row, left_->bytes);
  if (row->closing) return;
  if (auto* hello = std::get_if<Opened>(&report)) return opened(turn, *row, std::move(hello->hello));
  if (!row->open) return;
  if (auto* message = std::get_if<Arrived>(&report)) return arrived(turn, *row, message->message);
  if (auto* erred = std::get_if<Erred>(&report)) return blame(turn, peer, erred->error);
  with_speakers(turn, peer, [&](ProtocolTurn& mine, Protocol& protocol) {
    protocol.on_reset(mine, peer, std::get<LaneReset>(report).lane);
  });
}

Result<> Host::may_stay(Turn& turn, const Connection& row) {
  const auto& id = row.info.hello.id;
  const auto& ours = around(row.info).id();
  if (ours && (id == ours || row.info.hello.claimed == ours)) return fail(Fault::own_self);
  if (id && reputation_.banned(peers::Subject{*id}, turn.utc)) return fail(Fault::banned);
  if (row.info.hello.fork && chain_ && !same_rules(row.info, chain_->tip().height)) return fail(Fault::other_fork);
  if (auto* twin = id ? connections_.twin(*id, row.info.peer) : nullptr) {
    // The one dialled by the lower id stays when they were dialled from both sides, else the older: both ends agree.
    const bool ours_is_lower = config_.self.id < id;
    const bool newer_stays = twin->info.inbound != row.info.inbound && ours_is_lower == !row.info.inbound;
    if (!newer_stays) return fail(Fault::duplicate);
    const Peer old = twin->info.peer;
    close(*twin, Fault::duplicate);
    closed(turn, old, {Fault::duplicate});
  }
  if (!row.info.inbound) return {};
  const auto evicted = around(row.info).seat(turn, row, connections_);
  if (!evicted) return std::unexpected(evicted.error());
  if (*evicted) close(*connections_.find(**evicted), Fault::evicted);
  return {};
}

void Host::opened(Turn& turn, Connection& row, Hello hello) {
  row.info.hello = std::move(hello);
  row.info.hello.names = newest(names_, std::move(row.info.hello.names));
  row.info.address.id = row.info.hello.id ? row.info.hello.id : row.info.hello.claimed;
  row.answered = true;
  // A wire that knows no date says 1970.
  if (row.info.hello.time != Utc{}) clocks_.heard(turn.now, row.info.address.ip, row.info.hello.time);
  if (row.probe) return;
  if (const auto stays = may_stay(turn, row); !stays) return close(row, stays.error().fault);
  row.open = true;
  row.opened_at = turn.now;
  const auto info = row.info;
  order(Event{PeerUp{info}});
  if (const auto wish = around(info).opened(turn, info)) dial(turn, *wish);
  with_speakers(turn, info.peer, [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_peer(mine, info); });
  follow(turn, gossip_.on_peer(turn.now, info.peer, kinds_of(info.hello)));
  if (sync_ && gives_blocks(info)) follow(turn, sync_->on_peer(turn.now, turn.utc, info.peer, !info.inbound));
  if (info.hello.id) follow(turn, deliveries_.on_peer(turn.now, *info.hello.id, info.peer));
}

void Host::closed(Turn& turn, Peer peer, const Error& why) {
  auto* row = connections_.find(peer);
  if (!row) return;
  const auto gone = *row;
  connections_.erase(peer);
  around(gone.info).closed(turn, gone, connections_);
  if (gone.probe_for)
    with_speakers(turn, *gone.probe_for, [&](ProtocolTurn& mine, Protocol& protocol) {
      protocol.on_probed(mine, *gone.probe_for, gone.info.address, gone.answered);
    });
  if (!gone.open) {
    if (gone.probe) return;
    order(Event{NotOpened{gone.info, why}});
    const auto& id = gone.info.address.id;
    if (!gone.info.inbound && id) follow(turn, deliveries_.dial_failed(turn.now, *id, around(turn)));
    return;
  }
  if (kith::row(why.fault).debtor == Debtor::peer && !gone.closing) charge(turn, gone.info, why);
  with_all(turn, [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_gone(mine, peer); });
  follow(turn, gossip_.on_gone(turn.now, peer));
  if (sync_) follow(turn, sync_->on_gone(turn.now, peer));
  follow(turn, deliveries_.on_gone(turn.now, peer, around(turn)));
  order(Event{PeerDown{gone.info, why}});
}

void Host::arrived(Turn& turn, Connection& row, const Message& message) {
  check(message.name < names_.size(), "a name that is not ours");
  // An older version of a protocol of which both speak a newer one.
  if (!row.shares(message.name)) return blame(turn, row.info.peer, {Fault::unknown_name, "an older version"});
  // The row stands while the protocol speaks: what it asks for happens after its turn.
  with(turn, *protocols_[owner_[message.name]],
       [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_message(mine, row.info, message); });
}

void Host::left(Turn& turn, Connection& row, std::size_t bytes) {
  row.queued -= std::min(bytes, row.queued);
  if (!row.was_full || row.queued > full_queue / 2 || row.closing) return;
  row.was_full = false;
  const Peer peer = row.info.peer;
  with_speakers(turn, peer, [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_room(mine, peer); });
}

bool Host::charge(const Turn& turn, const PeerInfo& info, const Error& error) {
  const bool banned = reputation_.blame(subject_of(info.address), error, turn.utc);
  if (banned && info.hello.id) order(Refuse{*info.hello.id, true});
  order(Event{PeerBlamed{info, error, banned}});
  return banned;
}

void Host::blame(Turn& turn, Peer peer, const Error& error) {
  auto* row = connections_.find(peer);
  if (!row || row->closing) return;
  const auto& reaction = kith::row(error.fault);
  const bool banned = reaction.debtor == Debtor::peer && charge(turn, row->info, error);
  if (banned)
    close(*row, Fault::banned);
  else if (reaction.closes)
    close(*row, error.fault);
}

void Host::close(Connection& row, Fault why) {
  if (std::exchange(row.closing, true)) return;
  order(Close{row.info.peer, why});
}

bool Host::disconnect(Turn&, Peer peer) {
  auto* row = connections_.find(peer);
  if (row) close(*row, Fault::operator_asked);
  return row != nullptr;
}

void Host::ban(Turn& turn, const peers::Subject& subject, Duration how_long) {
  reputation_.ban(subject, turn.utc + std::chrono::duration_cast<Utc::duration>(how_long));
  const auto* id = std::get_if<PeerId>(&subject);
  const auto* ip = std::get_if<Ip>(&subject);
  if (id) order(Refuse{*id, true});
  for (const Peer peer : connections_.peers()) {
    auto& row = *connections_.find(peer);
    const bool meant = id ? row.info.hello.id == *id : ban_subject(row.info.address.ip) == ban_subject(*ip);
    if (meant) close(row, Fault::banned);
  }
}

bool Host::unban(Turn&, const peers::Subject& subject) {
  if (const auto* id = std::get_if<PeerId>(&subject)) order(Refuse{*id, false});
  return reputation_.unban(subject);
}

Result<> Host::publish_item(Turn& turn, u16 kind, Body body) {
  if (kind >= kinds_.size()) return fail(Fault::bad_config, "kind");
  if (body.size() > kinds_[kind].largest) return fail(Fault::oversize, "item");
  const auto examined = kinds_[kind].examine(body.bytes(), turn.utc);
  if (!examined) return std::unexpected(examined.error());
  Item item{{kind, examined->hash}, std::move(body)};
  if (!kinds_[kind].proves_itself)
    return follow(turn, gossip_.publish(turn.now, std::move(item), examined->date)), Result<>{};
  if (own_.size() >= max_own_judging) return fail(Fault::no_slot, "items of our own that are being judged");
  own_.emplace(next_own_, item);
  order(Work{ItemJob{next_own_++, std::move(item), false}});
  return {};
}

Result<> Host::publish_block(Turn& turn, Body body) {
  if (!sync_) return fail(Fault::bad_config, "this node has no ledger");
  auto decisions = sync_->publish(turn.now, turn.utc, std::move(body));
  if (!decisions) return std::unexpected(decisions.error());
  follow(turn, std::move(*decisions));
  return {};
}

bool Host::synced() const { return sync_ && sync_->synced(); }

void Host::done(Turn& turn, const Done& done) {
  if (const auto* rulings = std::get_if<std::vector<ledger::Ruling>>(&done))
    return follow(turn, sync_->ruled(turn.now, turn.utc, *rulings));
  if (const auto* item = std::get_if<ItemRuling>(&done)) {
    if (auto own = own_.extract(item->number)) return judged_own(turn, std::move(own.mapped()), item->verdict);
    const auto verdict = within_share(turn, *item);
    if (!item->needs.empty()) lacking(turn, *item);
    judged(turn, *item);
    follow(turn, gossip_.ruled(turn.now, item->number, verdict));
    if (item->letter && verdict == Verdict::accept) unsealed(turn, *item->letter);
    return;
  }
  const auto& read = std::get<BlockRead>(done);
  with_speakers(turn, read.job.peer, [&](ProtocolTurn& mine, Protocol& protocol) {
    protocol.on_served(mine, read.job.peer, read.job.lane, read.job.id, read.body);
  });
}

void Host::tick(Turn& turn) {
  for (const auto& protocol : protocols_)
    if (protocol->next() <= turn.now)
      with(turn, *protocol, [](ProtocolTurn& mine, Protocol& each) { each.on_tick(mine); });
  if (gossip_.next() <= turn.now) follow(turn, gossip_.on_tick(turn.now));
  if (deliveries_.next() <= turn.now) follow(turn, deliveries_.on_tick(turn.now, around(turn)));
  if (sync_ && sync_->next() <= turn.now) follow(turn, sync_->on_tick(turn.now, turn.utc));
  const auto fits = [&](const Address& to) { return !reputation_.banned(subject_of(to), turn.utc); };
  for (auto& here : neighbours_) {
    if (here.next() > turn.now) continue;
    for (auto& of : here.inquiries(turn)) order(Inquire{std::move(of)});
    if (const auto peer = here.surplus(turn, connections_)) close(*connections_.find(*peer), Fault::evicted);
    for (const auto& wish : here.on_tick(turn, connections_, fits)) dial(turn, wish);
  }
  if (const auto news = clocks_.look(turn.now, turn.utc)) order(Event{ClockDiffers{*news}});
  if (turn.now >= save_at_) save(turn);
}

Time Host::next() const {
  Time first = std::min({gossip_.next(), deliveries_.next(), clocks_.next(), save_at_});
  for (const auto& here : neighbours_) first = std::min(first, here.next());
  if (sync_) first = std::min(first, sync_->next());
  for (const auto& protocol : protocols_) first = std::min(first, protocol->next());
  return first;
}

void Host::save(Turn& turn) {
  for (const auto& here : neighbours_) order(Save{book_file(here.word()), here.book().save()});
  order(Save{reputation_file, reputation_.save()});
  save_at_ = turn.now + config_.save_every;
}

void Host::stop(Turn& turn) {
  for (const Peer peer : connections_.peers()) close(*connections_.find(peer), Fault::shutting_down);
  save(turn);
}

}  // namespace kith::core
