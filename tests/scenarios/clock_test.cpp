// A clock jumps by hours while its node runs, and back.
#include <gtest/gtest.h>

#include "support/nodes.hpp"

namespace kith::testing {
namespace {

constexpr sim::NodeIndex jumper = 7;

struct Swarm {
  explicit Swarm(u64 seed) : network(seed) {
    sim::add_swarm(network, 15, with_notes(network));
    sim::start_all(network, 5s);
    network.watch([this](sim::NodeIndex node, const core::Event& event) {
      if (const auto* news = std::get_if<core::ClockDiffers>(&event)) told.emplace_back(node, news->news.ahead);
      if (std::holds_alternative<core::PeerDown>(event) && node == jumper) ++lost;
    });
    network.run_for(3min);
    EXPECT_TRUE(is_whole(network));
    lost = 0;
  }
  std::size_t open_connections() {
    const auto& rows = network.host(jumper).connections().rows();
    return static_cast<std::size_t>(std::ranges::count_if(rows, [](const auto& row) { return row.second.open; }));
  }

  sim::Network network;
  Notes notes{network};
  /// Who said that its clock differs, and by how much.
  std::vector<std::pair<sim::NodeIndex, Utc::duration>> told;
  int lost = 0;
};

void jump_and_return(Utc::duration by) {
  Swarm swarm(41);
  auto& network = swarm.network;
  const auto before = swarm.open_connections();
  ASSERT_GT(before, 0U);
  network.set_skew(jumper, by);
  network.run_for(5min);
  // Deadlines do not see it: nobody timed out, and what was open is open.
  EXPECT_EQ(swarm.lost, 0);
  EXPECT_GE(swarm.open_connections(), before);
  // Said by that node alone, and once.
  ASSERT_EQ(swarm.told.size(), 1U);
  EXPECT_EQ(swarm.told[0].first, jumper);
  EXPECT_LT(std::chrono::abs(swarm.told[0].second + by), std::chrono::seconds(10));
  // What it says now is dated wrongly: nobody takes it, and it takes nothing.
  ASSERT_TRUE(publish(network, 3, 100));
  network.run_for(10s);
  EXPECT_EQ(swarm.notes.at(jumper), 0U);

  network.set_skew(jumper, {});
  network.run_for(1min);
  ASSERT_EQ(swarm.told.size(), 2U);
  EXPECT_EQ(swarm.told[1].second, Utc::duration{});
  const auto had = swarm.notes.at(1);
  ASSERT_TRUE(publish(network, jumper, 100, 8));
  EXPECT_TRUE(network.run_until([&] { return swarm.notes.at(1) == had + 1; }, 30s));
  // An item outside the window costs nobody anything.
  for (const auto& blame : network.blamed()) EXPECT_EQ(blame.error.fault, Fault::stale_item);
}

TEST(AClock, that_jumps_ahead_is_said_once_and_breaks_nothing) { jump_and_return(std::chrono::hours(3)); }
TEST(AClock, that_jumps_back_is_said_once_and_breaks_nothing) { jump_and_return(-std::chrono::hours(3)); }

TEST(AClock, that_is_wrong_from_the_start_keeps_its_node_out_until_it_is_right) {
  sim::Network network(42);
  sim::add_swarm(network, 15, with_notes(network));
  for (sim::NodeIndex node = 0; node < 15; ++node)
    if (node != jumper) network.start(node);
  network.run_for(3min);
  network.set_skew(jumper, std::chrono::hours(2));
  network.start(jumper);
  network.run_for(2min);
  EXPECT_FALSE(is_whole(network));
  network.set_skew(jumper, {});
  EXPECT_TRUE(network.run_until([&] { return is_whole(network); }, 5min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
