// Calls between an application and its neighbours: how each of them ends, and that it ends once.
#include "spacemesh/application.hpp"

#include "spacemesh/network_test.hpp"

namespace kith::spacemesh {
namespace {

using testing::Network;

struct Calling : ::testing::Test {
  Network net;
  testing::Node& a = net.add();
  /// Somebody who is no node.
  Peer other = net.knock(a, Ip::v4(9, 9, 0, 1));

  void SetUp() override { net.send(a, other, net.first(9)); }
  Result<u64> call(std::string_view protocol = testing::chat) {
    return net.command(
        a, [&](core::Host& host, core::Turn& turn) { return host.call(turn, other, protocol, 3, Body(Buffer{1})); });
  }
  void answer(u64 id) {
    net.send(a, other,
             net.message(testing::chat, *encode_answer(profile_b, {Body(Buffer{5}), {}}), Call{false, 3, id}));
  }
};

TEST_F(Calling, a_protocol_that_is_not_ours_or_nobody_is_refused_at_once) {
  EXPECT_EQ(call("/other/").error().fault, Fault::unknown_name);
  other = Peer{99};
  EXPECT_EQ(call().error().fault, Fault::unreachable);
  EXPECT_TRUE(a.calls.empty());
}

TEST_F(Calling, an_answer_that_comes_too_late_changes_nothing) {
  ASSERT_TRUE(call());
  ASSERT_EQ(net.said(a, other).size(), 1U);
  net.pass(call_patience);
  ASSERT_EQ(a.calls.size(), 1U);
  EXPECT_EQ(a.calls[0].answer.error().fault, Fault::no_answer);
  answer(1);
  EXPECT_EQ(a.calls.size(), 1U);
  EXPECT_TRUE(a.blamed.empty());
}

TEST_F(Calling, ends_with_the_connection_and_not_again_later) {
  const auto number = call();
  ASSERT_TRUE(number);
  a.world->ended(net.turn(a), other);
  net.run();
  ASSERT_EQ(a.calls.size(), 1U);
  EXPECT_EQ(a.calls[0].number, *number);
  EXPECT_EQ(a.calls[0].answer.error().fault, Fault::no_answer);
  net.pass(2 * call_patience);
  EXPECT_EQ(a.calls.size(), 1U);
}

TEST_F(Calling, who_has_no_answer_for_a_protocol_says_so_in_the_words_of_the_original) {
  net.send(a, other, net.message(testing::chat, as_bytes("ask"), Call{true, 7, 70}));
  const auto said = net.said(a, other);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].call, (Call{false, 7, 70}));
  EXPECT_EQ(decode_answer(profile_b, said[0].payload)->error, error_bad_request);
}

}  // namespace
}  // namespace kith::spacemesh
