// What workers promise: item jobs side by side, the judge's one by one and in order, and a clean stop.
#include "shell/workers.hpp"

#include <atomic>
#include <future>
#include <latch>

#include <gtest/gtest.h>

namespace kith::shell {
namespace {

/// Everything that is waited for happens within this, or the test fails.
constexpr auto deadline = std::chrono::seconds(30);

Hash hash_of(u8 n) {
  Hash out{};
  out[0] = n;
  return out;
}
core::Job block_job(u8 n) { return ledger::BlockJob{.ref = {.id = hash_of(n), .height = n, .work = {}}, .body = {}}; }
core::Job item_job(u64 n) { return core::ItemJob{n, {}}; }

/// Notices two calls at once, and lingers as long as it can to be caught by a third.
class CarefulJudge : public ledger::Judge {
 public:
  std::vector<ledger::Ruling> judge(const ledger::BlockJob& job) override {
    const bool alone = !busy_.exchange(true);
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    busy_ = false;
    return {{job.ref.id, alone ? Verdict::accept : Verdict::reject, {Fault::bad_block}}};
  }
  std::optional<Body> block(const Hash&) override { return std::nullopt; }
  Result<> flush() override { return {}; }

 private:
  std::atomic<bool> busy_ = false;
};

class QuickJudge : public ledger::Judge {
 public:
  std::vector<ledger::Ruling> judge(const ledger::BlockJob& job) override {
    return {{job.ref.id, Verdict::accept, {Fault::bad_block}}};
  }
  std::optional<Body> block(const Hash&) override { return std::nullopt; }
  Result<> flush() override { return {}; }
};

/// Takes what was done, and waits until so much of it came.
class Basket {
 public:
  void put(core::Done done) {
    const std::lock_guard lock(mutex_);
    ++puts_;
    if (const auto* rulings = std::get_if<std::vector<ledger::Ruling>>(&done)) {
      for (const auto& ruling : *rulings) all_.emplace_back(std::vector{ruling});
    } else {
      all_.push_back(std::move(done));
    }
    filled_.notify_all();
  }
  std::vector<core::Done> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(filled_.wait_for(lock, deadline, [&] { return all_.size() >= count; }));
    return all_;
  }
  /// How often something was put; rulings that came together count once here, and each as one above.
  std::size_t puts() {
    const std::lock_guard lock(mutex_);
    return puts_;
  }
  Workers::Finished finished() {
    return [this](core::Done done) { put(std::move(done)); };
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<core::Done> all_;
  std::size_t puts_ = 0;
};

core::Kind kind_that(std::function<Verdict(Bytes)> judge) {
  core::Kind out;
  out.judge = std::move(judge);
  return out;
}

TEST(Workers, never_let_two_jobs_of_the_judge_overlap_and_keep_their_order) {
  CarefulJudge judge;
  Basket basket;
  const std::vector kinds{kind_that([](Bytes) { return Verdict::accept; })};
  Workers workers(4, &judge, kinds, basket.finished());
  constexpr u8 count = 200;
  for (u8 n = 0; n < count; ++n) {
    workers.submit(block_job(n));
    workers.submit(item_job(n));
  }
  std::vector<u8> order;
  for (const auto& done : basket.wait_for(2 * count)) {
    if (const auto* rulings = std::get_if<std::vector<ledger::Ruling>>(&done)) {
      EXPECT_EQ(rulings->front().verdict, Verdict::accept) << "two at once";
      order.push_back(rulings->front().id[0]);
    }
  }
  EXPECT_EQ(order.size(), count);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Workers, do_item_jobs_side_by_side) {
  std::latch both(2);
  Basket basket;
  // Each waits for the other: one after the other they would never end.
  const std::vector kinds{kind_that([&](Bytes) { return both.arrive_and_wait(), Verdict::accept; })};
  Workers workers(2, nullptr, kinds, basket.finished());
  workers.submit(item_job(1));
  workers.submit(item_job(2));
  EXPECT_EQ(basket.wait_for(2).size(), 2U);
}

TEST(Workers, do_the_older_job_first_so_that_one_thread_starves_neither_lane) {
  CarefulJudge judge;
  Basket basket;
  std::promise<void> start;
  const std::vector kinds{kind_that([](Bytes) { return Verdict::accept; })};
  Workers workers(1, &judge, kinds, basket.finished());
  workers.submit([started = start.get_future()]() mutable { started.wait(); });
  for (u8 n = 0; n < 4; ++n) {
    workers.submit(item_job(n));
    workers.submit(block_job(n));
  }
  start.set_value();
  std::size_t place = 0;
  for (const auto& done : basket.wait_for(8))
    EXPECT_EQ(std::holds_alternative<core::ItemRuling>(done), place++ % 2 == 0) << place;
}

TEST(Workers, hand_over_the_rulings_on_many_small_blocks_together_but_not_on_large_ones) {
  QuickJudge judge;
  for (const auto& [size, together] :
       {std::pair(std::size_t{200}, max_batch), std::pair(max_batch_bytes, std::size_t{1})}) {
    Basket basket;
    std::promise<void> start;
    Workers workers(2, &judge, {}, basket.finished());
    workers.submit([started = start.get_future()]() mutable { started.wait(); });
    const Body body(Buffer(size, 0));
    for (std::size_t n = 0; n < 2 * max_batch; ++n)
      workers.submit(
          ledger::BlockJob{.ref = {.id = hash_of(static_cast<u8>(n)), .height = 1, .work = {}}, .body = body});
    start.set_value();
    basket.wait_for(2 * max_batch);
    EXPECT_EQ(basket.puts(), 2 * max_batch / together) << size;
  }
}

TEST(Workers, when_stopped_do_the_writes_that_wait_and_drop_the_jobs) {
  std::promise<void> running;
  std::promise<void> go_on;
  Basket basket;
  CarefulJudge judge;
  std::atomic<int> writes = 0;
  Workers workers(1, &judge, {}, basket.finished());
  workers.submit([&] {
    running.set_value();
    go_on.get_future().wait();
    ++writes;
  });
  ASSERT_EQ(running.get_future().wait_for(deadline), std::future_status::ready);
  workers.submit(block_job(1));
  workers.submit([&] { ++writes; });
  auto stopped = std::async(std::launch::async, [&] { workers.stop(); });
  go_on.set_value();
  ASSERT_EQ(stopped.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(writes, 2);
}

TEST(Workers, take_nothing_after_the_stop) {
  Basket basket;
  bool written = false;
  Workers workers(1, nullptr, {}, basket.finished());
  workers.stop();
  workers.submit([&] { written = true; });
  workers.stop();
  EXPECT_FALSE(written);
}

}  // namespace
}  // namespace kith::shell
