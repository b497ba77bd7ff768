// Signature operations: what a transaction may make its verifiers do, counted without running a script.
#pragma once

#include "ledger/bitcoin/coin.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::ledger::bitcoin {

/// Most that a block may cost (BIP 141).
inline constexpr u32 max_block_sigops = 80'000;

/// The operations of a script as it stands. Where it tells how many keys a multiple signature has, `accurate` counts
/// these, and otherwise the most there can be.
u32 count_sigops(Bytes script, bool accurate);
/// What `tx` costs of a block's limit (BIP 141): four for each operation in its own scripts and in those that BIP 16
/// hashes, one for each in a witness. `spent` are its coins in the order of the inputs; a coinbase has none.
u32 sigop_cost(const Tx& tx, std::span<const Coin> spent);

}  // namespace kith::ledger::bitcoin
