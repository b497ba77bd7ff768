// The simulator itself: that it repeats, and that its misfortunes are those of a real network.
#include "sim/network.hpp"

#include <gtest/gtest.h>

#include "sim/blocks.hpp"
#include "sim/report.hpp"
#include "sim/swarm.hpp"

namespace kith::sim {
namespace {

/// The digest of a small network that mines a block.
Hash digest_of(u64 seed, NetworkConfig config = {}) {
  Network network(seed, config);
  add_swarm(network, 8);
  start_all(network, 2s);
  network.run_for(40s);
  EXPECT_TRUE(mine(network, 0));
  EXPECT_TRUE(network.run_until([&] { return all_at(network, 1); }, 60s));
  return network.digest();
}

/// Two connected nodes.
struct Pair {
  Network network;

  explicit Pair(NetworkConfig config = {}) : network(3, config) {
    add_star(network, 2);
    start_all(network);
    EXPECT_TRUE(network.run_until([this] { return joined(); }, 60s));
  }
  bool joined() const { return figures_of(graph_of(network)).components == 1; }
};

TEST(Network, runs_the_same_way_again_from_the_same_seed_and_another_way_from_another) {
  const Hash first = digest_of(7);
  EXPECT_EQ(first, digest_of(7));
  EXPECT_NE(first, digest_of(8));
}

TEST(Network, keeps_bytes_in_order_when_chunks_are_lost_and_links_are_narrow) {
  Network network(5, {.lose_one_in = 3, .uplink = 200'000});
  add_star(network, 3);
  preload(network, 0, make_chain(50, 0, 10'000));
  start_all(network);
  EXPECT_TRUE(network.run_until([&] { return all_at(network, 50); }, 5min));
  EXPECT_TRUE(network.blamed().empty());
}

TEST(Network, makes_a_narrow_uplink_slow) {
  const auto time_with = [](u64 uplink) {
    Network network(5, {.uplink = uplink});
    add_star(network, 2);
    preload(network, 0, make_chain(20, 0, 100'000));
    start_all(network);
    EXPECT_TRUE(network.run_until([&] { return all_at(network, 20); }, 10min));
    return network.now() - Time{};
  };
  // Two megabytes at 100 kB/s.
  EXPECT_GT(time_with(100'000), time_with(0) + 15s);
}

TEST(Network, holds_back_what_is_under_way_while_it_is_parted) {
  Pair pair;
  auto& network = pair.network;
  network.partition({{0}, {1}});
  ASSERT_TRUE(mine(network, 0));
  network.run_for(10s);
  EXPECT_EQ(tip(network, 1).height, 0u);
  network.heal();
  EXPECT_TRUE(network.run_until([&] { return all_at(network, 1); }, 60s));
}

TEST(Network, ends_the_connections_of_a_killed_node_and_keeps_its_disk) {
  Pair pair;
  auto& network = pair.network;
  ASSERT_TRUE(mine(network, 1));
  ASSERT_TRUE(network.run_until([&] { return all_at(network, 1); }, 60s));
  network.kill(1);
  EXPECT_TRUE(network.run_until([&] { return network.host(0).connections().rows().empty(); }, 1s));
  network.start(1);
  EXPECT_EQ(tip(network, 1).height, 1u);
}

TEST(Network, lets_a_stopped_node_say_goodbye_and_save_its_files) {
  Pair pair;
  auto& network = pair.network;
  std::vector<Fault> ends;
  network.watch([&](NodeIndex, const core::Event& event) {
    if (const auto* down = std::get_if<core::PeerDown>(&event)) ends.push_back(down->why.fault);
  });
  network.disk(1).files.clear();
  network.stop(1);
  EXPECT_TRUE(network.disk(1).files.contains(core::book_file("lean")));
  network.run_for(1s);
  EXPECT_TRUE(std::count(ends.begin(), ends.end(), Fault::shutting_down) > 0);
}

TEST(Network, breaks_the_connections_of_two_nodes_and_lets_them_meet_again) {
  Pair pair;
  auto& network = pair.network;
  network.cut(0, 1);
  EXPECT_FALSE(pair.joined());
  EXPECT_TRUE(network.run_until([&] { return pair.joined(); }, 2min));
}

TEST(Network, resolves_the_names_that_it_was_told) {
  Network network(3);
  NodeSpec known;
  known.ip = ip_of(0);
  const auto first = network.add(std::move(known));
  network.name("seed.example", {ip_of(0)});
  auto endpoint = network.endpoint(first);
  endpoint.dns = "seed.example";
  endpoint.address.ip = {};
  NodeSpec stranger;
  stranger.ip = ip_of(1);
  stranger.config.neighbours[0].bootstrap = {endpoint};
  network.add(std::move(stranger));
  start_all(network);
  EXPECT_TRUE(network.run_until([&] { return figures_of(graph_of(network)).components == 1; }, 60s));
}

TEST(Network, gives_each_node_a_clock_that_is_wrong_in_its_own_way) {
  Network network(3);
  add_star(network, 10);
  std::set<Utc> clocks;
  for (NodeIndex node = 0; node < network.size(); ++node) clocks.insert(network.utc(node));
  EXPECT_GT(clocks.size(), 5u);
}

}  // namespace
}  // namespace kith::sim
