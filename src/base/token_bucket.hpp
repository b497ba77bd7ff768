// TokenBucket: a rate with a burst, in whole numbers; what every "so many per second" in kith is made of.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace kith {

class TokenBucket {
 public:
  /// Starts full. `per_second` and `burst` are in tokens; both at most 10^9.
  TokenBucket(u64 per_second, u64 burst, Time now)
      : per_second_(per_second), burst_(burst * scale), level_(burst * scale), then_(now) {}

  /// Takes `tokens` if they are there; otherwise takes nothing.
  bool take(Time now, u64 tokens = 1) {
    refill(now);
    if (tokens > level_ / scale) return false;
    level_ -= tokens * scale;
    return true;
  }
  /// Adds tokens beyond the burst, once: what we asked for does not count against the asked.
  void grant(u64 tokens) { level_ += std::min(tokens, burst_ / scale) * scale; }
  u64 level(Time now) {
    refill(now);
    return level_ / scale;
  }

 private:
  // A token in millionths, so that a rate of 1 per second fills at every microsecond.
  static constexpr u64 scale = 1'000'000;

  void refill(Time now) {
    if (now <= then_) return;
    const auto elapsed = static_cast<u64>((now - then_).count());
    then_ = now;
    if (level_ >= burst_) return;
    const u64 missing = burst_ - level_;
    const bool full = per_second_ != 0 && elapsed >= missing / per_second_ + 1;
    level_ = full ? burst_ : std::min(burst_, level_ + elapsed * per_second_);
  }

  u64 per_second_;
  u64 burst_;
  u64 level_;
  Time then_;
};

}  // namespace kith
