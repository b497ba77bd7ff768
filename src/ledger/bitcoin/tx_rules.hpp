// What a transaction must obey wherever it stands, in a block or in a pool. No script is run.
// spec: BIP 68 | sequence numbers that lock, in blocks and in units of 512 seconds | PoolTest.sequence_numbers_lock_for_blocks_and_for_units_of_512_seconds
#pragma once

#include "ledger/bitcoin/coin.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::ledger::bitcoin {

/// All the coins there can be, in satoshi.
inline constexpr u64 max_money = 21'000'000ull * 100'000'000ull;
/// What a coinbase makes may be spent this many blocks above it.
inline constexpr u32 coinbase_maturity = 100;

/// No input twice, and none that spends nothing. Fails with `fault`.
Result<> check_inputs(const Tx& tx, Fault fault);
/// No more is paid than there can be. Fails with `fault`.
Result<> check_outputs(const Tx& tx, Fault fault);

/// Whether the lock time allows `tx` in a block at `height`; `time` is the median time past of its parent, or before
/// BIP 113 its own, in seconds since 1970.
bool is_final(const Tx& tx, u32 height, i64 time);

/// The last height, and the last median time past of a parent, at which sequence numbers keep a transaction out of a
/// block (BIP 68); -1 where none does.
struct SequenceLocks {
  i64 height = -1;
  i64 time = -1;
};
/// `times` are those from which the inputs' time locks count: of each coin, the median time past of the block before
/// the one that made it. Both in the order of the inputs.
SequenceLocks sequence_locks(const Tx& tx, std::span<const Coin> spent, std::span<const i64> times);

}  // namespace kith::ledger::bitcoin
