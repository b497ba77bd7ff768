// Mining: blocks made on demand where that is easy, one after the other, on a thread of its own.
#pragma once

#include "app/shared_pool.hpp"

namespace kith::app {

/// Most blocks of one request, and requests that wait or are remembered.
inline constexpr u64 max_mined = 10'000;
inline constexpr std::size_t max_mining_jobs = 64;

/// What became of a request.
struct Mined {
  u64 wanted = 0;
  /// Ids of the blocks that were found.
  std::vector<Hash> found = {};
  /// Why it ended early; empty if it did not.
  std::string failed = {};

  bool ended() const { return found.size() == wanted || !failed.empty(); }
};

class Mining {
 public:
  /// `pool` is started before the first request and outlives the mining; `publish` may be called on its thread.
  Mining(SharedPool& pool, const ledger::bitcoin::Params& params, std::function<void(const Body& block)> publish);

  /// Begins to make `blocks` blocks, each on the tip of its moment, that pay `script`; the number under which state()
  /// tells of it. Fails with bad_config where blocks are hard to make, with oversize for too many or too long a script,
  /// with no_slot if too many requests wait.
  Result<u64> begin(u64 blocks, Buffer script);
  /// Of the last `max_mining_jobs` requests.
  std::optional<Mined> state(u64 job);

 private:
  struct Job {
    Buffer script;
    Mined state;
  };
  void run(const std::stop_token& stop);
  /// Makes one block; empty if that was done, or else why not.
  std::string make_one(u64 job, const Buffer& script, const std::stop_token& stop);

  SharedPool& pool_;
  const ledger::bitcoin::Params& params_;
  std::function<void(const Body& block)> publish_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  /// Under the mutex, by number.
  std::map<u64, Job> jobs_;
  u64 last_ = 0;
  std::jthread thread_;
};

/// Whether somebody with one processor finds blocks of this network at once.
bool is_easy(const ledger::bitcoin::Params& params);

}  // namespace kith::app
