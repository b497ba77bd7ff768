// How a network changes while it lives, each by its scenario of `kith sim`; here small, at full size in
// at_full_size_test.
#include "support/play.hpp"

namespace kith::testing {
namespace {

TEST(AnUpgrade, node_by_node_loses_no_block_and_no_item_and_blames_nobody) {
  const Play play("upgrade", 24);
  EXPECT_TRUE(play.went_well()) << play.report();
  EXPECT_TRUE(play.says("items that somebody missed 0"));
  EXPECT_TRUE(play.says("most components at any time 1"));
  EXPECT_TRUE(play.says("the next major version is alone: yes"));
  EXPECT_TRUE(play.says("blamed 0"));
}

TEST(AForkOfTheRules, makes_two_whole_networks_and_bans_nobody) {
  const Play play("fork", 24);
  EXPECT_TRUE(play.went_well()) << play.report();
  EXPECT_TRUE(play.says("components by the old rules 1, by the new 1"));
  EXPECT_TRUE(play.says("tip by the old rules 12, by the new 12"));
  EXPECT_TRUE(play.says("connections across 0"));
  EXPECT_TRUE(play.says("blamed 0"));
}

TEST(ASubnetwork, finds_together_and_its_items_go_to_nobody_else) {
  const Play play("subnetwork", 120);
  EXPECT_TRUE(play.went_well()) << play.report();
  EXPECT_TRUE(play.says("votes sent to others 0"));
  EXPECT_TRUE(play.says("components of who takes votes 1"));
  EXPECT_TRUE(play.says("blamed 0"));
}

}  // namespace
}  // namespace kith::testing
