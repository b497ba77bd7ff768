// Half of a network is gone from one moment to the next.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(TwentyOfFortyNodes, die_at_once_and_the_others_stay_one_network) {
  sim::Network network(4);
  sim::add_swarm(network, 40);
  sim::start_all(network, 5s);
  network.run_for(2min);
  ASSERT_TRUE(is_whole(network));
  for (sim::NodeIndex node = 0; node < 40; node += 2) network.kill(node);
  network.run_for(2min);
  EXPECT_TRUE(is_whole(network));
  ASSERT_TRUE(sim::mine(network, 1));
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 1); }, 60s));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
