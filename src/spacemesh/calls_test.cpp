// Numbers of requests and the lanes that they are on: what counts as an answer, and what is forgotten.
#include "spacemesh/calls.hpp"

#include <gtest/gtest.h>

namespace kith::spacemesh {
namespace {

/// An answer to the request of this number.
Call answer(u64 id, u32 type) { return {false, type, id}; }

TEST(Calls, are_numbered_from_one_and_answered_once_by_number_and_type) {
  Calls calls(2);
  EXPECT_EQ(calls.ask(1, 5), (Call{true, 5, 1}));
  EXPECT_EQ(calls.ask(3, 7), (Call{true, 7, 2}));
  EXPECT_EQ(calls.answered(answer(2, 7)), Lane{3}) << "in any order";
  EXPECT_EQ(calls.answered(answer(1, 7)), std::nullopt) << "of another type";
  EXPECT_EQ(calls.answered(answer(1, 5)), Lane{1}) << "which took nothing from the right one";
  EXPECT_EQ(calls.answered(answer(1, 5)), std::nullopt) << "once";
  EXPECT_EQ(calls.answered(answer(3, 5)), std::nullopt) << "never asked";
}

TEST(Calls, of_the_other_side_have_every_second_lane_and_are_answered_once) {
  Calls calls(2);
  EXPECT_EQ(calls.asked({true, 5, 77}), Lane{2});
  EXPECT_EQ(calls.asked({true, 6, 77}), Lane{4}) << "the numbers are its own affair";
  EXPECT_EQ(calls.answer(4), (Call{false, 6, 77}));
  EXPECT_EQ(calls.answer(4), std::nullopt) << "once";
  EXPECT_EQ(calls.answer(3), std::nullopt) << "never asked";
  EXPECT_EQ(calls.answer(2), (Call{false, 5, 77}));
}

TEST(Calls, past_their_number_the_oldest_is_forgotten_on_both_sides) {
  Calls calls(2);
  for (u32 i = 0; i <= max_calls; ++i) {
    const u64 id = calls.ask(1 + 2 * i, 5).id;
    EXPECT_EQ(id, i + 1);
    EXPECT_EQ(calls.asked({true, 5, id}), 2 + 2 * i);
  }
  EXPECT_EQ(calls.answered(answer(1, 5)), std::nullopt);
  EXPECT_EQ(calls.answered(answer(2, 5)), Lane{3});
  EXPECT_EQ(calls.answered(answer(max_calls + 1, 5)), Lane{1 + 2 * max_calls});
  EXPECT_EQ(calls.answer(2), std::nullopt);
  EXPECT_TRUE(calls.answer(4));
  EXPECT_TRUE(calls.answer(Lane{2 + 2 * max_calls}));
}

}  // namespace
}  // namespace kith::spacemesh
