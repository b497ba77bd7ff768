// The scenarios of change with a thousand nodes: minutes, and not in the default tier.
#include "support/play.hpp"

namespace kith::testing {
namespace {

TEST(AtFullSize, a_thousand_nodes_are_upgraded_one_by_one) {
  const Play play("upgrade", 1000);
  EXPECT_TRUE(play.went_well()) << play.report();
}

TEST(AtFullSize, five_hundred_of_a_thousand_nodes_change_a_rule) {
  const Play play("fork", 1000);
  EXPECT_TRUE(play.went_well()) << play.report();
}

TEST(AtFullSize, fifty_of_a_thousand_nodes_take_votes_and_stay_one_component) {
  const Play play("subnetwork", 1000);
  EXPECT_TRUE(play.went_well()) << play.report();
  EXPECT_TRUE(play.says("votes sent to others 0"));
}

}  // namespace
}  // namespace kith::testing
