// What kills a node of the original, or is believed by it, costs the one who says it here, and nobody else.
#include "spacemesh/network_test.hpp"

namespace kith::spacemesh {
namespace {

using testing::Network;

struct KillsTheOriginal : ::testing::Test {
  Network net;
  testing::Node& a = net.add();
  u8 sessions = 10;

  /// From somebody else each time: most of these ban.
  Peer session() {
    const auto peer = net.knock(a, Ip::v4(9, ++sessions, 0, 1));
    net.send(a, peer, net.first(9));
    EXPECT_EQ(a.open(), 1U);
    return peer;
  }
  bool is_there(Peer peer) const { return a.host().connections().find(peer) != nullptr; }
};

TEST_F(KillsTheOriginal, a_first_record_of_any_length) {
  for (const int bits : {62, 63, 40, 11}) {
    const auto peer = net.knock(a, Ip::v4(9, 9, 0, 1));
    Buffer length;
    for (u64 left = u64{1} << bits; left > 0; left >>= 7)
      length.push_back(static_cast<u8>((left & 0x7f) | (left >> 7 ? 0x80 : 0)));
    net.send(a, peer, length);
    EXPECT_FALSE(is_there(peer)) << bits;
  }
  EXPECT_TRUE(a.blamed.empty());
}

TEST_F(KillsTheOriginal, a_message_of_null_pointers) {
  for (const Buffer& plain : {Buffer(8), Buffer(4), Buffer{}}) {
    const auto peer = session();
    net.send(a, peer, net.record(plain));
    EXPECT_FALSE(is_there(peer));
  }
}

TEST_F(KillsTheOriginal, a_null_payload) {
  auto plain = encode(ProtocolMessage{
      {"TxGossip", "go-spacemesh/0.0.2", to_seconds(testing::test_utc), {}, 0}, std::nullopt, Body(Buffer{1})});
  // The payload's pointer, its length, its byte with padding, and the pointer of the other arm.
  plain.resize(plain.size() - 16);
  plain.resize(plain.size() + 4);
  const auto peer = session();
  net.send(a, peer, net.record(plain));
  EXPECT_FALSE(is_there(peer));
}

TEST_F(KillsTheOriginal, a_letter_for_who_answers_requests) {
  const auto peer = session();
  net.send(a, peer, net.message(clock_protocol, as_bytes("a letter")));
  EXPECT_EQ(a.blamed, std::vector{Fault::unwelcome});
}

TEST_F(KillsTheOriginal, a_request_to_gossip) {
  const auto peer = session();
  net.send(a, peer, net.message("TxGossip", as_bytes("+"), Call{true, 1, 1}));
  EXPECT_EQ(a.blamed, std::vector{Fault::unwelcome});
}

TEST_F(KillsTheOriginal, no_message_that_is_old_or_of_an_unknown_protocol) {
  const auto peer = session();
  net.send(a, peer, net.message("/later/", as_bytes("x")));
  EXPECT_TRUE(is_there(peer)) << "a later node may have more protocols";
  net.send(a, peer, net.message("TxGossip", as_bytes("+"), std::nullopt, -std::chrono::minutes(11)));
  EXPECT_FALSE(is_there(peer));
  EXPECT_TRUE(a.items.empty());
}

TEST_F(KillsTheOriginal, no_garbage) {
  const auto peer = session();
  net.send(a, peer, net.record(Buffer(100, 7)));
  EXPECT_FALSE(is_there(peer));
  const auto other = session();
  Buffer frame;
  write_frame(frame, Buffer(100, 7));
  net.send(a, other, frame);
  EXPECT_FALSE(is_there(other));
}

}  // namespace
}  // namespace kith::spacemesh
