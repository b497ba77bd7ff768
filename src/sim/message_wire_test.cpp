// A network whose messages travel by reference: the same nodes, the same rules, nothing left behind.
#include "sim/message_wire.hpp"

#include <gtest/gtest.h>

#include "sim/blocks.hpp"
#include "sim/report.hpp"
#include "sim/swarm.hpp"

namespace kith::sim {
namespace {

constexpr NetworkConfig by_reference{.fidelity = Fidelity::messages};

TEST(Messages, make_one_network_that_syncs_a_block_and_blames_nobody) {
  Network network(7, by_reference);
  add_swarm(network, 30);
  start_all(network, 5s);
  network.run_for(60s);
  EXPECT_EQ(figures_of(graph_of(network)).components, 1u);
  ASSERT_TRUE(mine(network, 3));
  EXPECT_TRUE(network.run_until([&] { return all_at(network, 1); }, 60s));
  EXPECT_TRUE(network.blamed().empty());
}

TEST(Messages, run_the_same_way_again) {
  const auto digest = [](u64 seed) {
    Network network(seed, by_reference);
    add_swarm(network, 8);
    start_all(network, 2s);
    network.run_for(40s);
    return network.digest();
  };
  EXPECT_EQ(digest(7), digest(7));
  EXPECT_NE(digest(7), digest(8));
}

TEST(Messages, keep_their_order_on_a_narrow_link_and_count_what_they_would_weigh) {
  Network network(5, {.fidelity = Fidelity::messages, .lose_one_in = 3, .uplink = 200'000});
  add_star(network, 3);
  preload(network, 0, make_chain(50, 0, 10'000));
  start_all(network);
  EXPECT_TRUE(network.run_until([&] { return all_at(network, 50); }, 5min));
  EXPECT_TRUE(network.blamed().empty());
  EXPECT_GT(network.traffic(0).sent, 50u * 10'000);
}

TEST(Messages, that_nobody_will_take_are_not_kept) {
  Network network(7, by_reference);
  add_swarm(network, 12);
  start_all(network, 2s);
  network.run_for(30s);
  for (NodeIndex node = 0; node < 6; ++node) network.kill(node);
  network.cut(7, 8);
  network.run_for(1min);
  for (NodeIndex node = 6; node < 12; ++node) network.stop(node);
  network.run_for(1min);
  EXPECT_EQ(network.letters_under_way(), 0u);
}

/// A node's port and the two ends of one connection.
struct Ends {
  Post post;
  Rng rng = Rng::seeded(1);
  core::Turn turn{Time{}, Utc{1h}, rng};
  core::Offer a{.hello = {.id = PeerId{{1}}, .client = "a", .names = {}}, .names = {{"x/1", 10, Priority::item}}};
  core::Offer b{.hello = {.id = PeerId{{2}}, .client = "b", .names = {}},
                .names = {{"y/1", 10, Priority::item}, {"x/1", 5, Priority::item}}};
  MessagePort port_a{post, *a.hello.id};
  MessagePort port_b{post, *b.hello.id};
  std::unique_ptr<core::Wire> dialler;
  std::unique_ptr<core::Wire> listener;
  std::vector<core::Report> heard;

  void connect(const PeerId& whom) {
    dialler = port_a.dial(turn, {{}, 1, "lean", whom}, a, false);
    listener = port_b.accept(turn, {}, b);
    carry();
  }
  void carry() {
    for (bool moved = true; moved;) {
      moved = move(*dialler, *listener);
      moved |= move(*listener, *dialler);
    }
    while (auto report = listener->take()) heard.push_back(std::move(*report));
  }
  bool move(core::Wire& from, core::Wire& to) {
    Buffer out;
    from.pull(turn, out, 1000);
    to.receive(turn, out);
    return !out.empty();
  }
  std::optional<Fault> end() const {
    for (const auto& report : heard)
      if (const auto* closed = std::get_if<core::Closed>(&report)) return closed->error.fault;
    return std::nullopt;
  }
};

TEST(MessageWire, opens_with_the_names_that_both_speak_and_carries_bodies_by_reference) {
  Ends ends;
  ends.connect(*ends.b.hello.id);
  const auto* opened = std::get_if<core::Opened>(&ends.heard.at(0));
  ASSERT_NE(opened, nullptr);
  EXPECT_EQ(opened->hello.id, ends.a.hello.id);
  EXPECT_EQ(opened->hello.names, std::vector<u16>{1});
  const Body body(Buffer(5, 7));
  ends.dialler->say(ends.turn, {1, 0, Role::letter, 3, body});
  ends.carry();
  const auto* arrived = std::get_if<core::Arrived>(&ends.heard.at(1));
  ASSERT_NE(arrived, nullptr);
  EXPECT_EQ(arrived->message.name, 1);
  EXPECT_EQ(arrived->message.body.bytes().data(), body.bytes().data());
}

TEST(MessageWire, refuses_what_a_true_wire_refuses) {
  Ends other_id;
  other_id.connect(PeerId{{3}});
  EXPECT_TRUE(std::holds_alternative<core::Closed>(*other_id.dialler->take()));

  Ends refused;
  refused.port_b.refuse(*refused.a.hello.id, true);
  refused.connect(*refused.b.hello.id);
  EXPECT_EQ(refused.end(), Fault::banned);

  Ends network;
  network.a.hello.network[0] = 1;
  network.connect(*network.b.hello.id);
  EXPECT_EQ(network.end(), Fault::wrong_network);

  Ends large;
  large.connect(*large.b.hello.id);
  large.dialler->say(large.turn, {1, 0, Role::letter, 3, Body(Buffer(6))});
  large.carry();
  EXPECT_EQ(large.end(), Fault::oversize);
}

}  // namespace
}  // namespace kith::sim
