// compact: the messages by which a block travels without the transactions that the other side has (BIP 152, version 2).
// What is decoded are views into the payload.
#pragma once

#include <span>
#include <vector>

#include "base/error.hpp"

namespace kith::bitcoin {

/// The only version that is spoken: short ids are made of the ids that cover witnesses.
inline constexpr u64 compact_version = 2;
/// Blocks that are served as compact ones, and those of which single transactions are, counted from the tip: 0 is the
/// tip itself. Deeper ones are sent whole.
inline constexpr u32 max_compact_depth = 5;
inline constexpr u32 max_transactions_depth = 10;
/// Bytes of a short id on the wire.
inline constexpr std::size_t short_id_size = 6;

/// "I can take compact blocks", and whether to push them unasked.
struct SendCompact {
  bool high_bandwidth = false;
  u64 version = compact_version;
  bool operator==(const SendCompact&) const = default;
};

/// Our own one.
Buffer encode(const SendCompact& message);
/// Fails with bad_message if the flag is neither 0 nor 1, and with malformed.
Result<SendCompact> decode_sendcmpct(Bytes payload);

struct Prefilled {
  /// Its place in the block.
  u32 index = 0;
  Bytes tx;
};

/// header 80 | nonce u64 | short ids, 6 bytes each | prefilled: difference to the last index less one, transaction
struct CompactBlock {
  Bytes header;
  u64 nonce = 0;
  /// Of all transactions that are not prefilled, in the block's order; 48 bits each.
  std::vector<u64> short_ids;
  /// In the block's order.
  std::vector<Prefilled> prefilled;

  std::size_t size() const { return short_ids.size() + prefilled.size(); }
};

Buffer encode(const CompactBlock& block);
/// Fails with oversize on more transactions than a block holds, with bad_message on none and on an index behind the
/// last of them, and with malformed.
Result<CompactBlock> decode_cmpctblock(Bytes payload);

/// Which transactions of a block are wanted: block 32 | indices in rising order, as differences.
struct GetBlockTxn {
  Hash block{};
  std::vector<u32> indices;
  bool operator==(const GetBlockTxn&) const = default;
};

Buffer encode(const GetBlockTxn& message);
/// Fails with unwelcome on no index, with oversize on more of them than a block holds transactions, with bad_message on
/// one that no block has, and with malformed.
Result<GetBlockTxn> decode_getblocktxn(Bytes payload);

/// The transactions that were wanted: block 32 | transactions.
struct BlockTxn {
  Hash block{};
  std::vector<Bytes> txs;
};

Buffer encode(const BlockTxn& message);
/// Fails with oversize on more transactions than a block holds, and with malformed.
Result<BlockTxn> decode_blocktxn(Bytes payload);

}  // namespace kith::bitcoin
