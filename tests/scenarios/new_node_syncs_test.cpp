// A node that knows nothing learns a chain from several peers.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(ANewNode, syncs_two_thousand_blocks_from_several_peers) {
  sim::Network network(1);
  sim::add_star(network, 6);
  const auto chain = sim::make_chain(2000);
  for (sim::NodeIndex node = 0; node < 5; ++node) sim::preload(network, node, chain);
  for (sim::NodeIndex node = 0; node < 5; ++node) network.start(node);
  network.run_for(60s);
  std::array<u64, 5> before{};
  for (sim::NodeIndex node = 0; node < 5; ++node) before[node] = network.traffic(node).sent;
  network.start(5);
  ASSERT_TRUE(network.run_until([&] { return sim::all_at(network, 2000); }, 5min));
  std::size_t helpers = 0;
  for (sim::NodeIndex node = 0; node < 5; ++node)
    helpers += network.traffic(node).sent - before[node] > 20'000 ? 1u : 0u;
  EXPECT_GE(helpers, 3u);
  EXPECT_TRUE(network.host(5).synced());
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
