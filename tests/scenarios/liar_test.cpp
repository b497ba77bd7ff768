// A node that serves blocks which are not what their headers say.
#include <gtest/gtest.h>

#include "support/adversaries.hpp"
#include "support/nodes.hpp"

namespace kith::testing {
namespace {

TEST(ALiar, is_blamed_by_those_whom_it_lied_to_and_nobody_is_kept_from_the_chain) {
  sim::Network network(6);
  // Everybody's first acquaintance, so that nobody is spared.
  sim::add_star(network, 1, liar({}));
  const std::array liars{sim::NodeIndex{0}};
  sim::add_star(network, 9);
  const auto chain = sim::make_chain(300);
  for (const sim::NodeIndex node : {liars[0], sim::NodeIndex{5}}) sim::preload(network, node, chain);
  sim::start_all(network, 2s);
  EXPECT_TRUE(network.run_until([&] { return sim::all_at(network, 300); }, 10min));
  EXPECT_TRUE(blamed(network, liars[0]));
  EXPECT_EQ(wrongly_blamed(network, liars), "");
}

}  // namespace
}  // namespace kith::testing
