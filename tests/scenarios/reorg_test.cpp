// Chains that differ: the one with more work wins, everywhere.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(TwoChains, of_one_height_live_side_by_side_until_one_grows_and_a_hundred_blocks_are_turned_back) {
  sim::Network network(2);
  sim::add_star(network, 8);
  const auto ours = sim::make_chain(100, 1);
  const auto theirs = sim::make_chain(100, 2);
  for (sim::NodeIndex node = 0; node < 8; ++node) sim::preload(network, node, node % 2 == 0 ? ours : theirs);
  sim::start_all(network, 2s);
  network.run_for(90s);
  // Of equals the first seen stays: nobody moves.
  EXPECT_TRUE(is_whole(network));
  EXPECT_NE(sim::tip(network, 0).id, sim::tip(network, 1).id);

  std::size_t turned_back = 0;
  network.watch([&](sim::NodeIndex node, const core::Event& event) {
    const auto* moved = std::get_if<core::TipMoved>(&event);
    if (!moved || node != 0) return;
    turned_back +=
        static_cast<std::size_t>(std::count_if(moved->steps.begin(), moved->steps.end(), [](const auto& step) {
          return step.way == ledger::Step::Way::disconnected;
        }));
  });
  ASSERT_TRUE(sim::mine(network, 1));
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 101); }, 2min));
  EXPECT_EQ(turned_back, 100u);
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
