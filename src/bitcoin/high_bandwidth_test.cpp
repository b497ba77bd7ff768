// Three peers push, the ones that were first last, and one of our own choosing stays among them.
#include "bitcoin/high_bandwidth.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::bitcoin {
namespace {

constexpr bool inbound = false;
constexpr bool outbound = true;

std::vector<u64> numbers(const HighBandwidth& peers) {
  std::vector<u64> out;
  for (const auto& one : peers.pushers()) out.push_back(one.peer.number);
  return out;
}

TEST(HighBandwidth, who_gives_a_block_is_asked_to_push_and_the_oldest_of_four_is_released) {
  HighBandwidth peers;
  for (u64 i = 1; i <= 3; ++i)
    EXPECT_EQ(peers.gave_block({i}, inbound), (HighBandwidth::Change{Peer{i}, std::nullopt}));
  EXPECT_EQ(peers.gave_block({4}, inbound), (HighBandwidth::Change{Peer{4}, Peer{1}}));
  EXPECT_EQ(numbers(peers), (std::vector<u64>{2, 3, 4}));
}

TEST(HighBandwidth, who_pushes_already_only_moves_to_the_end) {
  HighBandwidth peers;
  for (u64 i = 1; i <= 3; ++i) peers.gave_block({i}, inbound);
  EXPECT_EQ(peers.gave_block({1}, inbound), HighBandwidth::Change{});
  EXPECT_EQ(numbers(peers), (std::vector<u64>{2, 3, 1}));
}

TEST(HighBandwidth, the_last_outbound_peer_gives_way_to_outbound_ones_alone) {
  HighBandwidth peers;
  peers.gave_block({1}, outbound);
  peers.gave_block({2}, inbound);
  peers.gave_block({3}, inbound);
  EXPECT_EQ(peers.gave_block({4}, inbound), (HighBandwidth::Change{Peer{4}, Peer{2}}));
  EXPECT_EQ(peers.gave_block({5}, outbound), (HighBandwidth::Change{Peer{5}, Peer{1}}));
  EXPECT_EQ(numbers(peers), (std::vector<u64>{3, 4, 5}));
}

TEST(HighBandwidth, one_of_two_outbound_peers_gives_way_to_anybody) {
  HighBandwidth peers;
  peers.gave_block({1}, outbound);
  peers.gave_block({2}, outbound);
  peers.gave_block({3}, inbound);
  EXPECT_EQ(peers.gave_block({4}, inbound), (HighBandwidth::Change{Peer{4}, Peer{1}}));
}

TEST(HighBandwidth, who_is_gone_makes_room_without_a_word) {
  HighBandwidth peers;
  for (u64 i = 1; i <= 3; ++i) peers.gave_block({i}, inbound);
  peers.gone({2});
  EXPECT_EQ(peers.gave_block({4}, inbound), (HighBandwidth::Change{Peer{4}, std::nullopt}));
  EXPECT_EQ(numbers(peers), (std::vector<u64>{1, 3, 4}));
}

RC_GTEST_PROP(HighBandwidth, never_are_there_more_than_three_and_an_outbound_one_stays_until_it_is_gone,
              (const std::vector<u8>& steps)) {
  HighBandwidth peers;
  bool had_outbound = false;
  for (const u8 step : steps) {
    // The number tells the direction, so that one peer does not change it.
    const Peer peer{step % 8u};
    const bool out = peer.number < 2;
    if (step >= 240) {
      peers.gone(peer);
      had_outbound = had_outbound && !out;
    } else {
      peers.gave_block(peer, out);
      had_outbound = had_outbound || out;
    }
    RC_ASSERT(peers.pushers().size() <= HighBandwidth::most);
    const bool has = std::ranges::any_of(peers.pushers(), &HighBandwidth::Pusher::outbound);
    RC_ASSERT(has || !had_outbound);
  }
}

}  // namespace
}  // namespace kith::bitcoin
