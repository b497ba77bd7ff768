// Targets: the compact form that headers carry, what work they stand for, and how they follow the clock.
#pragma once

#include "ledger/bitcoin/params.hpp"
#include "ledger/u256.hpp"

namespace kith::ledger::bitcoin {

/// Blocks between two changes of difficulty, and the seconds that they should take.
inline constexpr u32 retarget_interval = 2016;
inline constexpr i64 retarget_timespan = i64{14} * 24 * 60 * 60;

/// The number that a compact form stands for; nothing if it is zero, negative or wider than 256 bits.
std::optional<U256> from_compact(u32 bits);
/// The compact form, which keeps the 23 or so highest bits.
u32 to_compact(const U256& target);
/// The expected number of hashes that meet `target`: 2^256 / (target + 1).
Work work_of(const U256& target);
/// Whether a block with this id meets the target of its header, and that target is within the network's limit.
bool proves_work(const Params& params, const Hash& id, u32 bits);

/// The compact target after an interval that took `seconds` at the target `bits`, which must be valid.
u32 retarget(const Params& params, u32 bits, i64 seconds);
/// Whether a header at `height` may carry `next` after a parent with `previous`, whatever the times were.
bool may_change(const Params& params, u32 previous, u32 next, u32 height);

}  // namespace kith::ledger::bitcoin
