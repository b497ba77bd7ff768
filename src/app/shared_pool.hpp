// SharedPool: the mempool of a node, as its threads share it. Workers ask it for verdicts, the host's thread tells it
// what happened, and a thread of its own follows the chain.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "bitcoin/pool_view.hpp"
#include "core/kind.hpp"
#include "core/order.hpp"
#include "ledger/bitcoin/chain_pool.hpp"
#include "ledger/bitcoin/maker.hpp"

namespace kith::app {

/// The files of a data directory in which the coins of the last clean stop are kept, and what takes the last blocks
/// back; how many blocks, and largest bytes of that.
inline constexpr const char* coins_file = "coins.dat";
inline constexpr const char* undo_file = "undo.dat";
inline constexpr std::size_t max_kept_undos = 100;
inline constexpr u64 max_undo_file = u64{1} << 30;
/// Blocks that have not been followed yet, beyond which nothing is judged: the node catches up.
inline constexpr std::size_t max_behind = 16;

struct SharedPoolConfig {
  ledger::bitcoin::ChainPoolConfig pool;
  ledger::bitcoin::CheckScripts scripts;
  /// Where the coins are kept between two runs; empty keeps them nowhere.
  std::filesystem::path directory;
};

/// What the pool does with its node; each may be called from any thread.
struct PoolLinks {
  /// The body of a block that the chain took.
  std::function<std::optional<Body>(const Hash& id)> read;
  /// A transaction that may be spread.
  std::function<void(const Body& tx)> offer;
  /// What the operator should know.
  std::function<void(const std::string& text)> say;
};

/// What a pool holds, for people and tests.
struct PoolFigures {
  Hash tip{};
  u32 height = 0;
  std::size_t bytes = 0;
  std::size_t orphans = 0;
  /// In satoshi per 1000 virtual bytes.
  u64 floor = 0;
  std::vector<Hash> ids = {};
};

class SharedPool {
 public:
  explicit SharedPool(SharedPoolConfig config);
  ~SharedPool();
  SharedPool(const SharedPool&) = delete;
  SharedPool& operator=(const SharedPool&) = delete;

  /// Begins to follow the chain, whose tip it is told of. Once.
  void start(const ledger::Chain& chain, PoolLinks links);
  /// Ends its thread and keeps the coins.
  void stop();

  // Any thread.
  Verdict judge(Bytes tx);
  std::vector<Hash> needs(Bytes tx);
  /// Whether a transaction of ours is in the pool now; fails with why it is refused.
  Result<> take(Bytes tx);
  /// A transaction of the pool, by its id without witnesses.
  std::optional<Body> find(const Hash& id);
  /// Calls `what` for each transaction of the pool, by its id with witnesses; it must be quick and not call back.
  void each(const std::function<void(const Hash& witness_id, const Body& tx)>& what);
  PoolFigures figures();
  /// In satoshi per 1000 virtual bytes: the least that is taken, and what an item of the pool pays.
  u64 least_rate();
  std::optional<u64> rate(const ItemHash& item);
  /// The digest of the coins, as Unspent::digest(), and their number.
  std::pair<Hash, std::size_t> coins();
  /// What a block on the chain's tip would be that pays `script`, dated `now` (seconds since 1970); nothing while the
  /// pool is on its way to the tip, or where its target is not known.
  std::optional<ledger::bitcoin::Draft> draft(Buffer script, i64 now);
  /// Waits until the pool stands elsewhere than at `tip`, and at the chain's: returns that. Nothing if it takes longer
  /// than `most`, or `stop` is asked for.
  std::optional<Hash> await_move(const Hash& tip, std::chrono::seconds most, const std::stop_token& stop);

  /// On the host's thread.
  void hear(const core::Event& event, const ledger::Chain& chain);

 private:
  using Step = ledger::Step;

  std::optional<ledger::bitcoin::Refusal> admit(const Body& tx);
  void note_tip(const ledger::Chain& chain);
  void follow(const std::stop_token& stop);
  bool apply(const std::vector<Step>& steps, const std::vector<std::optional<Body>>& bodies);
  void rebuild();
  bool is_behind() const { return steps_.size() > max_behind; }
  void close(const Error& why);
  ledger::bitcoin::ChainPool opened(const Hash& tip) const;
  std::vector<std::pair<Body, ledger::bitcoin::Undo>> kept_past() const;
  void keep() const;

  SharedPoolConfig config_;
  PoolLinks links_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Under the mutex.
  std::unique_ptr<ledger::bitcoin::ChainPool> pool_;
  std::deque<Step> steps_;
  /// The ids of the chain's blocks from height 1 to the tip that was told last, and what the next header must carry.
  std::vector<Hash> line_;
  std::optional<u32> next_bits_;
  /// No further block is taken.
  bool closed_ = false;
  std::jthread follower_;
};

/// What the bitcoin wire sees of it; `pool` outlives the view.
kith::bitcoin::PoolView view_of(SharedPool& pool);
/// The kind of transactions that `pool` judges.
core::Kind pooled_transactions(const std::shared_ptr<SharedPool>& pool);

}  // namespace kith::app
