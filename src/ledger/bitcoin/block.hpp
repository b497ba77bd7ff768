// Blocks: what can be said of a body without knowing the coins that it spends.
// spec: BIP 34 | the height in the coinbase | Block.the_coinbase_is_first_alone_of_good_size_and_begins_with_the_height
// spec: BIP 113 | lock times against the median time past | Block.a_lock_time_holds_until_its_height_or_the_median_time_unless_every_input_waives_it
// spec: BIP 141 | weight, and the commitment to witnesses; scripts by libbitcoinkernel | Block.weight_counts_witnesses_once_and_the_rest_four_times, Block.witnesses_must_be_what_the_coinbase_commits_to
#pragma once

#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/params.hpp"
#include "ledger/bitcoin/tx.hpp"
#include "ledger/judge.hpp"

namespace kith::ledger::bitcoin {

/// Largest weight of a block: three times its bytes without witnesses, plus its bytes (BIP 141).
inline constexpr std::size_t max_weight = 4'000'000;
/// No transaction is smaller, in bytes: one input and one output, both without a script.
inline constexpr std::size_t min_tx = 60;
/// So a block holds no more of them.
inline constexpr std::size_t max_txs = max_weight / (4 * min_tx);

/// With what the script of a coinbase's output begins that commits to the witnesses: OP_RETURN, a push of 36 bytes, and
/// the tag of BIP 141; a hash of 32 bytes follows.
inline constexpr std::array<u8, 6> commitment_tag{0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};

/// Views into the bytes that the block was read from.
struct Block {
  Header header;
  std::vector<Tx> txs;
  std::size_t size = 0;
  /// Bytes behind the header and the number of transactions.
  std::size_t txs_size = 0;
};

/// Fails with corrupt_block if `bytes` are not a header and at least one transaction. No rule is looked at.
Result<Block> read_block(Bytes bytes);

/// Fails with corrupt_block if the body is not what its header commits to (the block may still be good), and with
/// bad_block if it is and breaks a rule. The header has been checked by the chain. Scripts, signature operations and
/// the coins that are spent are not looked at.
Result<> check_block(const Params& params, const BlockJob& job);

/// The transactions of a body, as views into it. Fails with corrupt_block unless it is a header and one of them or
/// more.
Result<std::vector<Tx>> read_txs(Bytes block);
/// Their bytes alone, for a fraction of the time. Fails alike.
Result<std::vector<Bytes>> split_txs(Bytes block);

/// Fails with corrupt_block unless `block` holds exactly the transactions, and the witnesses if `segwit` binds, that
/// its header commits to.
Result<> check_copy(Bytes block, bool segwit);

/// The push of `height` with which a coinbase's script begins (BIP 34).
Buffer pushed_height(u32 height);

}  // namespace kith::ledger::bitcoin
