// Fee rates are compared exactly, and the floor of a full pool halves with time.
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/bitcoin/fee_floor.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr Time start{};

TEST(FeeRate, is_compared_without_rounding_for_all_the_coins_there_are) {
  const u64 all = 2'100'000'000'000'000;
  EXPECT_LT((FeeRate{all - 1, 101'000}), (FeeRate{all, 101'000}));
  EXPECT_LT((FeeRate{all, 101'000}), (FeeRate{all, 100'999}));
  EXPECT_EQ((FeeRate{all, 100'000}), (FeeRate{all / 2, 50'000}));
  EXPECT_LT((FeeRate{1, 3}), (FeeRate{333'334, 1'000'000}));
  EXPECT_GT((FeeRate{1, 3}), (FeeRate{333'333, 1'000'000}));
  EXPECT_EQ((FeeRate{all, 1}).per_kilobyte(), max_rate);
  EXPECT_TRUE((FeeRate{66, 66}).pays(1000));
  EXPECT_FALSE((FeeRate{65, 66}).pays(1000));
}

RC_GTEST_PROP(FeeRate, is_compared_as_the_products_are, (u32 fee_a, u32 size_a, u32 fee_b, u32 size_b)) {
  const FeeRate a{fee_a, u64{size_a} + 1};
  const FeeRate b{fee_b, u64{size_b} + 1};
  RC_ASSERT(((a <=> b) < 0) == (a.fee * b.size < b.fee * a.size));
  RC_ASSERT((a == b) == (a.fee * b.size == b.fee * a.size));
}

TEST(FeeFloor, stays_up_until_a_block_and_then_halves_every_twelve_hours) {
  FeeFloor floor(1000);
  EXPECT_EQ(floor.at(start), 1000u);
  floor.fill(100, 100, start);
  floor.evicted(63'000, start);
  EXPECT_EQ(floor.at(start + 100h), 64'000u);
  floor.evicted(10'000, start);
  EXPECT_EQ(floor.at(start), 64'000u) << "less than it is";
  floor.block(start + 100h);
  EXPECT_EQ(floor.at(start + 100h), 64'000u);
  EXPECT_EQ(floor.at(start + 112h), 32'000u);
  EXPECT_EQ(floor.at(start + 124h), 16'000u);
  EXPECT_EQ(floor.at(start + 106h), 45'254u) << "64,000 by the root of two";
  EXPECT_EQ(floor.at(start + 172h), 1000u);
  EXPECT_EQ(floor.at(start + 5000h), 1000u);
}

TEST(FeeFloor, halves_faster_while_the_pool_is_emptier) {
  for (const auto& [used, hours] : std::vector<std::pair<u64, int>>{{49, 6}, {24, 3}, {50, 12}, {25, 6}}) {
    FeeFloor floor(1000);
    floor.evicted(63'000, start);
    floor.fill(100, 100, start);
    floor.block(start);
    floor.fill(used, 100, start);
    EXPECT_EQ(floor.at(start + std::chrono::hours{hours}), 32'000u) << used;
  }
}

TEST(FeeFloor, is_the_same_however_often_it_is_asked_and_told_the_same) {
  FeeFloor often(1000);
  FeeFloor seldom(1000);
  for (auto* floor : {&often, &seldom}) {
    floor->evicted(999'000, start);
    floor->fill(90, 100, start);
    floor->block(start);
  }
  for (int minute = 0; minute < 60 * 24; ++minute) {
    const Time now = start + std::chrono::minutes{minute};
    often.fill(80 + static_cast<u64>(minute % 10), 100, now);
    ASSERT_EQ(often.at(now), seldom.at(now));
  }
}

TEST(FeeFloor, follows_the_curve_to_a_ten_thousandth) {
  FeeFloor floor(2);
  floor.fill(1, 1, start);
  floor.evicted(max_rate - 2, start);
  floor.block(start);
  for (int minute = 0; minute < 60 * 24 * 10; minute += 7) {
    const double exact = 1e11 * std::exp2(-minute / 720.0);
    const auto found = static_cast<double>(floor.at(start + std::chrono::minutes{minute}));
    ASSERT_NEAR(found, exact, exact * 1e-4 + 16) << minute;
  }
}

}  // namespace
}  // namespace kith::ledger::bitcoin
