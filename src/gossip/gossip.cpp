// How announcements, offers and verdicts turn into decisions.
#include "gossip/gossip.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::gossip {
namespace {

/// Sixteenths of Config::batch, less one, that the news of a small item waits longer.
constexpr u64 most_spread = 32;

void note(const std::optional<Asks::Cancelled>& cancelled, Decisions& out) {
  if (cancelled) out.emplace_back(CancelAsk{cancelled->number, cancelled->peer});
}

}  // namespace

Gossip::Gossip(Config config, std::vector<Kind> kinds)
    : config_(config),
      kinds_(std::move(kinds)),
      seen_(config.most_seen, config.keep),
      cache_(config.most_cache_bytes, config.keep),
      asks_(config.ask_patience, config.most_asks_per_peer, config.most_announced_per_peer) {
  check(kinds_.size() <= max_kinds, "more kinds than bits");
  check(config_.most_asks_per_peer > 0, "nobody may be asked");
  check(config_.most_asks_per_peer <= config_.most_judging_per_peer, "more may be asked for than judged");
  for (const auto& kind : kinds_)
    check(kind.largest <= config_.most_judging_bytes_per_peer && kind.largest <= config_.most_judging_bytes,
          "an item too large to be judged");
}

Decisions Gossip::on_peer(Time now, Peer peer, KindSet kinds) {
  const auto [row, fresh] = peers_.try_emplace(peer, Row{.kinds = kinds});
  if (!fresh) return {};
  asks_.on_peer(peer);
  for (const auto& id : cache_.recent(most_told, kinds)) tell(row->second, id, now + config_.batch);
  return finish(now, {});
}

Decisions Gossip::on_gone(Time now, Peer peer) {
  if (peers_.erase(peer) == 0) return {};
  asks_.on_gone(peer);
  for (auto& each : judging_) each.second.givers.erase(peer);
  return finish(now, {});
}

Decisions Gossip::announced(Time now, Peer peer, std::span<const ItemId> ids) {
  Decisions out;
  const auto row = peers_.find(peer);
  if (row == peers_.end()) return out;
  for (const auto& id : ids)
    if (id.kind < kinds_.size() && row->second.kinds.has(id.kind)) hear(peer, id, out);
  return finish(now, std::move(out));
}

Decisions Gossip::offered(Time now, Peer peer, Item item, std::optional<u64> ask, std::optional<Utc> date) {
  Decisions out;
  const auto row = peers_.find(peer);
  if (row == peers_.end() || item.id.kind >= kinds_.size()) return out;
  asks_.lapse(now);
  if (ask && asks_.answered(peer, *ask, item.id) == Asks::Answer::wrong)
    out.emplace_back(Blame{peer, {Fault::bad_item, "an answer to another question"}});
  if (item.body.size() > kinds_[item.id.kind].largest) {
    out.emplace_back(Blame{peer, {Fault::oversize, "item"}});
    return finish(now, std::move(out));
  }
  row->second.tells.erase({priority(item.id), item.id});

  if (const auto verdict = seen_.find(item.id)) {
    ++again_;
    if (*verdict == Verdict::reject) out.emplace_back(Blame{peer, {Fault::bad_item, "rejected before"}});
  } else if (const auto number = numbers_.find(item.id); number != numbers_.end()) {
    ++again_;
    auto& judging = judging_.at(number->second);
    // Another body of the same id may be the good one, so its giver is remembered as somebody to ask.
    if (!equal(judging.item.body.bytes(), item.body.bytes())) {
      hear(peer, item.id, out);
    } else {
      judging.givers.insert(peer);
      asks_.forget(peer, item.id);
    }
  } else if (seen_.too_old(date)) {
    note(asks_.drop(item.id), out);
  } else if (asks_.resting(item.id) || !has_room(row->second, item.body.size())) {
    hear(peer, item.id, out);
    asks_.release(item.id, now, now + retry_pause);
  } else {
    ++fresh_;
    judge(peer, std::move(item), date, out);
  }
  return finish(now, std::move(out));
}

