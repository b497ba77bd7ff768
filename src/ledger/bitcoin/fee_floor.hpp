// FeeFloor: the least rate that a full pool asks for. Each eviction raises it above what was evicted; from the next
// block on it halves every twelve hours, faster while the pool is emptier (the rule of Bitcoin Core).
#pragma once

#include "base/time.hpp"
#include "ledger/bitcoin/fee_rate.hpp"

namespace kith::ledger::bitcoin {

inline constexpr Duration fee_half_life = std::chrono::hours{12};

/// Rates are in satoshi per 1000 virtual bytes.
class FeeFloor {
 public:
  /// Never asks for less than `least`.
  explicit FeeFloor(u64 least) : least_(least) {}

  u64 at(Time now) const { return std::max(least_, raised(now)); }
  /// Something that paid `rate` had to go.
  void evicted(u64 rate, Time now);
  /// A block came: what was evicted may be worth something again.
  void block(Time now);
  /// `used` of `limit` bytes are in use from now on.
  void fill(u64 used, u64 limit, Time now);

 private:
  u64 raised(Time now) const;

  u64 least_;
  /// The rate at `since_`; 0 where nothing was evicted for long.
  u64 rate_ = 0;
  Time since_{};
  bool falls_ = false;
  Duration half_life_ = fee_half_life;
};

}  // namespace kith::ledger::bitcoin
