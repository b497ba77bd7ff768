// Items find everybody, and large ones travel about once to each.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

struct Gossiping {
  sim::Network network;
  Notes notes{network};

  explicit Gossiping(sim::NetworkConfig config = {}) : network(10, config) {
    sim::add_swarm(network, 30, with_notes(network));
    sim::start_all(network, 5s);
    network.run_for(90s);
    EXPECT_TRUE(is_whole(network));
  }
};

TEST(AnItem, reaches_everybody_within_seconds) {
  Gossiping swarm;
  ASSERT_TRUE(publish(swarm.network, 13, 400));
  EXPECT_TRUE(swarm.network.run_until([&] { return swarm.notes.all_have(swarm.network, 1); }, 5s));
  EXPECT_EQ(wrongly_blamed(swarm.network), "");
}

TEST(ALargeItem, is_received_about_once_by_each_node) {
  constexpr std::size_t size = 1'000'000;
  Gossiping swarm({.uplink = 10'000'000});
  auto& network = swarm.network;
  std::vector<u64> before;
  for (sim::NodeIndex node = 0; node < network.size(); ++node) before.push_back(network.traffic(node).received);
  ASSERT_TRUE(publish(network, 13, size));
  ASSERT_TRUE(network.run_until([&] { return swarm.notes.all_have(network, 1); }, 60s));
  u64 received = 0;
  for (sim::NodeIndex node = 0; node < network.size(); ++node)
    received += network.traffic(node).received - before[node];
  EXPECT_LT(received, network.size() * size * 12 / 10);
  EXPECT_EQ(wrongly_blamed(network), "");
}

TEST(AnItem, reaches_a_node_that_was_away_when_it_was_published) {
  Gossiping swarm;
  auto& network = swarm.network;
  network.kill(20);
  ASSERT_TRUE(publish(network, 13, 400));
  network.run_for(30s);
  network.start(20);
  EXPECT_TRUE(network.run_until([&] { return swarm.notes.at(20) == 1; }, 60s));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
