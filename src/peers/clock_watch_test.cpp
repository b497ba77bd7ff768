// When a clock is said to differ, and that it is said once.
#include "peers/clock_watch.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace kith::peers {
namespace {

Ip in_group(u8 group) { return Ip::v4(9, group, 0, 1); }

struct ClockWatchTest : ::testing::Test {
  void hear(u8 group, Utc::duration ahead) { watch.heard(now, in_group(group), utc + ahead); }
  std::optional<ClockNews> look(Duration later = clock_look_every) {
    now += later;
    utc += std::chrono::duration_cast<Utc::duration>(later);
    return watch.look(now, utc);
  }

  Time now = Time{} + 1h;
  Utc utc = from_seconds(1'700'000'000);
  ClockWatch watch;
};

TEST_F(ClockWatchTest, a_clock_that_most_groups_differ_from_is_told_once_and_once_more_when_they_agree) {
  hear(1, 2h);
  hear(2, 2h + 1s);
  hear(3, 0s);
  const auto news = look();
  ASSERT_TRUE(news);
  EXPECT_EQ(news->groups, 2U);
  EXPECT_GE(news->ahead, 2h);
  EXPECT_LE(news->ahead, 2h + 1s);
  EXPECT_FALSE(look());
  hear(1, 1s);
  const auto again = look();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->ahead, 0s);
  EXPECT_FALSE(look());
}

TEST_F(ClockWatchTest, a_jump_of_our_own_date_shows_and_goes_without_a_new_word) {
  for (u8 group = 1; group <= 5; ++group) hear(group, 0s);
  EXPECT_FALSE(look());
  utc += std::chrono::hours(3);
  auto news = look();
  ASSERT_TRUE(news);
  EXPECT_EQ(news->groups, 5U);
  EXPECT_EQ(news->ahead, -3h);
  utc -= std::chrono::hours(3);
  news = look();
  ASSERT_TRUE(news);
  EXPECT_EQ(news->ahead, 0s);
}

TEST_F(ClockWatchTest, neither_one_group_nor_half_of_them_nor_ten_minutes_are_enough) {
  hear(1, 5h);
  EXPECT_FALSE(look());
  hear(2, 5h);
  hear(3, 10min - 1s);
  hear(4, -10min + 1s);
  EXPECT_FALSE(look());
}

TEST_F(ClockWatchTest, one_group_has_one_voice_and_no_date_is_too_wild) {
  for (const i64 millis : {std::numeric_limits<i64>::min(), std::numeric_limits<i64>::max()})
    for (int i = 0; i < 100; ++i) watch.heard(now, in_group(1), from_millis(millis));
  EXPECT_EQ(watch.size(), 1U);
  EXPECT_FALSE(look());
}

TEST_F(ClockWatchTest, what_was_heard_long_ago_counts_no_more_and_groups_are_bounded) {
  hear(1, 3h);
  hear(2, 3h);
  EXPECT_FALSE(look(clock_keep + 1s));
  EXPECT_EQ(watch.size(), 0U);
  for (u32 i = 0; i < 2 * max_clock_groups; ++i)
    watch.heard(now, Ip::v4(static_cast<u8>(1 + i / 256), static_cast<u8>(i), 0, 1), utc);
  EXPECT_EQ(watch.size(), max_clock_groups);
}

}  // namespace
}  // namespace kith::peers
