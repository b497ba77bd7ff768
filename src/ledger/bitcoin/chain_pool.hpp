// ChainPool: a pool that stands on its chain: the coins up to the tip, the transactions that the next blocks may take,
// and those that wait for others. Blocks come and go by it; it is given the time that it needs.
#pragma once

#include "ledger/bitcoin/mempool.hpp"
#include "ledger/bitcoin/orphans.hpp"

namespace kith::ledger::bitcoin {

/// Transactions that pay too little, kept for the child that may pay for both.
inline constexpr std::size_t max_poor = 100;
/// Their bytes.
inline constexpr std::size_t max_poor_bytes = 1'000'000;

struct ChainPoolConfig {
  /// Outlives the pool.
  const Params* params = nullptr;
  MempoolConfig mempool = {};
  /// Memory for coins, in bytes, beyond which no block is taken.
  u64 coin_bytes = u64{2} << 30;
  /// Memory for what takes blocks back, in bytes; the oldest goes first.
  u64 undo_bytes = u64{64} << 20;
};

class ChainPool {
 public:
  /// Stands at genesis.
  explicit ChainPool(ChainPoolConfig config) : config_(config), coins_(*config.params), pool_(config.mempool) {}
  /// Stands where `coins` do. `past` are the last blocks, the tip last, and what takes them back: as many of them as do
  /// that can be taken back.
  ChainPool(ChainPoolConfig config, Unspent coins, std::vector<std::pair<Body, Undo>> past);

  /// Takes the block above the tip; that its rules hold is for others to see. Fails as Unspent::connect does, with
  /// malformed, or with oversize if there is no room for more coins; nothing is changed then.
  Result<> connect(Body block, Time now);
  /// Takes the tip back. Fails with unconnected if `id` is not the tip, or how it is undone is not kept any more.
  Result<> disconnect(const Hash& id);
  /// The chain is at its new tip: transactions are looked at again. Returns those that need no longer wait, to be
  /// offered again.
  std::vector<Body> settle(Time now);

  /// What add() would take: the transaction, or with it the one that waited for it or that pays for it. Whoever is
  /// refused for a low fee is remembered.
  std::expected<Candidate, Refusal> prepare(const Body& tx, Time now);
  /// Adds what prepare() made once its scripts were found good. Returns what need no longer wait, to be offered again:
  /// what came with a companion is in the pool already.
  std::expected<std::vector<Body>, Refusal> add(const Candidate& candidate, Time now);
  /// Keeps a transaction of which prepare() said orphan; true if it need not wait any more.
  bool wait(Peer from, const Body& tx, Time now);
  /// The connection is gone.
  void forget(Peer peer) { orphans_.forget(peer); }

  const Unspent& coins() const { return coins_; }
  /// What takes the last blocks back, the tip last.
  std::vector<Undo> undos() const;
  const Mempool& pool() const { return pool_; }
  const Orphans& orphans() const { return orphans_; }
  std::size_t poor() const { return poor_.size(); }

 private:
  struct Past {
    Body block;
    Undo undo;
    std::size_t cost = 0;
  };
  std::expected<Candidate, Refusal> with_child(const Body& parent, const Refusal& refusal, Time now) const;
  std::expected<Candidate, Refusal> with_parent(const Body& child, const Refusal& refusal, Time now) const;
  void remember(Body block, Undo undo);
  void remember_poor(const Hash& id, const Body& tx);
  void forget_poor(const Hash& id);
  void release(const Hash& parent, std::vector<Body>& out) const;

  ChainPoolConfig config_;
  Unspent coins_;
  Mempool pool_;
  Orphans orphans_;
  /// The blocks below the tip that can be taken back, the tip last.
  std::deque<Past> past_;
  std::size_t past_bytes_ = 0;
  /// By id without witnesses; in the order of arrival.
  std::map<Hash, Body> poor_;
  std::deque<Hash> poor_order_;
  std::size_t poor_bytes_ = 0;
  /// Orphans whose parents are in blocks that came since the last settle().
  std::vector<Body> ready_;
};

}  // namespace kith::ledger::bitcoin
