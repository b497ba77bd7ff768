// compact_block: makes a compact block of a whole one and the whole one of what came (BIP 152, version 2).
#pragma once

#include "bitcoin/messages/compact.hpp"
#include "model/body.hpp"

namespace kith::bitcoin {

/// How the short ids of one compact block are made.
class ShortIds {
 public:
  ShortIds(Bytes header, u64 nonce);
  /// The lowest 48 bits of SipHash-2-4 of the id that covers the witness.
  u64 of(const Hash& witness_id) const;

 private:
  std::array<u8, 16> key_;
};

/// `nonce` comes from the dice. The coinbase is prefilled, and so are the transactions at `also`, in any order: those
/// that the other side is likely to lack. The transactions are views into `block`. Fails with corrupt_block if that is
/// none, and with bad_message if it is smaller than an index.
Result<CompactBlock> make_compact(Bytes block, u64 nonce, std::span<const u32> also = {});

/// The answer to a question for transactions of `block`, as views into it. Fails as make_compact().
Result<BlockTxn> pick(Bytes block, const GetBlockTxn& wanted);

/// A block that is put together of what a compact one says, of transactions that we have, and of those that are sent
/// when asked for. A value: it knows no peer. Whatever fails with `ambiguous` is nobody's debt: fetch the whole block.
class Reconstruction {
 public:
  /// Fails with ambiguous if two transactions of the block have one short id.
  static Result<Reconstruction> begin(const CompactBlock& block);

  const Hash& id() const { return id_; }
  Bytes header() const { return Bytes(header_); }

  /// A transaction that we have, which may be in the block. Of two that fit one place neither is taken.
  void offer(const Hash& witness_id, const Body& tx);
  void offer(const Hash& witness_id, Bytes tx);
  /// All of a range of {id that covers the witness, Body or Bytes}.
  template <typename Range>
  void offer_all(const Range& candidates) {
    for (const auto& [witness_id, tx] : candidates) offer(witness_id, tx);
  }

  /// Places without a transaction, lowest first.
  std::vector<u32> missing() const;
  /// Takes the transactions of exactly missing(), in this order. Fails with bad_message if there are more or fewer.
  Result<> fill(std::span<const Bytes> txs);
  /// The body, once nothing is missing. Fails with ambiguous if it is not what the header commits to; `segwit` says
  /// whether that holds for witnesses too.
  Result<Buffer> whole(bool segwit) const;

 private:
  struct Slot {
    Body tx;
    /// Two candidates fit: none does.
    bool contested = false;
  };
  struct Named {
    u64 short_id = 0;
    u32 index = 0;
    auto operator<=>(const Named&) const = default;
  };
  Reconstruction(const CompactBlock& block, ShortIds ids);
  Slot* find(const Hash& witness_id);

  Buffer header_;
  Hash id_{};
  ShortIds ids_;
  /// In the block's order.
  std::vector<Slot> slots_;
  /// The places that are not prefilled, by their short ids.
  std::vector<Named> named_;
};

}  // namespace kith::bitcoin
