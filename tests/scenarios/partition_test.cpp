// A network that falls into two halves, and grows together again.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(APartition, heals_and_the_longer_chain_and_the_items_of_both_halves_reach_everyone) {
  sim::Network network(3);
  Notes notes(network);
  sim::add_swarm(network, 20, with_notes(network));
  sim::start_all(network, 5s);
  network.run_for(60s);
  std::vector<sim::NodeIndex> left;
  std::vector<sim::NodeIndex> right;
  for (sim::NodeIndex node = 0; node < 20; ++node) (node % 2 == 0 ? left : right).push_back(node);
  network.partition({left, right});
  network.run_for(60s);
  for (u64 i = 0; i < 3; ++i) {
    ASSERT_TRUE(sim::mine(network, left[0], 1));
    if (i < 2) {
      ASSERT_TRUE(sim::mine(network, right[0], 2));
    }
    network.run_for(30s);
  }
  ASSERT_TRUE(publish(network, left[3], 500, 1));
  ASSERT_TRUE(publish(network, right[3], 500, 2));
  network.run_for(60s);
  EXPECT_EQ(sim::tip(network, left[7]).height, 3u);
  EXPECT_EQ(sim::tip(network, right[7]).height, 2u);
  EXPECT_TRUE(notes.all_have(network, 1));

  network.heal();
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 3); }, 10min));
  EXPECT_TRUE(network.run_until([&] { return notes.all_have(network, 2); }, 10min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