Decisions Gossip::missed(Time now, Peer peer, u64 ask, std::span<const ItemId> ids) {
  asks_.lapse(now);
  for (const auto& id : ids) asks_.missed(peer, ask, id);
  return finish(now, {});
}

Decisions Gossip::ruled(Time now, u64 number, Verdict verdict) {
  const auto at = judging_.find(number);
  if (at == judging_.end()) return {};
  Decisions out;
  auto [item, date, first, givers] = take(at);
  switch (verdict) {
    case Verdict::accept: accept(now, std::move(item), date, first, std::move(givers), out); break;
    case Verdict::reject:
      for (const Peer giver : givers) out.emplace_back(Blame{giver, {Fault::bad_item, "rejected"}});
      settle(now, item.id, verdict, date, out);
      break;
    case Verdict::corrupt:
      for (const Peer giver : givers) out.emplace_back(Blame{giver, {Fault::bad_item, "a corrupt copy"}});
      asks_.release(item.id, now, now);
      break;
    case Verdict::ignore: settle(now, item.id, verdict, date, out); break;
    case Verdict::later: asks_.release(item.id, now, now + retry_pause); break;
  }
  return finish(now, std::move(out));
}

const Item* Gossip::judging(u64 number) const {
  const auto at = judging_.find(number);
  return at == judging_.end() ? nullptr : &at->second.item;
}

Decisions Gossip::publish(Time now, Item item, std::optional<Utc> date) {
  check(item.id.kind < kinds_.size(), "a kind that is not ours");
  if (seen_.find(item.id).value_or(Verdict::ignore) != Verdict::ignore || seen_.too_old(date)) return {};
  Decisions out;
  std::set<Peer> givers;
  if (const auto number = numbers_.find(item.id); number != numbers_.end())
    givers = take(judging_.find(number->second)).givers;
  accept(now, std::move(item), date, std::nullopt, std::move(givers), out);
  return finish(now, std::move(out));
}

Decisions Gossip::on_tick(Time now) { return finish(now, {}); }

std::optional<Body> Gossip::wanted(Peer peer, const ItemId& id) const {
  return peers_.contains(peer) ? cache_.find(id) : std::nullopt;
}

Time Gossip::next() const { return std::min({asks_.next(), sweep_at_, next_tell_}); }

Counters Gossip::counters() const {
  return {.seen = seen_.size(),
          .cached = cache_.size(),
          .cached_bytes = cache_.bytes(),
          .judging = judging_.size(),
          .judging_bytes = judging_bytes_,
          .asked = asks_.asked(),
          .wanted = asks_.wanted(),
          .fresh = fresh_,
          .again = again_};
}

void Gossip::hear(Peer peer, const ItemId& id, Decisions& out) {
  peers_.at(peer).tells.erase({priority(id), id});
  if (seen_.find(id)) return;
  if (asks_.announce(peer, id, priority(id)) == Asks::Heard::flood)
    out.emplace_back(Blame{peer, {Fault::flood, "announcements"}});
}

bool Gossip::full() const {
  return judging_.size() >= config_.most_judging || judging_bytes_ >= config_.most_judging_bytes;
}

bool Gossip::has_room(const Row& row, std::size_t size) const {
  return !full() && judging_bytes_ + size <= config_.most_judging_bytes &&
         row.judging < config_.most_judging_per_peer && row.judging_bytes + size <= config_.most_judging_bytes_per_peer;
}

void Gossip::judge(Peer peer, Item item, std::optional<Utc> date, Decisions& out) {
  note(asks_.hold(item.id), out);
  asks_.forget(peer, item.id);
  const u64 number = ++last_number_;
  count(peer, item.body.size(), true);
  numbers_.emplace(item.id, number);
  judging_.emplace(number, Judging{item, date, peer, {peer}});
  out.emplace_back(JudgeItem{number, std::move(item)});
}

