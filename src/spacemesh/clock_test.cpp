// Questions and answers for the time as the original writes them, and what follows from them.
#include "spacemesh/clock.hpp"

#include <limits>
#include <vector>

#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

using std::chrono::nanoseconds;

TEST(Clock, questions_and_answers_are_those_of_the_original) {
  for (const auto& each : list(vectors("timesync"))) {
    const auto body = hex(each.at("xdr"));
    if (each.as_object().contains("request_id")) {
      const auto round = number<u64>(each.at("request_id"));
      EXPECT_EQ(encode_clock_question(round), body);
      EXPECT_EQ(decode_clock_question(body).value(), round);
      EXPECT_EQ(fault(decode_clock_question(Bytes(body).first(7))), Fault::malformed);
    } else {
      const ClockAnswer answer{number<u64>(each.at("response_id")), number<i64>(each.at("timestamp_ns"))};
      EXPECT_EQ(encode(answer), body);
      EXPECT_EQ(decode_clock_answer(body).value(), answer);
      EXPECT_EQ(fault(decode_clock_answer(Bytes(body).first(15))), Fault::malformed);
    }
  }
}

TEST(Clock, offset_is_the_median_less_half_of_each_round_trip) {
  const std::vector<ClockSample> answers{{1'000'105, 1'000'010}, {1'000'050, 1'000'100}, {1'000'002, 1'000'004}};
  EXPECT_EQ(clock_offset(1'000'000, answers), nanoseconds(0));
  const std::vector<ClockSample> four{
      {1'000'010, 1'000'000}, {999'000, 1'000'000}, {1'000'020, 1'000'000}, {0, 1'000'000}};
  EXPECT_EQ(clock_offset(1'000'000, four), nanoseconds(-495)) << "of two in the middle, their mean";
}

TEST(Clock, offset_needs_three_answers) {
  const std::vector<ClockSample> two(2, {1, 1});
  EXPECT_EQ(clock_offset(1, two), std::nullopt);
  EXPECT_EQ(clock_offset(1, {}), std::nullopt);
}

TEST(Clock, one_liar_does_not_move_the_median_far_whatever_it_says) {
  constexpr i64 now = 1'600'000'000'000'000'000;
  for (const i64 lie : {std::numeric_limits<i64>::min(), std::numeric_limits<i64>::max(), i64{0}, i64{-1}}) {
    const std::vector<ClockSample> three{{now + 5, now}, {lie, now}, {now + 6, now}};
    const auto offset = clock_offset(now, three);
    EXPECT_TRUE(offset == nanoseconds(5) || offset == nanoseconds(6));
    const std::vector<ClockSample> all(4, {lie, now});
    EXPECT_TRUE(is_off(*clock_offset(now, all)));
  }
}

TEST(Clock, answers_beyond_the_most_are_not_looked_at) {
  std::vector<ClockSample> answers(max_clock_answers, {7, 0});
  answers.resize(3 * max_clock_answers, {9, 0});
  EXPECT_EQ(clock_offset(0, answers), nanoseconds(7));
}

TEST(Clock, is_off_past_ten_seconds) {
  EXPECT_FALSE(is_off(std::chrono::seconds(10)));
  EXPECT_FALSE(is_off(std::chrono::seconds(-10)));
  EXPECT_TRUE(is_off(std::chrono::seconds(10) + nanoseconds(1)));
  EXPECT_TRUE(is_off(std::chrono::seconds(-10) - nanoseconds(1)));
}

}  // namespace
}  // namespace kith::spacemesh
