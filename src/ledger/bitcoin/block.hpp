// Blocks: what can be said of a body without knowing the coins that it spends.
#pragma once

#include "ledger/bitcoin/params.hpp"
#include "ledger/judge.hpp"

namespace kith::ledger::bitcoin {

/// Largest weight of a block: three times its bytes without witnesses, plus its bytes (BIP 141).
inline constexpr std::size_t max_weight = 4'000'000;
/// All the coins there can be, in satoshi.
inline constexpr u64 max_money = 21'000'000ull * 100'000'000ull;

/// Fails with corrupt_block if the body is not what its header commits to (the block may still be good), and with
/// bad_block if it is and breaks a rule. The header has been checked by the chain. Scripts, signature operations and
/// the coins that are spent are not looked at.
Result<> check_block(const Params& params, const BlockJob& job);

/// The push of `height` with which a coinbase's script begins (BIP 34).
Buffer pushed_height(u32 height);

}  // namespace kith::ledger::bitcoin