Gossip::Judging Gossip::take(std::map<u64, Judging>::iterator at) {
  Judging out = std::move(at->second);
  judging_.erase(at);
  numbers_.erase(out.item.id);
  count(out.first, out.item.body.size(), false);
  return out;
}

void Gossip::count(Peer peer, std::size_t size, bool more) {
  const auto add = [more](std::size_t& sum, std::size_t by) { sum = more ? sum + by : sum - by; };
  add(judging_bytes_, size);
  const auto at = peers_.find(peer);
  if (at == peers_.end()) return;
  add(at->second.judging, 1);
  add(at->second.judging_bytes, size);
  // What it may be asked for must find room when it comes.
  asks_.set_busy(peer, at->second.judging + config_.most_asks_per_peer > config_.most_judging_per_peer);
}

void Gossip::accept(Time now, Item item, std::optional<Utc> date, std::optional<Peer> from, std::set<Peer> holders,
                    Decisions& out) {
  holders.merge(asks_.holders(item.id));
  settle(now, item.id, Verdict::accept, date, out);
  cache_.put(now, item);
  out.emplace_back(Accepted{item, from});
  if (from && peers_.contains(*from)) out.emplace_back(Good{*from});

  if (peers_.empty()) return;
  const bool small = item.body.size() <= config_.push_up_to;
  const Time when = item.body.size() < told_at_once ? now + config_.batch : now;
  // Two ends of a link that both have it would tell each other at once. Whoever is told first keeps silent.
  const auto later = [&](const Peer& peer) {
    const auto sixteenths = static_cast<i64>((peer.number * 29 + item.id.hash.back()) % most_spread);
    return small ? config_.batch * sixteenths / 16 : Duration{0};
  };
  Push push{item, {}};
  // Who comes first differs from item to item. An author who chooses it gains nothing: the others are told.
  auto at = std::next(peers_.begin(), static_cast<std::ptrdiff_t>(item.id.hash.back() % peers_.size()));
  for (std::size_t left = peers_.size(); left > 0; --left) {
    auto& [peer, row] = *at;
    if (++at == peers_.end()) at = peers_.begin();
    if (holders.contains(peer) || !row.kinds.has(item.id.kind)) continue;
    if (small && push.to.size() < config_.push_to)
      push.to.push_back(peer);
    else
      tell(row, item.id, when + later(peer));
  }
  if (!push.to.empty()) out.emplace_back(std::move(push));
}

void Gossip::settle(Time now, const ItemId& id, Verdict verdict, std::optional<Utc> date, Decisions& out) {
  note(asks_.drop(id), out);
  seen_.settle(now, id, verdict, date);
  sweep_at_ = std::min(sweep_at_, now + sweep_every);
}

void Gossip::tell(Row& row, const ItemId& id, Time when) {
  row.tells.emplace(priority(id), id);
  row.tell_at = row.tells.size() >= most_told ? Time::min() : std::min(row.tell_at, when);
  next_tell_ = std::min(next_tell_, row.tell_at);
}

Decisions Gossip::finish(Time now, Decisions out) {
  if (now >= sweep_at_) {
    seen_.forget(now);
    cache_.forget(now);
    sweep_at_ = seen_.size() == 0 ? never : now + sweep_every;
  }
  asks_.lapse(now);
  if (!full())
    for (auto& ask : asks_.pump(now)) out.emplace_back(AskItems{std::move(ask)});
  if (next_tell_ > now) return out;
  next_tell_ = never;
  for (auto& [peer, row] : peers_) {
    if (row.tell_at > now) {
      next_tell_ = std::min(next_tell_, row.tell_at);
      continue;
    }
    row.tell_at = never;
    Tell tell{peer, {}};
    for (const auto& waiting : row.tells) tell.ids.push_back(waiting.second);
    row.tells.clear();
    if (!tell.ids.empty()) out.emplace_back(std::move(tell));
  }
  return out;
}

}  // namespace kith::gossip
