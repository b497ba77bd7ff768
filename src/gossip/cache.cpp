// What the cache lets go of, and when.
#include "gossip/cache.hpp"

#include "base/check.hpp"

namespace kith::gossip {

Cache::Cache(std::size_t most_bytes, Duration keep) : most_bytes_(most_bytes), keep_(keep) {}

void Cache::put(Time now, const Item& item) {
  if (item.body.size() + cache_entry_bytes > most_bytes_ || !bodies_.try_emplace(item.id, item.body).second) return;
  order_.push_back({now, item.id});
  bytes_ += item.body.size() + cache_entry_bytes;
  while (bytes_ > most_bytes_) pop();
}

std::optional<Body> Cache::find(const ItemId& id) const {
  const auto at = bodies_.find(id);
  return at == bodies_.end() ? std::nullopt : std::optional(at->second);
}

std::vector<ItemId> Cache::recent(std::size_t most, KindSet kinds) const {
  std::vector<ItemId> out;
  for (auto at = order_.rbegin(); at != order_.rend() && out.size() < most; ++at)
    if (kinds.has(at->id.kind)) out.push_back(at->id);
  return out;
}

void Cache::forget(Time now) {
  while (!order_.empty() && now - order_.front().at > keep_) pop();
}

void Cache::pop() {
  const auto oldest = bodies_.find(order_.front().id);
  check(oldest != bodies_.end(), "a body without its place in the order");
  bytes_ -= oldest->second.size() + cache_entry_bytes;
  bodies_.erase(oldest);
  order_.pop_front();
}

}  // namespace kith::gossip
