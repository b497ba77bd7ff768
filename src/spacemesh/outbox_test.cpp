// Whose turn it is among what waits for one peer, and how much may.
#include "spacemesh/outbox.hpp"

#include <gtest/gtest.h>

namespace kith::spacemesh {
namespace {

Outbox::Waiting waiting(u16 name, std::size_t size = 1) { return {name, std::nullopt, Body(Buffer(size)), size}; }

TEST(Outbox, lets_the_urgent_go_first_and_each_kind_in_its_order) {
  Outbox box;
  EXPECT_TRUE(box.empty());
  EXPECT_TRUE(box.add(Priority::bulk, waiting(5)));
  EXPECT_TRUE(box.add(Priority::item, waiting(3)));
  EXPECT_TRUE(box.add(Priority::item, waiting(4)));
  EXPECT_TRUE(box.add(Priority::control, waiting(1)));
  EXPECT_TRUE(box.add(Priority::control, waiting(2)));
  for (u16 name = 1; name <= 5; ++name) {
    ASSERT_FALSE(box.empty());
    EXPECT_EQ(box.take().name, name);
  }
  EXPECT_TRUE(box.empty());
}

TEST(Outbox, lets_the_least_urgent_have_a_turn_in_an_endless_stream_of_urgent_ones) {
  Outbox box;
  for (u16 i = 0; i < 4; ++i) EXPECT_TRUE(box.add(Priority::bulk, waiting(9)));
  std::size_t turns = 0;
  for (std::size_t patient = 0; patient < 4; ++turns) {
    EXPECT_TRUE(box.add(Priority::control, waiting(1)));
    patient += std::size_t{box.take().name == 9};
    ASSERT_LE(turns, 4 * patient_turn);
  }
  EXPECT_EQ(turns, 4 * patient_turn);
}

TEST(Outbox, takes_so_many_bytes_and_not_one_more) {
  Outbox box;
  EXPECT_TRUE(box.add(Priority::bulk, waiting(1, max_waiting_bytes - 1)));
  EXPECT_TRUE(box.add(Priority::control, waiting(1, 1)));
  EXPECT_FALSE(box.add(Priority::control, waiting(1, 1)));
  box.take();
  EXPECT_TRUE(box.add(Priority::control, waiting(1, 1))) << "what left makes room";
}

TEST(Outbox, takes_so_many_messages_however_small_they_are) {
  Outbox box;
  for (std::size_t i = 0; i < max_waiting; ++i) ASSERT_TRUE(box.add(Priority::item, waiting(1, 0)));
  EXPECT_FALSE(box.add(Priority::item, waiting(1, 0)));
  EXPECT_FALSE(box.add(Priority::control, waiting(1, 0)));
  box.take();
  EXPECT_TRUE(box.add(Priority::control, waiting(1, 0)));
}

TEST(Outbox, that_is_cleared_tells_what_was_said_and_has_all_its_room_again) {
  Outbox box;
  // The payload of an answer is longer than what was said.
  EXPECT_TRUE(box.add(Priority::item, {1, std::nullopt, Body(Buffer(max_waiting_bytes - 2)), 100}));
  EXPECT_TRUE(box.add(Priority::control, waiting(1, 2)));
  EXPECT_EQ(box.clear(), 102U);
  EXPECT_TRUE(box.empty());
  EXPECT_EQ(box.clear(), 0U);
  EXPECT_TRUE(box.add(Priority::item, waiting(1, max_waiting_bytes)));
  for (std::size_t i = 1; i < max_waiting; ++i) ASSERT_TRUE(box.add(Priority::item, waiting(1, 0)));
}

}  // namespace
}  // namespace kith::spacemesh
