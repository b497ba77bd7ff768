// Between the host's connections and the book, the dial plan, the limits and what others say of our address.
#include "core/neighbours.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace kith::core {
namespace {

/// Addresses of one name of the seeds that are learned, and for how old they are taken.
constexpr std::size_t most_of_seed = 64;
constexpr auto seed_age = std::chrono::days(5);

peers::PeerBook open_book(Bytes file, Rng& rng, bool& damaged) {
  if (!file.empty()) {
    if (auto book = peers::PeerBook::restore(file)) return std::move(*book);
    damaged = true;
  }
  return peers::PeerBook(rng);
}

}  // namespace

Neighbours::Neighbours(NeighboursConfig config, const Hello& self, Bytes file, Rng& rng)
    : config_(std::move(config)),
      id_(!config_.has_ids ? std::nullopt
          : config_.id     ? config_.id
                           : self.id),
      kinds_(self.kinds.value_or(std::vector<KindTag>{})),
      book_(open_book(file, rng, damaged_)),
      met_bootstrap_(config_.bootstrap.empty() || book_.size() > 0),
      admission_(config_.limits, Time{}),
      reachability_(config_.reachability),
      salt_(rng.bytes<16>()),
      rotate_after_(config_.dialing.rotate_first) {}

std::vector<Wish> Neighbours::on_tick(Turn& turn, const Connections& connections,
                                      const std::function<bool(const Address&)>& may_dial) {
  if (turn.now < look_at_) return {};
  look_at_ = turn.now + turn.rng.around(config_.look_every);
  const auto& dialing = config_.dialing;
  if (rotate_at_ == never) rotate_at_ = turn.now + turn.rng.around(rotate_after_);

  const auto all = links(connections);
  const bool have_outbound =
      std::ranges::any_of(all, [](const peers::Link& link) { return link.outbound && !link.feeler; });
  const peers::Situation situation{turn.now, turn.utc, all, {}, feeler_at_, rotate_at_, kinds_};
  const auto allowed = [&](const Address& to) { return !is_me(to) && may_reach(to.ip) && may_dial(to); };
  const auto picks = peers::plan(dialing, situation, book_, turn.rng, allowed);
  if (turn.now >= rotate_at_) {
    rotate_after_ = std::min(rotate_after_ * 2, dialing.rotate_every);
    rotate_at_ = turn.now + turn.rng.around(rotate_after_);
  }
  std::vector<Wish> out;
  for (const auto& pick : picks) {
    if (pick.feeler) feeler_at_ = turn.now + turn.rng.around(dialing.feeler_every);
    if (pick.explorer) feeler_at_ = std::max(feeler_at_, turn.now + turn.rng.around(dialing.explore_every));
    out.push_back({.to = pick.address, .probe = pick.feeler, .planned = true});
  }
  // Who knows only those who came to it may be on an island with them: it asks until it was in the network once.
  const bool alone = out.empty() && !have_outbound;
  if (alone || !met_bootstrap_) std::ranges::move(bootstrap(turn), std::back_inserter(out));
  return out;
}

std::vector<peers::Link> Neighbours::links(const Connections& connections, std::vector<Peer>* peers) const {
  std::vector<peers::Link> out;
  for (const auto& [peer, row] : connections.rows()) {
    if (!is_here(row)) continue;
    peers::Link link{.address = row.info.address,
                     .outbound = !row.info.inbound,
                     .open = row.open && !row.closing,
                     .feeler = row.probe,
                     .since = row.opened_at,
                     .planned = row.planned};
    const auto& kinds = row.info.hello.kinds;
    if (link.open) {
      // Who is too old to say takes what comes.
      link.kinds = kinds ? peers::shared_kinds(kinds_, *kinds) : ~u64{0};
    } else if (!kinds_.empty()) {
      const auto entry = book_.find(row.info.address);
      link.kinds = entry ? peers::shared_kinds(kinds_, entry->kinds) : 0;
    }
    out.push_back(std::move(link));
    if (peers) peers->push_back(peer);
  }
  return out;
}

std::optional<Peer> Neighbours::surplus(const Turn& turn, const Connections& connections) const {
  std::vector<Peer> peers;
  const auto all = links(connections, &peers);
  const auto at =
      peers::surplus(config_.dialing, {.now = turn.now, .utc = turn.utc, .links = all, .anchors = {}, .kinds = kinds_});
  return at ? std::optional(peers[*at]) : std::nullopt;
}

