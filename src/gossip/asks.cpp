// How an item moves from neighbour to neighbour until one delivers it.
#include "gossip/asks.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace kith::gossip {

Asks::Asks(Duration patience, std::size_t most_asks, std::size_t most_announced)
    : patience_(patience), most_asks_(most_asks), most_announced_(most_announced) {}

void Asks::on_gone(Peer peer) {
  const auto row = rows_.find(peer);
  if (row == rows_.end()) return;
  for (auto open = open_.begin(); open != open_.end();) {
    const auto next = std::next(open);
    if (open->second.peer == peer) give_up(open);
    open = next;
  }
  for (const auto& id : std::set(row->second.announced)) forget(peer, id);
  rows_.erase(row);
  // Resting guards the judge against those who are here.
  if (rows_.empty()) lapse(never);
}

Asks::Heard Asks::announce(Peer peer, const ItemId& id, Priority priority) {
  const auto row = rows_.find(peer);
  if (row == rows_.end()) return Heard::dropped;
  auto& [announced, ready, in_flight, flooding, busy] = row->second;
  if (announced.contains(id)) return Heard::noted;
  if (announced.size() < most_announced_ / 2) flooding = false;
  // Whoever floods pays for one look at what it announced, and nothing else is looked at.
  const bool is_full = announced.size() >= most_announced_;
  if (is_full && flooding) return Heard::dropped;
  const auto known = wants_.find(id);
  if (known != wants_.end() && known->second.ask != 0 && open_.at(known->second.ask).peer == peer) return Heard::noted;
  if (is_full) return flooding = true, Heard::flood;

  const auto [want, fresh] = wants_.try_emplace(id);
  if (fresh) want->second.rank = ++announcements_ + urgency_step * static_cast<u64>(priority);
  join(peer, want);
  refresh(want);
  return Heard::noted;
}

Asks::Answer Asks::answered(Peer peer, u64 number, const ItemId& id) {
  const auto open = open_.find(number);
  if (open == open_.end() || open->second.peer != peer) return Answer::late;
  const auto item = open->second.items.find(id);
  if (item == open->second.items.end()) {
    give_up(open);
    return Answer::wrong;
  }
  if (!item->second) return Answer::late;
  const auto want = wants_.find(id);
  take_out(open, want);
  refresh(want);
  return Answer::expected;
}

void Asks::missed(Peer peer, u64 number, const ItemId& id) {
  const auto open = open_.find(number);
  if (open != open_.end() && open->second.items.contains(id)) answered(peer, number, id);
}

void Asks::forget(Peer peer, const ItemId& id) {
  const auto want = wants_.find(id);
  if (want == wants_.end()) return;
  leave(peer, want);
  refresh(want);
}

std::optional<Asks::Cancelled> Asks::hold(const ItemId& id) {
  const auto want = wants_.try_emplace(id).first;
  const auto cancelled = cancel(want);
  want->second.held = true;
  refresh(want);
  return cancelled;
}

void Asks::release(const ItemId& id, Time now, Time when) {
  const auto at = wants_.find(id);
  if (at == wants_.end()) return;
  auto& want = at->second;
  want.held = false;
  const bool room = !want.announcers.empty() || resting_.size() < most_resting;
  if (when > now && !want.rests_until && room) {
    want.rests_until = when;
    resting_.emplace(when, id);
  }
  refresh(at);
}

std::optional<Asks::Cancelled> Asks::drop(const ItemId& id) {
  const auto at = wants_.find(id);
  if (at == wants_.end()) return std::nullopt;
  const auto cancelled = cancel(at);
  auto& want = at->second;
  for (const Peer peer : std::vector(want.announcers)) leave(peer, at);
  if (want.rests_until) resting_.erase({*want.rests_until, id});
  wants_.erase(at);
  return cancelled;
}

bool Asks::resting(const ItemId& id) const {
  const auto want = wants_.find(id);
  return want != wants_.end() && want->second.rests_until;
}

std::set<Peer> Asks::holders(const ItemId& id) const {
  const auto at = wants_.find(id);
  if (at == wants_.end()) return {};
  std::set<Peer> out(at->second.announcers.begin(), at->second.announcers.end());
  if (at->second.ask != 0) out.insert(open_.at(at->second.ask).peer);
  return out;
}

