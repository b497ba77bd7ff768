// Two lanes and one lock.
#include "shell/workers.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "base/check.hpp"

namespace kith::shell {

Workers::Workers(std::size_t threads, ledger::Judge* judge, std::span<const core::Kind> kinds, Finished finished)
    : judge_(judge), kinds_(kinds), finished_(std::move(finished)) {
  check(threads > 0, "workers without a thread");
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void Workers::submit(core::Job job) {
  if (auto* block = std::get_if<ledger::BlockJob>(&job)) return add(true, {.run = {}, .block = std::move(*block)});
  const bool serial = core::needs_judge(job);
  add(serial,
      {.run = [this, job = std::move(job)] { finished_(core::run(job, judge_, kinds_)); }, .block = std::nullopt});
}

void Workers::submit(std::move_only_function<void()> write) {
  add(true, {.is_write = true, .run = std::move(write), .block = std::nullopt});
}

void Workers::add(bool serial, Task task) {
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    task.number = next_number_++;
    (serial ? serial_ : free_).push_back(std::move(task));
    waits = has_work();
  }
  // What waits behind a serial task is taken by the worker that does that.
  if (waits) wake_.notify_one();
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

std::vector<Workers::Task> Workers::take() {
  std::vector<Task> out;
  auto& lane = serial_is_next() ? serial_ : free_;
  std::size_t bytes = 0;
  const auto fits = [&](const Task& task) {
    return task.block && out.size() < max_batch && bytes + task.block->body.size() <= max_batch_bytes &&
           (free_.empty() || task.number < free_.front().number);
  };
  do {
    out.push_back(std::move(lane.front()));
    lane.pop_front();
    if (out.back().block) bytes += out.back().block->body.size();
  } while (out.back().block && !lane.empty() && fits(lane.front()));
  return out;
}

void Workers::run(std::vector<Task>& tasks) {
  if (tasks.front().run) return tasks.front().run();
  check(judge_ != nullptr, "a block without a ledger");
  std::vector<ledger::Ruling> rulings;
  for (const auto& task : tasks)
    for (auto& ruling : judge_->judge(*task.block)) rulings.push_back(std::move(ruling));
  finished_(std::move(rulings));
}

void Workers::work() {
  // The loop answers peers: on a busy machine judging waits for it, and not the other way round. Linux sets this for
  // the thread alone.
  check(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), worker_nice) == 0, "a thread that cannot step back");
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || has_work(); });
    if (!has_work()) return;
    const bool serial = serial_is_next();
    auto tasks = take();
    if (serial) serial_runs_ = true;
    lock.unlock();
    run(tasks);
    tasks.clear();
    lock.lock();
    // The worker that ends a serial task looks for the next one itself, so nobody has to be woken for it.
    if (serial) serial_runs_ = false;
  }
}

}  // namespace kith::shell
