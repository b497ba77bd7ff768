// What chaos draws; that nodes live through it shows `./dev up --once --chaos`.
#include "app/devnet_chaos.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace kith::app {
namespace {

std::vector<std::size_t> victims(u64 seed, std::size_t nodes) {
  auto dice = Rng::seeded(seed);
  std::vector<std::size_t> out;
  for (const auto& blow : draw_blows(dice, nodes)) out.push_back(blow.victim);
  return out;
}

TEST(Chaos, kills_the_node_that_has_the_blocks_and_the_bootstrap_node_whatever_the_dice_say) {
  for (u64 seed = 0; seed < 100; ++seed)
    for (const std::size_t nodes : {2U, 3U, 8U}) {
      const auto drawn = victims(seed, nodes);
      ASSERT_EQ(drawn.size(), kills_per_node * nodes);
      EXPECT_GE(std::ranges::count(drawn, devnet_holder), 2) << seed;
      EXPECT_GE(std::ranges::count(drawn, devnet_bootstrap), 1) << seed;
      EXPECT_LT(std::ranges::max(drawn), nodes);
    }
}

TEST(Chaos, draws_the_same_kills_from_the_same_seed_and_others_from_another) {
  EXPECT_EQ(victims(7, 8), victims(7, 8));
  EXPECT_NE(victims(7, 8), victims(8, 8));
}

}  // namespace
}  // namespace kith::app
