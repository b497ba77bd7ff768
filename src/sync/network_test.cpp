// Many nodes' Syncs: do they agree, share the load, and survive stallers and liars?
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sync/toy_network_test.hpp"

namespace kith::sync {
namespace {

using toy::Manner;
using toy::Net;

TEST(Network, a_new_node_takes_five_thousand_blocks_from_four_peers_in_fair_shares) {
  Net net(1);
  const auto blocks = toy::make_chain(toy::genesis(), 5000);
  for (int i = 0; i < 5; ++i) net.add();
  for (std::size_t i = 1; i < 5; ++i) net.grow(i, blocks);
  for (std::size_t i = 1; i < 5; ++i) net.connect(0, i);
  ASSERT_TRUE(net.run(10min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_GE(net[i].served, 1000u);
    EXPECT_LE(net[i].served, 1500u);
  }
  EXPECT_TRUE(net[0].blames.empty());
  EXPECT_TRUE(net[0].sync->synced());
  EXPECT_EQ(net[0].sync->progress().dropped, 0u);
  EXPECT_TRUE(net[0].sync->idle());
}

TEST(Network, another_peer_goes_on_when_the_only_one_leaves_in_the_middle) {
  Net net(2);
  const auto blocks = toy::make_chain(toy::genesis(), 3000);
  for (int i = 0; i < 3; ++i) net.add();
  net.grow(1, blocks);
  net.connect(0, 1);
  ASSERT_TRUE(net.run(5min, [&] { return net[0].chain.tip().height > 1000; }));
  net.drop_all(1);
  EXPECT_LT(net[0].chain.tip().height, 3000u);
  net.grow(2, std::span(blocks).first(2900));
  net.connect(0, 2);
  ASSERT_TRUE(net.run(5min, [&] { return net[0].chain.tip().height == 2900; }));
  EXPECT_LT(net[2].served, 2000u) << "what was there is not fetched again";
}

TEST(Network, a_staller_costs_seconds_and_is_the_only_one_blamed) {
  Net net(3);
  const auto blocks = toy::make_chain(toy::genesis(), 3000);
  for (const auto manner : {Manner::honest, Manner::honest, Manner::stalls, Manner::honest, Manner::honest})
    net.add(manner);
  for (std::size_t i = 1; i < 5; ++i) net.grow(i, blocks);
  for (std::size_t i = 1; i < 5; ++i) net.connect(0, i);
  const Time start = net.now();
  ASSERT_TRUE(net.run(10min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
  EXPECT_LT(net.now() - start, 30s);
  ASSERT_EQ(net[0].blames.size(), 1u);
  EXPECT_EQ(net[0].blames[0].error.fault, Fault::stalled);
  EXPECT_EQ(net[2].links.size(), 0u);
}

TEST(Network, a_liar_is_blamed_and_spoils_no_block) {
  Net net(4);
  const auto blocks = toy::make_chain(toy::genesis(), 1000);
  for (const auto manner : {Manner::honest, Manner::lies, Manner::honest}) net.add(manner);
  for (std::size_t i = 1; i < 3; ++i) net.grow(i, blocks);
  for (std::size_t i = 1; i < 3; ++i) net.connect(0, i);
  const Time start = net.now();
  ASSERT_TRUE(net.run(10min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
  EXPECT_LT(net.now() - start, 20s);
  ASSERT_FALSE(net[0].blames.empty());
  for (const auto& blame : net[0].blames) EXPECT_EQ(blame.error.fault, Fault::corrupt_block);
  EXPECT_TRUE(net[1].links.empty());
  EXPECT_EQ(net[2].links.size(), 1u);
}

TEST(Network, does_not_depend_on_a_peer_that_answers_nothing) {
  Net net(5);
  const auto blocks = toy::make_chain(toy::genesis(), 100);
  for (const auto manner : {Manner::honest, Manner::mute, Manner::honest}) net.add(manner);
  net.grow(2, blocks);
  net.connect(0, 1);
  net.connect(0, 2);
  ASSERT_TRUE(net.run(5s, [&] { return net[0].chain.tip().height == 100; }));
  ASSERT_TRUE(net.run(1min, [&] { return !net[0].blames.empty(); }));
  EXPECT_EQ(net[0].blames[0].error.fault, Fault::no_answer);
}

TEST(Network, follows_a_longer_branch_back_over_a_hundred_blocks) {
  Net net(6);
  const auto trunk = toy::make_chain(toy::genesis(), 50);
  const auto shorter = toy::make_chain(toy::id_of(trunk.back()), 100, {.salt = 1000});
  const auto longer = toy::make_chain(toy::id_of(trunk.back()), 101, {.salt = 2000});
  for (int i = 0; i < 3; ++i) net.add(), net.grow(static_cast<std::size_t>(i), trunk);
  net.grow(0, shorter);
  net.grow(1, shorter);
  net.grow(2, longer);
  net.connect(0, 1);
  net.connect(1, 2);
  ASSERT_TRUE(net.run(5min, [&] { return net.all_at(toy::id_of(longer.back())); }));
  EXPECT_EQ(net[0].steps_back, 100u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(net[i].blames.empty());
}

TEST(Network, two_blocks_at_one_height_are_settled_by_the_next) {
  Net net(7);
  for (int i = 0; i < 4; ++i) net.add();
  for (std::size_t i = 0; i < 3; ++i) net.connect(i, i + 1);
  const auto left = toy::make(toy::genesis(), {.salt = 1});
  const auto right = toy::make(toy::genesis(), {.salt = 2});
  net.run(1s, [] { return false; });
  net.publish(0, left);
  net.publish(3, right);
  net.run(10s, [] { return false; });
  EXPECT_EQ(net[0].chain.tip().id, toy::id_of(left));
  EXPECT_EQ(net[3].chain.tip().id, toy::id_of(right));
  const auto next = toy::make(toy::id_of(right), {.salt = 3});
  net.publish(3, next);
  ASSERT_TRUE(net.run(1min, [&] { return net.all_at(toy::id_of(next)); }));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(net[i].blames.empty());
}

TEST(Network, a_block_reaches_the_end_of_a_line_of_ten) {
  Net net(8);
  for (int i = 0; i < 10; ++i) net.add();
  for (std::size_t i = 0; i < 9; ++i) net.connect(i, i + 1);
  net.run(1s, [] { return false; });
  const auto blocks = toy::make_chain(toy::genesis(), 20);
  for (const auto& block : blocks) {
    net.publish(0, block);
    ASSERT_TRUE(net.run(2s, [&] { return net.all_at(toy::id_of(block)); }));
  }
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_TRUE(net[i].blames.empty());
    EXPECT_LE(net[i].served, 20u);
  }
}

TEST(Network, a_restarted_node_resumes_with_its_headers_and_blocks) {
  Net net(9);
  const auto blocks = toy::make_chain(toy::genesis(), 2000);
  net.add();
  net.add();
  net.grow(1, blocks);
  net.connect(0, 1);
  ASSERT_TRUE(net.run(5min, [&] { return net[0].chain.tip().height > 900; }));
  net.restart(0);
  const auto served = net[1].served;
  const auto height = net[0].chain.tip().height;
  EXPECT_LT(height, 2000u);
  net.connect(0, 1);
  ASSERT_TRUE(net.run(5min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
  EXPECT_LE(net[1].served - served, 2000 - height);
}

TEST(Network, honest_peers_with_late_answers_are_never_blamed) {
  Net net(10);
  const auto blocks = toy::make_chain(toy::genesis(), 1500);
  for (int i = 0; i < 4; ++i) net.add();
  for (std::size_t i = 1; i < 4; ++i) net.grow(i, blocks), net[i].latency = i * 300ms;
  for (std::size_t i = 1; i < 4; ++i) net.connect(0, i);
  ASSERT_TRUE(net.run(60min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
  net[1].latency = net[2].latency = net[3].latency = 11s;
  Hash tip = toy::id_of(blocks.back());
  for (u64 i = 0; i < 20; ++i) {
    const auto next = toy::make(tip, {.salt = 10'000 + i});
    for (std::size_t at = 1; at < 4; ++at) net.grow(at, std::array{next});
    tip = toy::id_of(next);
    net.run(25s, [] { return false; });
  }
  EXPECT_TRUE(net.run(10min, [&] { return net.all_at(tip); }));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(net[i].blames.empty()) << to_text(net[i].blames[0].error.fault);
}

TEST(Network, nothing_is_announced_while_a_node_catches_up) {
  Net net(13);
  const auto blocks = toy::make_chain(toy::genesis(), 500);
  for (int i = 0; i < 3; ++i) net.add();
  net.grow(1, blocks);
  net.connect(0, 2);
  net.run(1s, [] { return false; });
  net.connect(0, 1);
  ASSERT_TRUE(net.run(1min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
  EXPECT_LE(net[0].announced, near_tip + 1);
  EXPECT_GE(net[0].announced, 1u);
}

TEST(Network, the_same_seed_gives_the_same_decisions_also_with_extra_ticks) {
  const auto play = [](u64 seed, bool extra_ticks) {
    Net net(seed, extra_ticks);
    const auto blocks = toy::make_chain(toy::genesis(), 300);
    for (const auto manner : {Manner::honest, Manner::stalls, Manner::lies, Manner::honest}) net.add(manner);
    for (std::size_t i = 1; i < 4; ++i) net.grow(i, blocks), net.connect(0, i);
    EXPECT_TRUE(net.run(10min, [&] { return net.all_at(toy::id_of(blocks.back())); }));
    return net.digest();
  };
  EXPECT_EQ(play(11, false), play(11, true));
  EXPECT_NE(play(11, false), play(12, false));
}

RC_GTEST_PROP(Network, limits_hold_at_every_step_and_the_chain_arrives, ()) {
  const auto config = Config{.per_peer = *rc::gen::inRange<std::size_t>(1, 20),
                             .window = *rc::gen::inRange<u32>(1, 100),
                             .body_bytes = *rc::gen::inRange<std::size_t>(1, 100'000)};
  Net net(*rc::gen::arbitrary<u64>());
  net.add(Manner::honest, config);
  const auto blocks = toy::make_chain(toy::genesis(), *rc::gen::inRange<std::size_t>(1, 150),
                                      {.content = *rc::gen::inRange<std::size_t>(0, 5'000)});
  const auto manners = *rc::gen::container<std::vector<u8>>(2, rc::gen::inRange<u8>(0, 4));
  for (const u8 manner : manners) net.add(static_cast<Manner>(manner));
  net.add();
  for (std::size_t i = 1; i < 4; ++i) net.grow(i, blocks), net.connect(0, i);
  RC_ASSERT(net.run(60min, [&] { return net[0].chain.tip().id == toy::id_of(blocks.back()); }));
}

}  // namespace
}  // namespace kith::sync
