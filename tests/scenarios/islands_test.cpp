// Nodes whose only acquaintance is off when they ask for it, and who are found by others meanwhile.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(NodesThatCameBeforeTheirBootstrapNode, do_not_stay_on_an_island_with_those_who_came_to_them) {
  sim::Network network(14);
  sim::add_swarm(network, 200);
  sim::start_all(network, 10s);
  network.run_for(60s);
  EXPECT_TRUE(is_whole(network));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
