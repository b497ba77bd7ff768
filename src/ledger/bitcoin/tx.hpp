// Tx: a transaction as far as a block's rules look into it, and the Merkle root of many. No script is run.
// spec: BIP 144 | transactions with and without witnesses, in their shortest form alone | Block.every_flipped_bit_makes_a_bad_copy_of_it
#pragma once

#include <vector>

#include "base/reader.hpp"

namespace kith::ledger::bitcoin {

/// Views into the bytes that the transaction was read from.
struct Tx {
  /// The whole of it, as it was read.
  Bytes bytes;
  Hash id{};
  /// The id that covers the witness too (BIP 141); the same as `id` where there is none.
  Hash witness_id{};
  u32 version = 0;
  /// Bytes without marker, flag and witnesses.
  std::size_t stripped_size = 0;
  bool has_witness = false;
  /// 36 bytes each: the id of the transaction that is spent, and the number of its output.
  std::vector<Bytes> inputs;
  /// Of each input, the script that unlocks it, its sequence number, and the last item of its witness if there is one.
  std::vector<Bytes> input_scripts;
  std::vector<u32> sequences;
  std::vector<Bytes> last_items;
  /// Whether no input's sequence number leaves the lock time in force.
  bool ignores_lock = true;
  /// The first two items of the first input's witness.
  std::vector<Bytes> first_witness;
  std::vector<u64> values;
  std::vector<Bytes> scripts;
  u32 lock_time = 0;

  /// It spends nothing but the one output that cannot exist.
  bool is_coinbase() const;
  /// Three times its bytes without witnesses, plus its bytes (BIP 141).
  std::size_t weight() const { return 3 * stripped_size + bytes.size(); }
};

/// Whether these 36 bytes name the output that cannot exist.
bool is_null(Bytes input);

/// Reads a transaction in the form of BIP 144; fails `in` if it is not exactly one in its shortest encoding.
Tx read_tx(Reader& in);
/// The bytes of one, for who needs no ids, which cost most; fails `in` as read_tx() does.
Bytes skip_tx(Reader& in);

struct Merkle {
  Hash root{};
  /// Two neighbours are equal: the same root has another list of transactions (CVE-2012-2459).
  bool mutated = false;
};
Merkle merkle(std::vector<Hash> ids);

}  // namespace kith::ledger::bitcoin
