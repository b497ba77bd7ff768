// Mempool: transactions that the next blocks may take, bounded in bytes. First seen wins; the worst paid goes first.
// Every method is given the set of unspent outputs and the time that it needs.
//
// A transaction joins in two steps, so that its scripts can be run on another thread: prepare() says what it spends,
// add() looks at everything but the scripts once more. When blocks come and go, tell the set of each first, then the
// pool: block_disconnected(), block_connected(), and settle() when the chain has reached its new tip.
#pragma once

#include <deque>
#include <set>

#include "base/time.hpp"
#include "ledger/bitcoin/acceptance.hpp"
#include "ledger/bitcoin/fee_floor.hpp"
#include "model/item.hpp"

namespace kith::ledger::bitcoin {

/// Most transactions, and their virtual bytes, of which one descends and that descend from one, itself included: the
/// long-standing limits of Bitcoin Core.
inline constexpr u64 max_relatives = 25;
inline constexpr u64 max_relatives_size = 101'000;
/// How long a transaction stays.
inline constexpr Duration pool_expiry = std::chrono::hours{336};
/// Bytes of transactions that wait for settle(); those that come last in the chain are let go first.
inline constexpr std::size_t max_returning = 20'000'000;

struct MempoolConfig {
  /// Memory, as Mempool::bytes() counts it.
  u64 bytes = 300'000'000;
  /// The least fee rate, in satoshi per 1000 virtual bytes; also by how much an eviction raises the floor.
  u64 min_rate = 1000;
};

/// Sums over a transaction and its relatives on one side.
struct Totals {
  u64 count = 0;
  u64 size = 0;
  u64 fee = 0;
  u64 sigops = 0;
  u64 weight = 0;
  FeeRate rate() const { return {fee, size}; }
  bool operator==(const Totals&) const = default;
};

class Mempool {
 public:
  struct Entry {
    Body body;
    Tx tx;
    /// In the order of arrival, from 1: parents have smaller numbers than their children.
    u64 number = 0;
    Time since{};
    /// Of itself alone.
    Totals own;
    /// With itself.
    Totals ancestors;
    Totals descendants;
    /// In the pool.
    std::set<Hash> parents = {};
    std::set<Hash> children = {};
    /// What it adds to bytes().
    std::size_t cost = 0;

    /// What it is worth to keep: its own rate, or with its descendants if that is better.
    FeeRate worth() const { return std::max(own.rate(), descendants.rate()); }
  };

  explicit Mempool(MempoolConfig config = {}) : config_(config), floor_(config.min_rate) {}

  /// What add() would take; the scripts are not looked at.
  std::expected<Candidate, Refusal> prepare(const Unspent& view, Body tx, Time now) const;
  /// A parent whose own fee may be too low, and a child that pays for both.
  std::expected<Candidate, Refusal> prepare(const Unspent& view, Body parent, Body child, Time now) const;
  /// Adds what prepare() made once its scripts were found good, all of it or nothing. Returns the ids of those that had
  /// to go to make room, the worst first.
  std::expected<std::vector<Hash>, Refusal> add(const Unspent& view, const Candidate& candidate, Time now);

  /// A block joined the chain: its transactions go, and those that spend what it spent.
  void block_connected(const Block& block, Time now);
  /// The tip left the chain: its transactions come back with settle().
  void block_disconnected(const Block& block);
  /// The chain has reached its new tip, that of `view`. Behind a block_disconnected() everything is looked at again,
  /// but for scripts, in the order of the chain and then of arrival; until then nothing is added. Returns the ids of
  /// those that had to go to make room.
  std::vector<Hash> settle(const Unspent& view, Time now);
  /// Lets go what is there for too long. Returns the ids.
  std::vector<Hash> expire(Time now);

  const Entry* find(const Hash& id) const;
  const Entry* find_witness(const Hash& witness_id) const;
  const Entry* find_item(const ItemHash& hash) const;
  /// The id of the transaction of the pool that spends this output.
  std::optional<Hash> spender(const Outpoint& at) const;
  /// By id.
  const std::map<Hash, Entry>& entries() const { return entries_; }
  /// The ids of all that `id` descends from, and of all that descend from it, without itself.
  std::set<Hash> ancestors(const Hash& id) const;
  std::set<Hash> descendants(const Hash& id) const;

  /// The least fee rate, in satoshi per 1000 virtual bytes.
  u64 floor(Time now) const { return floor_.at(now); }
  std::size_t size() const { return entries_.size(); }
  /// Memory in use, in bytes, counted; without what waits for settle().
  std::size_t bytes() const { return bytes_; }

 private:
  /// The worst first; of two alike the later.
  struct Rank {
    FeeRate worth;
    u64 number = 0;
    Hash id{};
    bool operator<(const Rank& other) const {
      if (const auto by_worth = worth <=> other.worth; by_worth != 0) return by_worth < 0;
      return number > other.number;
    }
  };
  using Checked = std::expected<Entrant, Refusal>;

  Checked examine(const Unspent& view, Entrant entrant, const Entrant* parent) const;
  std::optional<Refusal> find_coins(const Unspent& view, Entrant& entrant, const Entrant* parent) const;
  std::optional<Refusal> check_relatives(const Entrant& entrant, const Entrant* parent) const;
  std::set<Hash> ancestors_of(const std::vector<Hash>& parents) const;
  std::expected<Candidate, Refusal> prepare(const Unspent& view, std::vector<Entrant> txs, Time now) const;

  void insert(Entrant entrant, Time since);
  void confirm(const Hash& id);
  void remove(Hash id, std::vector<Hash>& gone);
  void forget(std::map<Hash, Entry>::iterator at);
  void rank(const Entry& entry, bool stands);
  std::vector<Hash> trim(Time now);

  MempoolConfig config_;
  FeeFloor floor_;
  std::map<Hash, Entry> entries_;
  std::map<ItemHash, Hash> by_item_;
  std::map<Outpoint, Hash> spenders_;
  std::set<Rank> ranks_;
  std::set<std::pair<Time, Hash>> by_age_;
  u64 last_number_ = 0;
  std::size_t bytes_ = 0;
  /// Transactions of blocks that left the chain, in its order.
  std::deque<Body> returning_;
  std::size_t returning_bytes_ = 0;
  bool unsettled_ = false;
};

/// Memory that a transaction takes with so many parents in the pool, in bytes; a little more than it really is.
std::size_t pool_cost(const Tx& tx, std::size_t parents);

}  // namespace kith::ledger::bitcoin
