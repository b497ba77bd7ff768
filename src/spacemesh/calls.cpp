// Numbers to lanes and back.
#include "spacemesh/calls.hpp"

namespace kith::spacemesh {

Call Calls::ask(Lane lane, u32 type) {
  if (ours_.size() >= max_calls) ours_.erase(ours_.begin());
  const u64 id = next_id_++;
  ours_.emplace(id, Open{lane, type});
  return {true, type, id};
}

std::optional<Call> Calls::answer(Lane lane) {
  auto call = theirs_.extract(lane);
  if (call.empty()) return std::nullopt;
  return Call{false, call.mapped().type, call.mapped().id};
}

Lane Calls::asked(const Call& call) {
  if (theirs_.size() >= max_calls) theirs_.erase(theirs_.begin());
  const Lane lane = next_lane_;
  next_lane_ += 2;
  theirs_.emplace(lane, call);
  return lane;
}

std::optional<Lane> Calls::answered(const Call& call) {
  const auto at = ours_.find(call.id);
  if (at == ours_.end() || at->second.type != call.type) return std::nullopt;
  const Lane lane = at->second.lane;
  ours_.erase(at);
  return lane;
}

}  // namespace kith::spacemesh
