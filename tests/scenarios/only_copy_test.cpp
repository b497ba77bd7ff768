// A chain that one node has, and the end of that node.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(AChain, survives_the_only_node_that_had_it_as_soon_as_there_is_a_second_copy) {
  sim::Network network(5);
  sim::add_star(network, 12);
  sim::preload(network, 3, sim::make_chain(500));
  sim::start_all(network, 2s);
  const auto copies = [&] {
    std::size_t out = 0;
    for (sim::NodeIndex node = 0; node < network.size(); ++node)
      out += node != 3 && network.is_up(node) && sim::tip(network, node).height == 500 ? 1u : 0u;
    return out;
  };
  ASSERT_TRUE(network.run_until([&] { return copies() > 0; }, 5min));
  network.kill(3);
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 500); }, 5min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
