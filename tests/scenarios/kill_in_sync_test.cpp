// A node that dies in the middle of its work goes on where it was.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(ANodeKilledWhileItSyncs, goes_on_from_what_is_on_its_disk) {
  sim::Network network(11);
  sim::add_star(network, 4);
  const auto chain = sim::make_chain(1000);
  for (sim::NodeIndex node = 0; node < 3; ++node) sim::preload(network, node, chain);
  sim::start_all(network);
  ASSERT_TRUE(network.run_until([&] { return sim::tip(network, 3).height >= 400; }, 5min));
  const u32 reached = sim::tip(network, 3).height;
  ASSERT_LT(reached, 1000u);
  network.kill(3);
  network.run_for(5s);
  network.start(3);
  EXPECT_GE(sim::tip(network, 3).height, reached);
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 1000); }, 5min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

TEST(ANodeKilledWhileItWrites, drops_the_torn_block_and_fetches_it_again) {
  sim::Network network(12);
  sim::add_star(network, 3);
  const auto chain = sim::make_chain(100);
  for (sim::NodeIndex node = 0; node < 3; ++node) sim::preload(network, node, chain);
  auto& log = network.disk(2).blocks;
  ASSERT_TRUE(log.truncate(log.size() - 10));
  sim::start_all(network);
  EXPECT_EQ(sim::tip(network, 2).height, 99u);
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 100); }, 2min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