std::vector<KindTag> Neighbours::kinds_wanted(const Turn& turn, const Connections& connections) const {
  const auto all = links(connections);
  const u64 lacking = peers::lacking_kinds(
      config_.dialing, {.now = turn.now, .utc = turn.utc, .links = all, .anchors = {}, .kinds = kinds_});
  std::vector<KindTag> out;
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    if (lacking >> i & 1) out.push_back(kinds_[i]);
  return out;
}

void Neighbours::note_kinds(const Address& address, const Hello& hello) {
  if (!hello.kinds) return;
  // Our own first: of those that there is no room for, nobody is found.
  std::vector<KindTag> kinds;
  std::ranges::copy_if(*hello.kinds, std::back_inserter(kinds),
                       [&](KindTag kind) { return std::ranges::binary_search(kinds_, kind); });
  std::ranges::copy(*hello.kinds, std::back_inserter(kinds));
  book_.takes(address, kinds);
}

std::vector<Wish> Neighbours::bootstrap(Turn& turn) {
  if (turn.now < bootstrap_at_) return {};
  bootstrap_at_ = turn.now + turn.rng.around(config_.bootstrap_every);
  std::vector<Wish> out;
  for (const auto& endpoint : config_.bootstrap) {
    if (!endpoint.dns.empty())
      out.push_back({endpoint});
    else if (!is_me(endpoint.address))
      out.push_back({endpoint.address});
  }
  if (book_.size() == 0) ask_seeds(turn, out);
  return out;
}

std::vector<Address> Neighbours::inquiries(Turn& turn) {
  if (config_.inquire_of == 0 || turn.now < inquire_at_) return {};
  const bool thin = book_.size() < config_.thin_book;
  inquire_at_ = turn.now + turn.rng.around(thin ? config_.inquire_every : config_.inquire_later);
  std::set<Address> out;
  for (std::size_t i = 0; i < config_.inquire_of; ++i)
    if (const auto one = book_.choose(turn.rng, false, turn.utc, [](const peers::Entry&) { return true; }))
      out.insert(*one);
  if (thin) out.insert(config_.inquire_first.begin(), config_.inquire_first.end());
  std::erase_if(out, [&](const Address& of) { return is_me(of) || !may_reach(of.ip); });
  return {out.begin(), out.end()};
}

void Neighbours::ask_seeds(const Turn& turn, std::vector<Wish>& out) {
  // Addresses that stand in a program are the oldest: they come second.
  const bool names_failed = std::exchange(asked_seeds_, true);
  for (const auto& seed : config_.seeds) {
    if (!seed.dns.empty())
      out.push_back({seed});
    else if (names_failed)
      book_.learn(seed.address, seed.address.ip, turn.utc - seed_age, turn.utc);
  }
}

bool Neighbours::seeded(const Turn& turn, const Endpoint& endpoint, std::span<const Ip> ips) {
  if (std::ranges::find(config_.seeds, endpoint) == config_.seeds.end()) return false;
  for (const auto& wish : resolved(endpoint, ips.first(std::min(ips.size(), most_of_seed))))
    // All that one name says comes from one source.
    book_.learn(std::get<Address>(wish.to), ips.front(), turn.utc - seed_age, turn.utc);
  return true;
}

std::optional<Peer> Neighbours::slowest(const Connections& connections) const {
  const Connection* out = nullptr;
  std::size_t pending = 0;
  for (const auto& [peer, row] : connections.rows()) {
    if (!row.info.inbound || row.open || row.closing || !is_here(row)) continue;
    ++pending;
    if (!out || row.since < out->since) out = &row;
  }
  if (!out || pending < config_.limits.pending) return std::nullopt;
  return out->info.peer;
}

bool Neighbours::admits(const Turn& turn, const Ip& from, const Connections& connections) {
  peers::Counts counts;
  for (const auto& [peer, row] : connections.rows()) {
    if (!row.info.inbound || !is_here(row)) continue;
    if (!row.open && !row.closing) ++counts.pending;
    if (group_of(row.info.address.ip) == group_of(from)) ++counts.in_group;
  }
  return admission_.admit(turn.now, from, counts).has_value();
}

Result<std::optional<Peer>> Neighbours::seat(const Turn&, const Connection& row, const Connections& connections) {
  const auto sits = [&](const Connection& other) {
    return other.open && !other.closing && other.info.inbound && is_here(other) && other.info.peer != row.info.peer;
  };
  std::size_t count = 0;
  for (const auto& [peer, other] : connections.rows()) count += std::size_t{sits(other)};
  if (!admission_.full(count)) return std::optional<Peer>{};
  std::vector<peers::Candidate> seated;
  for (const auto& [peer, other] : connections.rows())
    if (sits(other))
      seated.push_back(
          {peer, other.info.address.ip, other.opened_at, other.round_trip, other.last_item, other.last_block});
  const auto evicted = peers::evict(std::move(seated), salt_);
  if (!evicted) return fail(Fault::no_slot, "inbound");
  return evicted;
}

