// The arithmetic of difficulty, bit for bit as Bitcoin Core's: its roundings are consensus.
#include "ledger/bitcoin/target.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u32 sign_bit = 0x00800000;

U256 limit_of(const Params& params) {
  const auto limit = from_compact(params.limit_bits);
  check(limit.has_value(), "a limit that is no target");
  return *limit;
}

}  // namespace

std::optional<U256> from_compact(u32 bits) {
  const u32 size = bits >> 24;
  const u32 digits = bits & 0x007fffff;
  if (digits == 0 || (bits & sign_bit) != 0) return std::nullopt;
  if (size <= 3) {
    const u64 value = digits >> 8 * (3 - size);
    if (value == 0) return std::nullopt;
    return U256::of(value);
  }
  const u32 shift = 8 * (size - 3);
  if (U256::of(digits).bit_length() + shift > 256) return std::nullopt;
  return U256::of(digits) << shift;
}

u32 to_compact(const U256& target) {
  u32 size = (target.bit_length() + 7) / 8;
  const U256 digits = size <= 3 ? target << 8 * (3 - size) : target >> 8 * (size - 3);
  auto low = static_cast<u32>(digits.words[0]);
  // The highest of the 24 bits is a sign, so a number that needs it moves one byte up.
  if ((low & sign_bit) != 0) {
    low >>= 8;
    ++size;
  }
  return low | size << 24;
}

Work work_of(const U256& target) {
  // 2^256 itself does not fit: 2^256 / (t + 1) = (2^256 - 1 - t) / (t + 1) + 1.
  const U256 next = target + U256::of(1);
  if (next == U256{}) return U256::of(1).to_work();
  return (~target / next + U256::of(1)).to_work();
}

bool proves_work(const Params& params, const Hash& id, u32 bits) {
  const auto target = from_compact(bits);
  return target && *target <= limit_of(params) && U256::of(id) <= *target;
}

u32 retarget(const Params& params, u32 bits, i64 seconds) {
  const auto target = from_compact(bits);
  check(target.has_value(), "a parent whose bits are no target");
  const i64 bounded = std::clamp(seconds, retarget_timespan / 4, retarget_timespan * 4);
  const U256 next = *target * static_cast<u32>(bounded) / U256::of(u64{retarget_timespan});
  return to_compact(std::min(next, limit_of(params)));
}

bool may_change(const Params& params, u32 previous, u32 next, u32 height) {
  // Easy blocks come and go by their dates, which are not known here.
  if (params.eases && params.retargets) return true;
  if (!params.retargets || height % retarget_interval != 0) return previous == next;
  const auto target = from_compact(next);
  const auto hardest = from_compact(retarget(params, previous, 0));
  const auto easiest = from_compact(retarget(params, previous, retarget_timespan * 4));
  return target && hardest && easiest && *hardest <= *target && *target <= *easiest;
}

}  // namespace kith::ledger::bitcoin
