// What the log takes from those who can cause a line.
#include "app/log.hpp"

#include <gtest/gtest.h>

#include "app/log_limit.hpp"
#include "app/scratch_test.hpp"

namespace kith::app {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

TEST(LogLimit, takes_a_burst_of_a_kind_and_then_one_a_second) {
  LogLimit limit;
  const Time start = Time{} + 1h;
  for (u64 i = 0; i < log_burst; ++i) EXPECT_TRUE(limit.take(start, "blamed").first) << i;
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(limit.take(start, "blamed").first);
  EXPECT_EQ(limit.take(start + 1s, "blamed"), std::pair(true, u64{7})) << "and says how many it passed over";
  EXPECT_FALSE(limit.take(start + 1s, "blamed").first);
}

TEST(LogLimit, of_one_kind_leaves_the_others_alone) {
  LogLimit limit;
  for (u64 i = 0; i <= log_burst; ++i) limit.take(Time{}, "blamed");
  EXPECT_FALSE(limit.take(Time{}, "blamed").first);
  EXPECT_TRUE(limit.take(Time{}, "tip").first);
}

TEST(LogLimit, keeps_a_bounded_number_of_kinds) {
  LogLimit limit;
  for (u64 i = 0; i < max_log_kinds; ++i) EXPECT_TRUE(limit.take(Time{}, std::to_string(i)).first);
  for (u64 i = 0; i < log_burst; ++i) limit.take(Time{}, "more " + std::to_string(i));
  EXPECT_FALSE(limit.take(Time{}, "the last straw").first) << "those beyond share one limit";
}

TEST(Log, that_is_flooded_with_lines_of_one_kind_says_so_once) {
  const Scratch scratch;
  testing::internal::CaptureStderr();
  {
    Log log(LogLevel::info, LogFormat::text, scratch / "node.log");
    for (u64 i = 0; i < 20 * log_burst; ++i) log.write(LogLevel::warning, {{"event", "blamed"}});
    log.write(LogLevel::info, {{"event", "tip"}});
  }
  testing::internal::GetCapturedStderr();
  const auto text = scratch.read("node.log");
  EXPECT_LT(count(text, " blamed\n"), log_burst + 60);
  EXPECT_GE(count(text, " blamed\n"), log_burst);
  EXPECT_EQ(count(text, " tip\n"), 1U);
}

}  // namespace
}  // namespace kith::app
