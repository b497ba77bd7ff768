// Stall: how long one peer may hold up everybody else. The wait doubles with each peer that it costs, because then the
// fault may be our own slow link, and shrinks again with each block that arrives (as Bitcoin Core's net_processing
// does).
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace kith::sync {

inline constexpr Duration max_stall = 64s;

class Stall {
 public:
  explicit Stall(Duration start) : start_(start), timeout_(start) {}

  Duration timeout() const { return timeout_; }
  void blamed() { timeout_ = std::max(start_, std::min<Duration>(timeout_ * 2, max_stall)); }
  void progressed() { timeout_ = std::max(start_, timeout_ * 85 / 100); }

 private:
  Duration start_;
  Duration timeout_;
};

}  // namespace kith::sync
