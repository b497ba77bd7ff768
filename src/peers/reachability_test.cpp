// What reachability promises: a few groups cannot tell us who we are, and what they said is forgotten.
#include "peers/reachability.hpp"

#include <gtest/gtest.h>

namespace kith::peers {
namespace {

const Time start = Time{} + 10h;
const Address ours{Ip::v4(5, 5, 5, 5), 7513, "wire", std::nullopt};
const Address other{Ip::v4(6, 6, 6, 6), 7513, "wire", std::nullopt};
using enum Reachability::State;

Ip by(u64 group, u8 host = 1) { return Ip::v4(static_cast<u8>(20 + group / 256), static_cast<u8>(group), 0, host); }

TEST(Reachability, knows_our_address_by_the_word_of_enough_groups) {
  Reachability reachability({});
  for (u8 host = 1; host < 100; ++host) reachability.report(start, by(1, host), ours, std::nullopt);
  EXPECT_EQ(reachability.own_ip(start), std::nullopt);
  reachability.report(start, by(2), ours, std::nullopt);
  EXPECT_EQ(reachability.own_ip(start), std::nullopt);
  reachability.report(start, by(3), ours, std::nullopt);
  EXPECT_EQ(reachability.own_ip(start), ours.ip);
  EXPECT_EQ(reachability.state(start), unknown);
}

TEST(Reachability, believes_the_most_groups_and_none_when_they_are_as_many) {
  Reachability reachability({.groups = 1});
  for (u64 i = 0; i < 4; ++i) reachability.report(start, by(i), ours, std::nullopt);
  for (u64 i = 4; i < 7; ++i) reachability.report(start, by(i), other, std::nullopt);
  EXPECT_EQ(reachability.own_ip(start), ours.ip);
  reachability.report(start, by(7), other, std::nullopt);
  EXPECT_EQ(reachability.own_ip(start), std::nullopt);
}

TEST(Reachability, is_yes_by_enough_who_reached_us_and_no_only_if_nobody_did) {
  Reachability reachability({});
  for (u64 i = 0; i < 3; ++i) reachability.report(start, by(i), ours, false);
  EXPECT_EQ(reachability.state(start), no);
  reachability.report(start, by(3), ours, true);
  EXPECT_EQ(reachability.state(start), unknown);
  reachability.report(start, by(4), ours, true);
  reachability.report(start, by(5), ours, true);
  EXPECT_EQ(reachability.state(start), yes);
}

TEST(Reachability, counts_no_dial_to_an_address_that_is_not_ours) {
  Reachability reachability({});
  for (u64 i = 0; i < 4; ++i) reachability.report(start, by(i), ours, std::nullopt);
  for (u64 i = 4; i < 7; ++i) reachability.report(start, by(i), other, true);
  EXPECT_EQ(reachability.state(start), unknown);
}

TEST(Reachability, being_seen_again_does_not_undo_being_reached) {
  Reachability reachability({});
  for (u64 i = 0; i < 3; ++i) reachability.report(start, by(i), ours, true);
  for (u64 i = 0; i < 3; ++i) reachability.report(start, by(i), ours, std::nullopt);
  EXPECT_EQ(reachability.state(start), yes);
  for (u64 i = 0; i < 3; ++i) reachability.report(start, by(i), other, std::nullopt);
  EXPECT_EQ(reachability.own_ip(start), other.ip);
  EXPECT_EQ(reachability.state(start), unknown);
}

TEST(Reachability, forgets_after_two_hours_and_is_bounded) {
  Reachability reachability({});
  for (u64 i = 0; i < 1000; ++i) reachability.report(start, by(i), ours, true);
  EXPECT_EQ(reachability.size(), max_reports);
  EXPECT_EQ(reachability.state(start + 2h), yes);
  EXPECT_EQ(reachability.state(start + 2h + 1us), unknown);
  EXPECT_EQ(reachability.own_ip(start + 2h + 1us), std::nullopt);
}

}  // namespace
}  // namespace kith::peers
