// A node that claims to have the chain and never gives a block.
#include <gtest/gtest.h>

#include "support/adversaries.hpp"
#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(AStaller, holds_nobody_up_for_long) {
  sim::Network network(7);
  sim::add_star(network, 1, staller({}));
  const std::array stallers{sim::NodeIndex{0}};
  sim::add_star(network, 9);
  const auto chain = sim::make_chain(1500);
  for (const sim::NodeIndex node : {stallers[0], sim::NodeIndex{5}}) sim::preload(network, node, chain);
  sim::start_all(network, 2s);
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 1500); }, 5min));
  EXPECT_TRUE(blamed(network, stallers[0]));
  EXPECT_EQ(wrongly_blamed(network, stallers), "");
}

}  // namespace
}  // namespace kith::testing
