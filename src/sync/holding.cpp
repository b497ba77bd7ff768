// Bodies in the order in which they can be judged, and their bytes.
#include "sync/holding.hpp"

#include "base/check.hpp"

namespace kith::sync {

void Holding::add(Held held) {
  check(heights_.emplace(held.ref.id, held.ref.height).second, "a block held twice");
  check(!held.submitted, "a block that the judge has already");
  bytes_ += held.body.size();
  const std::pair key{held.ref.height, held.ref.id};
  blocks_.emplace(key, std::move(held));
}

Held Holding::remove(Blocks::iterator at) {
  Held held = std::move(at->second);
  heights_.erase(held.ref.id);
  blocks_.erase(at);
  bytes_ -= held.body.size();
  if (held.submitted) --jobs_, job_bytes_ -= held.body.size();
  return held;
}

std::optional<Held> Holding::take(const Hash& id) {
  const auto height = heights_.find(id);
  if (height == heights_.end()) return std::nullopt;
  return remove(blocks_.find({height->second, id}));
}

const Held* Holding::find(const Hash& id) const {
  const auto height = heights_.find(id);
  return height == heights_.end() ? nullptr : &blocks_.at({height->second, id});
}

const Held* Holding::submit(const ledger::Chain& chain) {
  if (jobs_ >= max_jobs) return nullptr;
  for (auto& [key, held] : blocks_) {
    if (held.submitted) continue;
    const Held* parent = find(held.parent);
    const bool follows = parent && parent->submitted;
    if (!follows && chain.state(held.parent) != ledger::BlockState::accepted) continue;
    const std::size_t share = follows ? 2 : 1;
    if (jobs_ >= max_jobs / share) continue;
    if (jobs_ > 0 && job_bytes_ + held.body.size() > max_job_bytes / share) continue;
    held.submitted = true;
    ++jobs_, job_bytes_ += held.body.size();
    return &held;
  }
  return nullptr;
}

std::optional<Held> Holding::shed(u32 above) {
  for (auto at = blocks_.rbegin(); at != blocks_.rend() && at->first.first > above; ++at)
    if (!at->second.submitted && at->second.from) return remove(std::prev(at.base()));
  return std::nullopt;
}

void Holding::drop_invalid(const ledger::Chain& chain) {
  for (auto at = blocks_.begin(); at != blocks_.end();) {
    const auto here = at++;
    if (chain.state(here->first.second) == ledger::BlockState::invalid) remove(here);
  }
}

}  // namespace kith::sync
