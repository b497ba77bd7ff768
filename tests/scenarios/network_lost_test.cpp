// Everybody is alone for ten minutes.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(ALostNetwork, comes_back_as_one_and_catches_up) {
  sim::Network network(9);
  sim::add_swarm(network, 20);
  sim::start_all(network, 5s);
  network.run_for(2min);
  ASSERT_TRUE(is_whole(network));
  std::vector<std::vector<sim::NodeIndex>> alone;
  for (sim::NodeIndex node = 0; node < 20; ++node) alone.push_back({node});
  network.partition(alone);
  network.run_for(5min);
  for (int i = 0; i < 3; ++i) {
    const auto mined = sim::mine(network, 4);
    ASSERT_TRUE(mined) << mined.error().what;
    network.run_for(1s);
  }
  network.run_for(5min);
  EXPECT_EQ(sim::figures_of(sim::graph_of(network)).components, 20u);
  network.heal();
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 3); }, 10min));
  network.run_for(2min);
  EXPECT_TRUE(is_whole(network));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
