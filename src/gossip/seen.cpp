// How verdicts are remembered, forgotten, and turned into a floor.
#include "gossip/seen.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::gossip {

Seen::Seen(std::size_t most, Duration keep) : most_(most), keep_(keep) { check(most > 0, "room for no verdict"); }

void Seen::settle(Time now, const ItemId& id, Verdict verdict, std::optional<Utc> date) {
  const auto [at, fresh] = entries_.try_emplace(id, Entry{verdict, date});
  if (!fresh && at->second.verdict == Verdict::ignore) at->second.verdict = verdict;
  if (!fresh) return;
  order_.push_back({now, id});
  if (order_.size() <= most_) return;
  const auto oldest = entries_.find(order_.front().id);
  // Only what was passed on circulates. A rejected item is as bad when it comes again, and its date is a liar's.
  if (oldest->second.verdict == Verdict::accept && oldest->second.date) {
    floor_ = std::max(floor_.value_or(*oldest->second.date), *oldest->second.date);
    floor_at_ = now;
  }
  entries_.erase(oldest);
  order_.pop_front();
}

std::optional<Verdict> Seen::find(const ItemId& id) const {
  const auto at = entries_.find(id);
  return at == entries_.end() ? std::nullopt : std::optional(at->second.verdict);
}

void Seen::forget(Time now) {
  for (; !order_.empty() && now - order_.front().at > keep_; order_.pop_front()) entries_.erase(order_.front().id);
  if (floor_ && now - floor_at_ > keep_) floor_.reset();
}

}  // namespace kith::gossip
