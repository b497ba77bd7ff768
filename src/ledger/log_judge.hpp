// LogJudge: a judge that keeps accepted blocks in one append-only log and finds them again after a crash.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "ledger/chain.hpp"
#include "ledger/judge.hpp"
#include "ledger/log.hpp"

namespace kith::ledger {

/// Largest block of a log, in bytes; a record that declares more is torn.
inline constexpr std::size_t max_block = 4'000'000;
/// Most records that wait for their parent during restore(); the blocks of others are downloaded again.
inline constexpr std::size_t max_waiting = 4096;

/// What restore() found.
struct Restored {
  /// Blocks that are in the chain now.
  std::size_t blocks = 0;
  /// Records that were left where they are: bad ones, and blocks without a parent.
  std::size_t skipped = 0;
  /// Bytes behind the last good record, which were cut off.
  u64 cut_bytes = 0;
};

/// What a check of a block means for it. corrupt_block or malformed: this copy is bad; future_block, unconnected or
/// storage: not yet; any other fault: the block is bad for ever.
Ruling ruling_of(const Hash& id, const Result<>& checked);

class LogJudge : public Judge {
 public:
  /// Whether a body keeps the rules; see bitcoin::check_block, and ruling_of() for what its faults mean.
  using Check = std::function<Result<>(const BlockJob&)>;

  /// A record is `magic` and the block's size, both u32 little-endian, then the block: the format of Bitcoin Core's
  /// blk files. `rules` outlives the judge. `genesis` is served although nobody ever judged it.
  LogJudge(const Rules& rules, std::unique_ptr<Log> log, u32 magic, Check check, Body genesis);

  std::vector<Ruling> judge(const BlockJob& job) override;
  std::optional<Body> block(const Hash& id) override;
  Result<> flush() override;

  /// Takes the blocks of the log into `chain`, in whatever order they stand, and cuts a torn tail off. Each is checked
  /// again. A date ahead of `now` is no fault: the block was accepted once, so our clock was set back. Fails with
  /// storage.
  Result<Restored> restore(Chain& chain, Utc now);

  /// Blocks that can be served, without genesis.
  std::size_t size() const { return index_.size(); }
  bool has(const Hash& id) const { return index_.contains(id); }
  u64 bytes() const { return log_->size(); }
  /// Calls `what` with each block of the log, in the order in which they were written.
  void each(const std::function<void(const Hash& id, const Body& body)>& what) const;
  /// Forgets all blocks and empties the log.
  Result<> clear();

 private:
  struct Place {
    u64 offset = 0;
    u32 size = 0;
  };
  struct Scan;

  /// The record at `offset`, without its head; nothing if it is torn.
  Result<std::optional<Place>> record_at(u64 offset) const;
  /// Takes the block at `place` and those that waited for it.
  Result<> admit(Scan& scan, const Place& place);
  /// Takes one block into the chain and returns its id, if it belongs there.
  std::optional<Hash> adopt(Scan& scan, const Place& place, const Body& body);
  Result<> store(const BlockJob& job);

  const Rules* rules_;
  std::unique_ptr<Log> log_;
  u32 magic_;
  Check check_;
  Hash genesis_id_{};
  Body genesis_;
  /// Bodies in the log: the log itself is its limit.
  std::map<Hash, Place> index_;
};

}  // namespace kith::ledger
