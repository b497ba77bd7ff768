// Nodes that dial each other at the same moment.
// parity: 16 | one for each proven id, by a rule on which both ends agree; where ids are claims, the second takes nothing from the first | ThirtyNodesThatAllDialEachOther.keep_one_connection_for_each_pair, HostTest.of_two_connections_of_a_pair_the_one_dialled_by_the_lower_id_stays, OriginalWire.of_two_that_dial_each_other_at_once_neither_is_left_alone
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(ThirtyNodesThatAllDialEachOther, keep_one_connection_for_each_pair) {
  sim::Network network(13);
  sim::NodeSpec spec;
  spec.config.neighbours[0].limits.pending = 200;
  sim::add_star(network, 30, spec);
  for (sim::NodeIndex node = 0; node < 30; ++node) network.start(node);
  for (sim::NodeIndex a = 0; a < 30; ++a)
    for (sim::NodeIndex b = 0; b < 30; ++b)
      if (a != b)
        network.command(
            a, [&](core::Host& host, core::Turn& turn) { return host.connect(turn, network.endpoint(b)), true; });
  network.run_for(20s);
  for (sim::NodeIndex node = 0; node < 30; ++node) {
    std::multiset<PeerId> ids;
    for (const auto& [peer, row] : network.host(node).connections().rows())
      if (row.open) ids.insert(*row.info.hello.id);
    EXPECT_EQ(ids.size(), 29u) << node;
    for (const auto& id : ids) EXPECT_EQ(ids.count(id), 1u);
  }
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
