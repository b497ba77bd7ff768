// Queue: what is to happen, in an order that no compiler and no run can change: by time, then node, then age.
#pragma once

#include <algorithm>
#include <vector>

#include "base/time.hpp"

namespace kith::sim {

/// A simulated machine: its place in the network.
using NodeIndex = u32;

/// What may happen to a node.
enum class What : u8 {
  /// A dial arrives at it, or the answer to its own one.
  knock,
  connected,
  not_connected,
  /// Bytes, or the end of the stream.
  bytes,
  /// What it sent was taken: there is room for more.
  room,
  tick,
  job,
  resolved,
  /// The datagram of this slot came.
  datagram,
};

struct Happening {
  Time at;
  NodeIndex node = 0;
  /// Which of what was put in is the older.
  u64 sequence = 0;
  What what = What::tick;
  /// The end of the link that `node` holds, for what concerns a link.
  u8 side = 0;
  /// The link's slot, and its generation; for all else `generation` is the node's life. Stale ones are passed over.
  u32 slot = 0;
  u32 generation = 0;
};

/// A binary heap: no allocation for each of them.
class Queue {
 public:
  void push(Happening happening) {
    happening.sequence = next_sequence_++;
    heap_.push_back(happening);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  Happening pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const auto out = heap_.back();
    heap_.pop_back();
    return out;
  }
  bool empty() const { return heap_.empty(); }
  Time next() const { return heap_.empty() ? never : heap_.front().at; }

 private:
  static bool later(const Happening& a, const Happening& b) {
    if (a.at != b.at) return a.at > b.at;
    if (a.node != b.node) return a.node > b.node;
    return a.sequence > b.sequence;
  }

  std::vector<Happening> heap_;
  u64 next_sequence_ = 0;
};

}  // namespace kith::sim
