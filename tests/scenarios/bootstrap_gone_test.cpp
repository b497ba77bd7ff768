// The bootstrap node is for the first day only.
// parity: 22 | asked while the book is thin, with growing pauses, and never needed again | Datagrams.are_sent_to_bootstrap_nodes_and_to_some_of_the_book_while_that_is_thin, Dialing.leaves_an_address_alone_for_longer_after_each_failure, ARestartedNode.finds_its_network_by_its_book_when_the_bootstrap_node_is_gone, NodesThatCameBeforeTheirBootstrapNode.do_not_stay_on_an_island_with_those_who_came_to_them
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(ARestartedNode, finds_its_network_by_its_book_when_the_bootstrap_node_is_gone) {
  sim::Network network(8);
  const sim::NodeSpec usual;
  sim::add_star(network, 15, usual);
  sim::start_all(network, 2s);
  network.run_for(5min);
  ASSERT_TRUE(is_whole(network));
  network.kill(0);
  for (sim::NodeIndex node = 1; node < 15; ++node) network.kill(node);
  for (sim::NodeIndex node = 1; node < 15; ++node) network.start(node);
  EXPECT_TRUE(network.run_until([&] { return is_whole(network); }, 2min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
