// Two lanes and one lock.
#include "shell/workers.hpp"

#include "base/check.hpp"

namespace kith::shell {

Workers::Workers(std::size_t threads, ledger::Judge* judge, std::span<const core::Kind> kinds, Finished finished)
    : judge_(judge), kinds_(kinds), finished_(std::move(finished)) {
  check(threads > 0, "workers without a thread");
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void Workers::submit(core::Job job) {
  const bool serial = core::needs_judge(job);
  add(serial, false, [this, job = std::move(job)] { finished_(core::run(job, judge_, kinds_)); });
}

void Workers::submit(std::move_only_function<void()> write) { add(true, true, std::move(write)); }

void Workers::add(bool serial, bool is_write, std::move_only_function<void()> run) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    (serial ? serial_ : free_).push_back({next_number_++, is_write, std::move(run)});
  }
  wake_.notify_one();
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    free_.clear();
    std::erase_if(serial_, [](const Task& task) { return !task.is_write; });
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

bool Workers::serial_is_next() const {
  if (serial_.empty() || serial_runs_) return false;
  return free_.empty() || serial_.front().number < free_.front().number;
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || has_work(); });
    if (!has_work()) return;
    const bool serial = serial_is_next();
    auto& lane = serial ? serial_ : free_;
    auto task = std::move(lane.front());
    lane.pop_front();
    if (serial) serial_runs_ = true;
    lock.unlock();
    task.run();
    task.run = nullptr;
    lock.lock();
    // The worker that ends a serial task looks for the next one itself, so nobody has to be woken for it.
    if (serial) serial_runs_ = false;
  }
}

}  // namespace kith::shell
