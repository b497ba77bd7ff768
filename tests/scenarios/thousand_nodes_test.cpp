// The size at which a network is no longer everybody who knows everybody.
#include <gtest/gtest.h>

#include "sim/scenario.hpp"

namespace kith::testing {
namespace {

TEST(AThousandStrangers, become_one_network_that_does_not_hang_on_its_hubs) {
  const auto all = sim::scenarios();
  const auto swarm =
      std::find_if(all.begin(), all.end(), [](const auto& each) { return each.name == std::string("swarm"); });
  ASSERT_NE(swarm, all.end());
  std::vector<std::string> lines;
  EXPECT_TRUE(swarm->run({.nodes = 1000, .seed = 7}, [&](const std::string& line) { lines.push_back(line); }));
  const auto says = [&](const std::string& line) { return std::find(lines.begin(), lines.end(), line) != lines.end(); };
  EXPECT_TRUE(says("components 1"));
  EXPECT_TRUE(says("one component without the best-connected 5 %: yes"));
  EXPECT_TRUE(says("blamed 0"));
}

}  // namespace
}  // namespace kith::testing