void Asks::set_busy(Peer peer, bool busy) {
  if (const auto row = rows_.find(peer); row != rows_.end()) row->second.busy = busy;
}

void Asks::lapse(Time now) {
  while (!open_.empty() && open_.begin()->second.deadline <= now) give_up(open_.begin(), true);
  while (!resting_.empty() && resting_.begin()->first <= now) {
    const auto want = wants_.find(resting_.begin()->second);
    want->second.rests_until.reset();
    resting_.erase(resting_.begin());
    refresh(want);
  }
}

std::vector<Ask> Asks::pump(Time now) {
  if (ready_ == 0) return {};
  std::map<Peer, Ask> questions;
  for (const auto& entry : rows_)
    while (may_ask(entry.second) && !entry.second.ready.empty())
      ask(questions, now, wants_.find(entry.second.ready.begin()->second));
  std::vector<Ask> out;
  for (auto& question : questions) out.push_back(std::move(question.second));
  return out;
}

void Asks::ask(std::map<Peer, Ask>& questions, Time now, WantAt at) {
  auto& want = at->second;
  const auto chosen = std::ranges::find_if(want.announcers, [&](const Peer& peer) { return may_ask(rows_.at(peer)); });
  check(chosen != want.announcers.end(), "nobody to ask");
  const Peer peer = *chosen;
  auto& question = questions[peer];
  if (question.number == 0) {
    question = {.number = ++last_number_, .peer = peer, .what = What::items, .hashes = {}, .items = {}};
    open_[question.number] = {.peer = peer, .deadline = now + patience_, .items = {}, .left = 0};
  }
  question.items.push_back(at->first);
  auto& open = open_.at(question.number);
  open.items.emplace(at->first, true);
  ++open.left;
  leave(peer, at);
  ++rows_.at(peer).in_flight;
  want.ask = question.number;
  refresh(at);
}

Time Asks::next() const {
  const Time answer = open_.empty() ? never : open_.begin()->second.deadline;
  return resting_.empty() ? answer : std::min(answer, resting_.begin()->first);
}

std::size_t Asks::asked() const {
  std::size_t out = 0;
  for (const auto& open : open_) out += open.second.left;
  return out;
}

void Asks::refresh(WantAt at) {
  const auto& [rank, announcers, ask, held, rests_until, lapses] = at->second;
  const bool at_rest = ask == 0 && !held && !rests_until;
  for (const Peer peer : announcers) {
    auto& ready = rows_.at(peer).ready;
    if (at_rest)
      ready_ += std::size_t{ready.emplace(rank, at->first).second};
    else
      ready_ -= ready.erase({rank, at->first});
  }
  if (at_rest && announcers.empty()) wants_.erase(at);
}

void Asks::take_out(OpenAt open, WantAt want) {
  open->second.items.at(want->first) = false;
  want->second.ask = 0;
  --rows_.at(open->second.peer).in_flight;
  if (--open->second.left == 0) open_.erase(open);
}

void Asks::give_up(OpenAt open, bool lapsed) {
  const Peer peer = open->second.peer;
  for (const auto& [id, wanted] : std::map(open->second.items)) {
    if (!wanted) continue;
    const auto want = wants_.find(id);
    take_out(open, want);
    if (lapsed && want->second.lapses++ < second_chances) join(peer, want);
    refresh(want);
  }
}

std::optional<Asks::Cancelled> Asks::cancel(WantAt want) {
  const auto open = open_.find(want->second.ask);
  if (open == open_.end()) return std::nullopt;
  const Cancelled cancelled{open->first, open->second.peer};
  const bool last = open->second.left == 1;
  take_out(open, want);
  // It has the item still, should the copy that came turn out to be bad.
  join(cancelled.peer, want);
  return last ? std::optional(cancelled) : std::nullopt;
}

void Asks::join(Peer peer, WantAt want) {
  want->second.announcers.push_back(peer);
  rows_.at(peer).announced.insert(want->first);
}

void Asks::leave(Peer peer, WantAt want) {
  if (std::erase(want->second.announcers, peer) == 0) return;
  auto& row = rows_.at(peer);
  row.announced.erase(want->first);
  ready_ -= row.ready.erase({want->second.rank, want->first});
}

}  // namespace kith::gossip
