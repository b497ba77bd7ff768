// Halving in whole numbers, the same on every machine and however often it is asked.
#include "ledger/bitcoin/fee_floor.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// 2^(-1/2), 2^(-1/4), … 2^(-1/2^16), times 2^32, rounded.
constexpr std::array<u64, 16> roots{3037000500, 3611622603, 3938502376, 4112874773, 4202935003, 4248701965,
                                    4271771996, 4283353945, 4289156690, 4292061010, 4293513907, 4294240540,
                                    4294603903, 4294785595, 4294876445, 4294921870};

/// `value`, which is at most max_rate, halved once every `half_life`.
u64 halved(u64 value, Duration age, Duration half_life) {
  const auto times = age / half_life;
  if (times >= 64) return 0;
  value >>= times;
  // How far into the next half-life, as a fraction of 2^16; its bits choose the roots to multiply with.
  const auto part = std::min(static_cast<u64>((age % half_life) / (half_life / 65536)), u64{65535});
  for (std::size_t i = 0; i < roots.size(); ++i)
    if ((part >> (15 - i) & 1) != 0) value = (value >> 32) * roots[i] + ((value & 0xffffffff) * roots[i] >> 32);
  return value;
}

}  // namespace

u64 FeeFloor::raised(Time now) const {
  const u64 rate = falls_ && now > since_ ? halved(rate_, now - since_, half_life_) : rate_;
  // Below half of what is asked for in any case there is nothing to wait for.
  return rate < least_ / 2 ? 0 : rate;
}

void FeeFloor::evicted(u64 rate, Time now) {
  const u64 asked = std::min(rate + least_, max_rate);
  if (asked <= raised(now)) return;
  rate_ = asked;
  since_ = now;
  falls_ = false;
}

void FeeFloor::block(Time now) {
  rate_ = raised(now);
  since_ = now;
  falls_ = true;
}

void FeeFloor::fill(u64 used, u64 limit, Time now) {
  const auto half_life = fee_half_life / (used < limit / 4 ? 4 : used < limit / 2 ? 2 : 1);
  if (half_life == half_life_) return;
  rate_ = raised(now);
  since_ = now;
  half_life_ = half_life;
}

}  // namespace kith::ledger::bitcoin
