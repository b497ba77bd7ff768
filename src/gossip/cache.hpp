// Cache: the bodies of accepted items, for neighbours that ask for them.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/fifo.hpp"
#include "base/time.hpp"
#include "gossip/kinds.hpp"
#include "model/item.hpp"

namespace kith::gossip {

/// What an entry counts besides its body, in bytes, so that empty bodies are bounded too.
inline constexpr std::size_t cache_entry_bytes = 128;

/// Bounded by bytes and by age; the oldest goes first.
class Cache {
 public:
  Cache(std::size_t most_bytes, Duration keep);

  void put(Time now, const Item& item);
  std::optional<Body> find(const ItemId& id) const;
  /// The ids of these kinds that were put last, newest first.
  std::vector<ItemId> recent(std::size_t most, KindSet kinds = KindSet::all()) const;
  void forget(Time now);
  std::size_t size() const { return bodies_.size(); }
  /// Bodies and entries together.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Put {
    Time at;
    ItemId id;
  };
  void pop();

  std::size_t most_bytes_;
  Duration keep_;
  std::map<ItemId, Body> bodies_;
  Fifo<Put> order_;
  std::size_t bytes_ = 0;
};

}  // namespace kith::gossip
