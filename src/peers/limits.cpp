// The group's own rate is asked before the common one: who floods from one group spends its own tokens, not
// everybody's.
#include "peers/limits.hpp"

#include <iterator>

namespace kith::peers {

Admission::Admission(LimitsConfig config, Time now)
    : config_(config), all_(config.handshakes_per_second, config.handshakes_burst, now) {}

Result<> Admission::admit(Time now, const Ip& from, const Counts& counts) {
  if (counts.pending >= config_.pending) return fail(Fault::no_slot, "inbound handshakes at once");
  if (counts.in_group >= config_.per_group) return fail(Fault::no_slot, "inbound connections of one group");
  auto* group = bucket(now, group_of(from));
  if (!group) return fail(Fault::flood, "groups that knock at once");
  if (!group->take(now)) return fail(Fault::flood, "handshakes of one group");
  if (!all_.take(now)) return fail(Fault::flood, "handshakes of all");
  return {};
}

/// Null if too many groups knocked in the last seconds. A bucket that is full again says nothing and can go.
TokenBucket* Admission::bucket(Time now, const Group& group) {
  if (groups_.size() >= max_group_buckets && !groups_.contains(group)) {
    for (auto at = groups_.begin(); at != groups_.end();)
      at = at->second.level(now) >= config_.group_handshakes_burst ? groups_.erase(at) : std::next(at);
    if (groups_.size() >= max_group_buckets) return nullptr;
  }
  const TokenBucket fresh(config_.group_handshakes_per_second, config_.group_handshakes_burst, now);
  return &groups_.try_emplace(group, fresh).first->second;
}

}  // namespace kith::peers
