// Unspent: the outputs that the chain up to its tip leaves to be spent, and the times of its blocks: all that a new
// transaction is checked against. It is told of each block that joins or leaves the chain.
#pragma once

#include <map>

#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/coin.hpp"

namespace kith::ledger::bitcoin {

/// An output with a longer script can never be spent (Bitcoin Core, MAX_SCRIPT_SIZE).
inline constexpr std::size_t max_script = 10'000;
/// Bytes that a coin costs besides its script: what a node of the map holds, and what the allocator adds to both.
inline constexpr std::size_t coin_cost = sizeof(Outpoint) + sizeof(Coin) + 68;
/// Largest file of a set, in bytes.
inline constexpr u64 max_unspent_file = u64{16} << 30;

/// Whether no input can ever unlock `script`; such outputs are not kept.
bool is_unspendable(Bytes script);

/// What a block took away, to give it back: no more than the block has inputs, and outputs of its coinbase.
struct Undo {
  Hash block{};
  /// What its inputs spent, in their order.
  std::vector<Coin> spent;
  /// What its coinbase made anew although it was there, as two blocks of mainnet do (BIP 30).
  std::vector<std::pair<Outpoint, Coin>> replaced;
  bool operator==(const Undo&) const = default;
};
Buffer encode(const Undo& undo);
/// Fails with storage.
Result<Undo> parse_undo(Bytes bytes);

class Unspent {
 public:
  /// Of the chain that is genesis alone: its coinbase cannot be spent.
  explicit Unspent(const Params& params);

  /// Takes the block above the tip; that its rules hold is for others to see. Fails and changes nothing: with
  /// unconnected if its parent is not the tip, with bad_block if it spends what is not there or makes what is.
  Result<Undo> connect(const Block& block);
  /// Takes the tip back, by what its connect() returned. Fails with unconnected, and changes nothing, if the block is
  /// not the tip or `undo` another's.
  Result<> disconnect(const Block& block, Undo undo);

  std::optional<Coin> find(const Outpoint& at) const;
  const Hash& tip() const { return tip_; }
  u32 height() const { return static_cast<u32>(times_.size() - 1); }
  /// Median time past at `height`, seconds since 1970 (BIP 113): of up to eleven blocks that end there. The height is
  /// at most the tip's.
  i64 median_time(u32 height) const;

  std::size_t size() const { return coins_.size(); }
  /// Memory in use, in bytes.
  std::size_t bytes() const { return coins_.size() * coin_cost + script_bytes_ + times_.size() * sizeof(u32); }
  /// The double SHA-256 of all coins by their outpoints, the same however the set came about: what Bitcoin Core calls
  /// hash_serialized_3. Takes as long as a pass over the set.
  Hash digest() const;

  Buffer save() const;
  /// Fails with storage if `file` is damaged, and with unconnected if it is not the set of the chain up to `tip`.
  static Result<Unspent> restore(Bytes file, const Hash& tip);

 private:
  Unspent() = default;
  Result<> apply(const Block& block, Undo& undo);
  bool spend(const Tx& tx, Undo& undo);
  bool make(const Tx& tx, Undo& undo);
  void give_back(const Tx& tx, Undo& undo);
  void unmake(const Tx& tx);
  void take_back(std::span<const Tx> txs, Undo& undo);
  void put(const Outpoint& at, Coin coin);
  void erase(const Outpoint& at);
  Buffer serialised() const;

  std::map<Outpoint, Coin, OutpointOrder> coins_;
  std::size_t script_bytes_ = 0;
  Hash tip_{};
  /// Of each block from genesis to the tip, in seconds since 1970.
  std::vector<u32> times_;
};

}  // namespace kith::ledger::bitcoin
