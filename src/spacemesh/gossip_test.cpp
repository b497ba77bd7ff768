// Items as letters: to whom they go, and to whom they do not.
#include "spacemesh/gossip.hpp"

#include "spacemesh/network_test.hpp"

namespace kith::spacemesh {
namespace {

using testing::Network;

struct ItemsAsLetters : ::testing::Test {
  Network net;
  testing::Node& a = net.add();
  /// None of these is a node.
  Peer giver = session(11);
  Peer other = session(12);

  Peer session(u8 who) {
    const auto peer = net.knock(a, Ip::v4(9, who, 0, 1));
    net.send(a, peer, net.first(who));
    return peer;
  }
  static std::size_t items(const std::vector<ProtocolMessage>& said) {
    return static_cast<std::size_t>(
        std::ranges::count(said, "TxGossip", [](const ProtocolMessage& each) { return each.metadata.protocol; }));
  }
};

TEST_F(ItemsAsLetters, go_whole_to_everybody_but_who_gave_them) {
  const std::string large = '+' + std::string(50'000, 'x');
  for (const auto& text : {std::string("+small"), large}) {
    net.send(a, giver, net.message("TxGossip", as_bytes(text)));
    net.pass(2s);
    const auto said = net.said(a, other);
    ASSERT_EQ(items(said), 1U);
    EXPECT_EQ(as_text(said[0].payload.bytes()), text);
    EXPECT_FALSE(said[0].call);
    EXPECT_EQ(items(net.said(a, giver)), 0U);
  }
}

TEST_F(ItemsAsLetters, that_come_again_are_not_passed_on_again_whoever_gives_them) {
  const auto give = [&](Peer by) { net.send(a, by, net.message("TxGossip", as_bytes("+once"))); };
  give(giver);
  EXPECT_EQ(items(net.said(a, other)), 1U);
  for (const Peer peer : {giver, other, giver}) give(peer);
  net.pass(2s);
  EXPECT_EQ(a.items.size(), 1U);
  EXPECT_EQ(items(net.said(a, other)) + items(net.said(a, giver)), 0U);
}

TEST_F(ItemsAsLetters, that_come_faster_than_they_are_judged_wait_and_none_is_lost) {
  constexpr std::size_t burst = 3 * core::max_judging;
  Buffer batch;
  for (std::size_t i = 0; i < burst; ++i) append(batch, net.message("TxGossip", as_bytes('+' + std::to_string(i))));
  net.send(a, giver, batch);
  EXPECT_EQ(a.items.size(), burst) << "nobody can ask for them again";
  EXPECT_TRUE(a.downs.empty());
}

TEST_F(ItemsAsLetters, that_are_large_do_not_go_to_who_reads_too_slowly) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(net.command(a, [&](core::Host& host, core::Turn& turn) {
      return host.direct(turn, other, testing::chat, Body(Buffer(1'000'000, 1)));
    }));
  const std::string large = '+' + std::string(50'000, 'x');
  net.send(a, giver, net.message("TxGossip", as_bytes(large)));
  net.pass(2s);
  ASSERT_EQ(a.items.size(), 1U);
  EXPECT_EQ(items(net.said(a, other)), 0U);
  net.send(a, giver, net.message("TxGossip", as_bytes(large + "y")));
  net.pass(2s);
  EXPECT_EQ(items(net.said(a, other)), 1U) << "when it has read, it gets them again";
}

}  // namespace
}  // namespace kith::spacemesh
