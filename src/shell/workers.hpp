// Workers: the threads that do what is too slow for the loop. Item jobs run side by side; whatever needs the judge or
// the disk runs one after the other, in the order in which it was handed in.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "core/work.hpp"

namespace kith::shell {

/// Blocks whose rulings are handed over together, so that the loop wakes once for many small ones; and their bytes, so
/// that nobody waits for the rulings of large ones. One block may exceed these alone.
inline constexpr std::size_t max_batch = 32;
inline constexpr std::size_t max_batch_bytes = std::size_t{256} << 10;

/// How far the workers step back behind the loop, as nice(1) counts.
inline constexpr int worker_nice = 10;

class Workers {
 public:
  /// Takes what was done; called on a worker's thread.
  using Finished = std::function<void(core::Done)>;

  /// At least one thread. `judge` (null without a ledger) and what `kinds` views outlive the workers.
  Workers(std::size_t threads, ledger::Judge* judge, std::span<const core::Kind> kinds, Finished finished);
  ~Workers() { stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// The queues have no limit of their own: a host hands out a bounded number of jobs (core::max_judging for each peer,
  /// sync's window of blocks) and takes back each before the next.
  void submit(core::Job job);
  /// A write to the disk. It takes its turn among the jobs of the judge and is done even when stopping.
  void submit(std::move_only_function<void()> write);

  /// Drops the jobs that wait, does the writes that wait, and returns when the last thread has ended.
  void stop();

 private:
  struct Task {
    /// Its place among all tasks.
    u64 number = 0;
    bool is_write = false;
    std::move_only_function<void()> run;
    /// Instead of `run`: a block to judge.
    std::optional<ledger::BlockJob> block;
  };

  void add(bool serial, Task task);
  void work();
  /// Takes the task that is next, and the blocks that may be judged in one go with it.
  std::vector<Task> take();
  void run(std::vector<Task>& tasks);
  bool serial_is_next() const;
  bool has_work() const { return !free_.empty() || (!serial_.empty() && !serial_runs_); }

  ledger::Judge* judge_;
  std::span<const core::Kind> kinds_;
  Finished finished_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> free_;
  std::deque<Task> serial_;
  /// A task of the serial lane is with a worker.
  bool serial_runs_ = false;
  bool stopping_ = false;
  u64 next_number_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace kith::shell
