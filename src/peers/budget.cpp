// The narrowest share is asked first, so that who floods from one place spends his own and not everybody's.
#include "peers/budget.hpp"

#include <iterator>

namespace kith::peers {

/// Null if too many were there in the last seconds. A bucket that is full again says nothing and can go.
template <typename Key>
TokenBucket* Budget::bucket(Time now, std::map<Key, TokenBucket>& rows, const Key& key, Rate rate) {
  if (rows.size() >= max_budget_rows && !rows.contains(key)) {
    for (auto at = rows.begin(); at != rows.end();)
      at = at->second.level(now) >= rate.burst ? rows.erase(at) : std::next(at);
    if (rows.size() >= max_budget_rows) return nullptr;
  }
  return &rows.try_emplace(key, TokenBucket(rate.per_second, rate.burst, now)).first->second;
}

bool Budget::may_judge(Time now, const PeerId& author, const Ip& from) {
  const auto whose = authors_.find(author);
  if (whose != authors_.end() && whose->second.level(now) == 0) return false;
  auto* group = bucket(now, groups_, group_of(from), config_.group);
  return group && group->take(now) && all_.take(now);
}

bool Budget::may_pass(Time now, const PeerId& author) {
  auto* share = bucket(now, authors_, author, config_.author);
  return share && share->take(now);
}

}  // namespace kith::peers
