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

/// Most bytes that are hashed for one transaction before it is in a block: the 2,500 operations of BIP 54 in 100,000
/// bytes, less than a second of work.
inline constexpr u64 max_hashed_bytes = 250'000'000;
/// How many bytes the signature operations of `tx` can have a verifier hash, at most: without BIP 143 each of those in
/// its inputs and in what they spend (counted as in BIP 54) hashes the transaction anew.
u64 hashed_bytes(const Tx& tx, std::span<const Coin> spent);

}  // namespace kith::ledger::bitcoin
