// Bodies in the order in which they can be judged, and their bytes.
#include "sync/holding.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::sync {

void Holding::add(Held held) {
  check(heights_.emplace(held.ref.id, held.ref.height).second, "a block held twice");
  check(!held.submitted, "a block that the judge has already");
  bytes_ += held.bytes();
  const Key key{held.ref.height, held.ref.id};
  children_.emplace(held.parent, key);
  ready_.insert(key);
  blocks_.emplace(key, std::move(held));
}

bool Holding::add_spare(const Hash& id, Copy copy) {
  const auto height = heights_.find(id);
  if (height == heights_.end()) return false;
  auto& held = blocks_.at({height->second, id});
  if (held.spare) return false;
  bytes_ += copy.body.size();
  held.spare = std::move(copy);
  return true;
}

Held Holding::remove(Blocks::iterator at) {
  Held held = std::move(at->second);
  heights_.erase(held.ref.id);
  ready_.erase(at->first);
  const auto [first, last] = children_.equal_range(held.parent);
  children_.erase(std::find_if(first, last, [&](const auto& child) { return child.second == at->first; }));
  blocks_.erase(at);
  bytes_ -= held.bytes();
  if (held.submitted) --jobs_, job_bytes_ -= held.body.size();
  if (held.kept) --kept_;
  return held;
}

void Holding::wake(const Hash& id) {
  const auto [first, last] = children_.equal_range(id);
  for (auto child = first; child != last; ++child) {
    const auto& held = blocks_.at(child->second);
    if (!held.submitted && !held.kept) ready_.insert(child->second);
  }
}

void Holding::keep(const Hash& id) {
  const auto height = heights_.find(id);
  if (height == heights_.end()) return;
  auto& held = blocks_.at({height->second, id});
  if (!held.submitted) return;
  --jobs_, job_bytes_ -= held.body.size(), bytes_ -= held.body.size();
  held.body = {};
  held.submitted = false;
  held.kept = true;
  ++kept_;
  wake(id);
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
  for (auto at = ready_.begin(); at != ready_.end();) {
    const auto here = at++;
    auto& held = blocks_.at(*here);
    const Held* parent = find(held.parent);
    const bool follows = parent && parent->submitted;
    const bool stands = (parent && parent->kept) || chain.state(held.parent) == ledger::BlockState::accepted;
    if (!follows && !stands) {
      // It is woken when its parent gets there.
      ready_.erase(here);
      continue;
    }
    const std::size_t share = follows ? 2 : 1;
    if (jobs_ >= max_jobs / share) continue;
    if (jobs_ > 0 && job_bytes_ + held.body.size() > max_job_bytes / share) continue;
    held.submitted = true;
    ++jobs_, job_bytes_ += held.body.size();
    ready_.erase(here);
    wake(held.ref.id);
    return &held;
  }
  return nullptr;
}

std::optional<Held> Holding::shed(u32 above) {
  for (auto at = blocks_.rbegin(); at != blocks_.rend() && at->first.first > above; ++at)
    if (!at->second.submitted && !at->second.kept && at->second.from) return remove(std::prev(at.base()));
  return std::nullopt;
}

void Holding::drop_invalid(const ledger::Chain& chain) {
  for (auto at = blocks_.begin(); at != blocks_.end();) {
    const auto here = at++;
    if (chain.state(here->first.second) == ledger::BlockState::invalid) remove(here);
  }
}

}  // namespace kith::sync