std::optional<Wish> Neighbours::opened(Turn& turn, const PeerInfo& info) {
  if (!info.inbound) {
    book_.good(info.address, turn.utc);
    note_kinds(info.address, info.hello);
  }
  met_bootstrap_ |= std::ranges::any_of(config_.bootstrap, [&](const Endpoint& endpoint) {
    const auto& named = endpoint.address;
    return named.id ? named.id == info.hello.id : named.ip == info.address.ip && named.port == info.address.port;
  });
  if (!info.inbound || info.hello.port == 0) return std::nullopt;
  // Its address as we see it, and never one that it names: nobody can make us dial somebody else.
  return Wish{Address{info.address.ip, info.hello.port, config_.word, info.hello.id}, true, info.peer};
}

void Neighbours::closed(const Turn& turn, const Connection& gone, const Connections& connections) {
  if (gone.info.inbound) return;
  const bool there = gone.open || gone.answered;
  if (there) {
    book_.good(gone.info.address, turn.utc);
    // A probe says nothing of kinds, but it was made for somebody who did.
    const auto* whom = gone.probe_for ? connections.find(*gone.probe_for) : nullptr;
    if (whom && whom->info.hello.id == gone.info.hello.id) note_kinds(gone.info.address, whom->info.hello);
    return;
  }
  // While nobody can be reached, it is the network that failed, and not everybody we know.
  const auto& rows = connections.rows();
  if (std::any_of(rows.begin(), rows.end(), [](const auto& entry) { return entry.second.open; }))
    book_.failed(gone.info.address, turn.utc);
}

std::vector<Wish> resolved(const Endpoint& endpoint, std::span<const Ip> ips) {
  std::vector<Wish> out;
  for (const auto& ip : ips) {
    if (endpoint.family != 0 && (endpoint.family == 4) != ip.is_v4()) continue;
    out.push_back({Address{ip, endpoint.address.port, endpoint.address.wire, endpoint.address.id}});
  }
  return out;
}

void Neighbours::learned(const Turn& turn, const Address& from, std::span<const TimedAddress> addresses,
                         std::optional<KindTag> kind) {
  for (const auto& [address, seen] : addresses) {
    if (address.wire != config_.word || is_me(address)) continue;
    book_.learn(address, from.ip, seen, turn.utc);
    if (kind) book_.told(address, *kind);
  }
}

void Neighbours::reached(const Turn& turn, const PeerInfo& by, const Address& seen, std::optional<bool> reached) {
  // Only the word of peers that we chose counts: anybody may come in and say where we are.
  if (by.inbound) return;
  const bool ours = seen.port == open_port() && seen.id == id_;
  if (!reached || ours) reachability_.report(turn.now, by.address.ip, seen, reached);
}

std::vector<TimedAddress> Neighbours::addresses_for(Turn& turn, const Address& asker, std::optional<KindTag> kind) {
  const auto is_asker = [&](const Address& each) {
    return (each.id && each.id == asker.id) || (each.ip == asker.ip && each.port == asker.port);
  };
  std::vector<TimedAddress> out;
  for (const auto& entry :
       kind ? book_.answer(turn.rng, turn.utc, asker.ip, *kind) : book_.answer(turn.rng, turn.utc, asker.ip))
    if (!is_asker(entry.address)) out.push_back({entry.address, entry.last_seen});
  return out;
}

std::optional<Address> Neighbours::own_address(Time now, const Ip& by) const {
  const auto fits = [&](const Address& each) { return each.ip.is_v4() == by.is_v4(); };
  if (const auto& named = config_.external; !named.empty()) {
    const auto at = std::ranges::find_if(named, fits);
    const auto& here = at == named.end() ? named.front() : *at;
    return Address{here.ip, here.port, config_.word, id_};
  }
  const auto ip = reachability_.own_ip(now);
  const u16 port = port_to_tell(now);
  if (!ip || port == 0) return std::nullopt;
  return Address{*ip, port, config_.word, id_};
}

u16 Neighbours::port_to_tell(Time now) const {
  if (!config_.external.empty()) return open_port();
  return reachability_.state(now) == peers::Reachability::State::no ? u16{0} : config_.port;
}

}  // namespace kith::core
