// Recent: what was seen lately, bounded by count and by age; the oldest goes first.
#pragma once

#include <map>

#include "base/check.hpp"
#include "base/fifo.hpp"
#include "base/time.hpp"

namespace kith {

template <typename Key, typename Value = bool>
class Recent {
 public:
  Recent(std::size_t most, Duration keep) : most_(most), keep_(keep) { check(most > 0, "room for nothing"); }

  /// True if `key` was new. A key that is there already keeps its age and its value.
  bool insert(Time now, const Key& key, Value value = Value{}) {
    forget(now);
    if (!entries_.emplace(key, std::move(value)).second) return false;
    order_.push_back({now, key});
    if (order_.size() > most_) pop();
    return true;
  }
  Value* find(Time now, const Key& key) {
    forget(now);
    const auto at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
  }
  bool contains(Time now, const Key& key) { return find(now, key) != nullptr; }
  std::size_t size() const { return entries_.size(); }

 private:
  void forget(Time now) {
    while (!order_.empty() && now - order_.front().since > keep_) pop();
  }
  void pop() {
    entries_.erase(order_.front().key);
    order_.pop_front();
  }

  struct Entry {
    Time since;
    Key key;
  };
  std::size_t most_;
  Duration keep_;
  std::map<Key, Value> entries_;
  Fifo<Entry> order_;
};

}  // namespace kith
