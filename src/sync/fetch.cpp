// Which block is asked of whom, and for how long one peer is waited for.
#include <algorithm>
#include <tuple>

#include "sync/paths.hpp"
#include "sync/sync.hpp"

namespace kith::sync {
namespace {

/// A block's deadline near the tip doubles this often at most.
constexpr u32 max_doublings = 6;

}  // namespace

void Sync::settle_blocks(Time now, Decisions& out) {
  const auto over = [&](const auto& entry) { return now >= entry.second; };
  if (std::erase_if(resting_, over) > 0) asked_below_ = 0;
  for (auto& [peer, source] : sources_) std::erase_if(source.avoids, over);
  const auto missing = chain_->missing(near_tip + 1, config_.window);
  // Each round takes a block from a peer that then avoids it, so there is an end.
  do fetch(now, out);
  while (give_up(now, out) || hurry(now, missing, out) || unblock(now, missing, out));
}

std::vector<Sync::Candidate> Sync::candidates() {
  std::vector<Candidate> out;
  const auto best = chain_->best();
  for (auto& [peer, source] : sources_) {
    const auto load = downloads_.load(peer);
    if (!source.claim || load >= config_.per_peer) continue;
    out.push_back({peer, &source, load, fork_height(*chain_, *source.claim, best)});
  }
  return out;
}

/// The least busy of those who have the block; of equals one that we dialled, then the one that was asked for less.
Sync::Candidate* Sync::choose(std::vector<Candidate>& candidates, const BlockRef& block) const {
  Candidate* chosen = nullptr;
  const auto rank = [](const Candidate& c) { return std::tuple(c.load, !c.source->outbound, c.source->asks); };
  for (auto& candidate : candidates) {
    if (candidate.load >= config_.per_peer || candidate.reach < block.height) continue;
    if (candidate.source->avoids.contains(block.id)) continue;
    if (!chosen || rank(candidate) < rank(*chosen)) chosen = &candidate;
  }
  return chosen;
}

bool Sync::has_room(bool lowest) const {
  // What waits for the lowest missing block cannot be judged without it, so that one is fetched in any case.
  if (lowest && holding_.jobs() == 0) return true;
  return holding_.bytes() + (downloads_.size() + 1) * mean_size_ <= config_.body_bytes;
}

void Sync::ask(Time now, Candidate& candidate, const BlockRef& block, Decisions& out) {
  const Flight flight{block.id, candidate.peer, next_ask_++, now};
  downloads_.start(flight);
  ++candidate.load, ++candidate.source->asks;
  out.emplace_back(AskFor{Ask{flight.ask, flight.peer, What::blocks, {flight.id}, {}}});
}

void Sync::fetch(Time now, Decisions& out) {
  const auto lowest = chain_->next_missing(0);
  // No claim has more work than the best header.
  if (!lowest && chain_->tip().id == chain_->best().id) return;
  auto all = candidates();
  u32 reach = 0;
  std::size_t room = 0;
  for (const auto& candidate : all) {
    reach = std::max(reach, candidate.reach);
    room += config_.per_peer - candidate.load;
  }
  const u64 end = lowest ? u64{lowest->height} + config_.window : 0;
  bool all_asked = true;
  for (auto block = chain_->next_missing(asked_below_); block; block = chain_->next_missing(block->height + 1)) {
    if (room == 0 || block->height > std::min<u64>(reach, end) || !has_room(block->height == lowest->height)) break;
    const bool waits = downloads_.find(block->id) || resting_.contains(block->id);
    auto* chosen = waits ? nullptr : choose(all, *block);
    if (chosen) ask(now, *chosen, *block, out), --room;
    all_asked &= waits || chosen;
    if (all_asked) asked_below_ = block->height + 1;
  }
  fetch_side_chains(now, all, out);
}

/// Nobody may have the blocks of the best headers. So each peer is also asked for its own chain, if that beats our tip.
void Sync::fetch_side_chains(Time now, std::vector<Candidate>& candidates, Decisions& out) {
  const auto tip = chain_->tip();
  for (auto& candidate : candidates) {
    const auto& [claim, avoids] = std::tie(*candidate.source->claim, candidate.source->avoids);
    if (candidate.reach == claim.height || claim.work <= tip.work) continue;
    const auto missing = missing_towards(*chain_, claim, config_.per_peer, config_.window);
    for (const auto& block : missing) {
      if (candidate.load >= config_.per_peer || !has_room(&block == &missing.front())) break;
      if (downloads_.find(block.id) || resting_.contains(block.id) || avoids.contains(block.id)) continue;
      ask(now, candidate, block, out);
    }
  }
}

/// The longest waits end, also where nobody else can be asked: the protocol below may have forgotten the question.
bool Sync::give_up(Time now, Decisions& out) {
  const auto* oldest = downloads_.oldest();
  if (!oldest || now < oldest->since + config_.give_up) return false;
  out.emplace_back(Blame{oldest->peer, {Fault::no_answer, "block"}});
  cancel(now, *oldest, out);
  return true;
}

/// Near the tip each block has a deadline of its own. Missing it is nobody's fault: the link may be slow.
bool Sync::hurry(Time now, std::span<const BlockRef> missing, Decisions& out) {
  if (missing.size() > near_tip) return false;
  for (const auto& [number, flight] : downloads_.all()) {
    if (now < flight.since + patience(flight.id) || !other_has(flight, config_.per_peer)) continue;
    if (tries_.size() >= config_.window) tries_.erase(tries_.begin());
    ++tries_[flight.id];
    cancel(now, flight, out);
    return true;
  }
  return false;
}

/// Far from the tip a peer may keep the lowest missing block for a while, but not while others wait for it idly.
bool Sync::unblock(Time now, std::span<const BlockRef> missing, Decisions& out) {
  const auto* flight = missing.size() > near_tip ? downloads_.find(missing.front().id) : nullptr;
  if (!flight || !other_has(*flight, 1)) {
    held_up_.reset();
    return false;
  }
  if (!held_up_ || held_up_->ask != flight->ask) held_up_ = HeldUp{flight->ask, now};
  if (now < held_up_->since + stall_.timeout()) return false;
  out.emplace_back(Blame{flight->peer, {Fault::stalled, "lowest block"}});
  cancel(now, *flight, out);
  stall_.blamed();
  held_up_.reset();
  return true;
}

bool Sync::other_has(const Flight& flight, std::size_t below_load) const {
  const auto block = chain_->find(flight.id);
  return block && std::any_of(sources_.begin(), sources_.end(), [&](const auto& entry) {
           const auto& [peer, source] = entry;
           return peer != flight.peer && downloads_.load(peer) < below_load && source.claim &&
                  !source.avoids.contains(flight.id) && leads_to(*chain_, *block, *source.claim);
         });
}

void Sync::cancel(Time now, Flight flight, Decisions& out) {
  downloads_.stop(flight.id);
  asked_below_ = 0;
  sources_.at(flight.peer).avoid(flight.id, now + config_.pause);
  out.emplace_back(CancelAsk{flight.ask, flight.peer});
}

Duration Sync::patience(const Hash& id) const {
  const auto tries = tries_.find(id);
  return config_.block_patience * (1 << (tries == tries_.end() ? 0 : std::min(tries->second, max_doublings)));
}

Time Sync::deadline_after(Time now) const {
  Time next = never;
  const auto note = [&](Time at) {
    if (at > now) next = std::min(next, at);
  };
  for (const auto& [peer, source] : sources_) {
    note(source.asked ? source.asked->deadline : source.headers_at);
    for (const auto& [id, until] : source.avoids) note(until);
  }
  for (const auto& [id, until] : resting_) note(until);
  if (held_up_) note(held_up_->since + stall_.timeout());
  if (const auto* oldest = downloads_.oldest()) note(oldest->since + config_.give_up);
  if (chain_->missing(near_tip + 1, config_.window).size() > near_tip) return next;
  for (const auto& [number, flight] : downloads_.all()) note(flight.since + patience(flight.id));
  return next;
}

}  // namespace kith::sync
