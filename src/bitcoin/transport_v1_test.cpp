// What the plain transport does with good messages and with bad ones, whole or in pieces.
#include <gtest/gtest.h>

#include "bitcoin/pair_test.hpp"

namespace kith::bitcoin {
namespace {

using testing::answer;
using testing::body_of;
using testing::dial_v1;
using testing::End;
using testing::mainnet;
using testing::regtest;

Buffer message(std::string_view type, Bytes payload = {}, const Magic& magic = regtest) {
  Buffer out;
  write_v1(out, magic, type, payload);
  return out;
}

/// A dialler's first message and then `bytes`, as a responder sees them.
std::vector<std::string> answered(Bytes bytes, std::size_t chunk = 1 << 20) {
  auto end = answer();
  Buffer all = message("version", Buffer(3));
  append(all, bytes);
  end.receive(all, chunk);
  auto out = end.texts();
  EXPECT_EQ(out.at(0).substr(0, 8), "version:");
  out.erase(out.begin());
  return out;
}

TEST(TransportV1, frames_a_message_as_the_reference_does) {
  EXPECT_EQ(to_hex(message("verack", {}, mainnet)), "f9beb4d976657261636b000000000000000000005df6e0e2");
  EXPECT_EQ(to_hex(message("ping", *from_hex("0102030405060708"), mainnet)).substr(0, 40),
            "f9beb4d970696e67000000000000000008000000");
}

TEST(TransportV1, gives_the_same_messages_at_any_cut_of_the_stream) {
  Buffer stream = message("version", Buffer(100, 1));
  append(stream, message("verack"));
  auto broken = message("inv", Buffer(37, 2));
  broken.back() ^= 1;
  append(stream, broken);
  append(stream, message("ping", Buffer(8, 3)));
  auto other = message("pong", Buffer(8));
  other[2] ^= 1;
  append(stream, other);
  append(stream, message("ping", Buffer(8, 3)));
  const auto texts = [&](std::size_t chunk) {
    auto end = answer();
    end.receive(stream, chunk);
    return end.texts();
  };
  const auto whole = texts(stream.size());
  ASSERT_EQ(whole.size(), 5U);
  EXPECT_EQ(whole[1], "verack:e3b0c442");
  EXPECT_EQ(whole[2], "erred bad_checksum: payload");
  EXPECT_EQ(whole[4], "closed wrong_network: magic");
  for (std::size_t chunk = 1; chunk < stream.size(); ++chunk) ASSERT_EQ(texts(chunk), whole) << chunk;
}

TEST(TransportV1, gives_nothing_for_a_message_that_is_cut) {
  const auto stream = message("version", Buffer(50, 1));
  for (std::size_t size = 0; size < stream.size(); ++size) {
    auto end = answer();
    end.receive(Bytes(stream).first(size));
    EXPECT_TRUE(end.events.empty()) << size;
    EXPECT_EQ(end.transport.held(), size);
    EXPECT_TRUE(end.pull().empty());
  }
}

TEST(TransportV1, drops_one_message_for_a_wrong_checksum_and_goes_on) {
  auto bad = message("ping", Buffer(8));
  bad[20] ^= 1;
  append(bad, message("pong"));
  EXPECT_EQ(answered(bad), (std::vector<std::string>{"erred bad_checksum: payload", "pong:e3b0c442"}));
}

TEST(TransportV1, drops_one_message_for_a_type_that_cannot_be_and_goes_on) {
  auto bad = message("ping", Buffer(8));
  bad[15] = 'x';
  append(bad, message("pong"));
  EXPECT_EQ(answered(bad), (std::vector<std::string>{"erred unknown_type: malformed type", "pong:e3b0c442"}));
}

TEST(TransportV1, hands_over_types_that_nobody_knows) {
  EXPECT_EQ(answered(message("hello")), (std::vector<std::string>{"hello:e3b0c442"}));
}

TEST(TransportV1, ends_for_another_magic_as_soon_as_it_shows) {
  EXPECT_EQ(answered(Buffer{0xfa, 0xbf, 0xb5}), std::vector<std::string>{});
  EXPECT_EQ(answered(Buffer{0xfa, 0xbf, 0xb5, 0xdb}), (std::vector<std::string>{"closed wrong_network: magic"}));
}

TEST(TransportV1, ends_for_a_message_beyond_the_largest_at_its_header_alone) {
  auto largest = message("block", Buffer(max_payload));
  EXPECT_EQ(answered(largest).size(), 1U);
  auto end = answer();
  end.receive(message("version"));
  auto header = to_buffer(Bytes(largest).first(v1_header));
  EXPECT_EQ(max_payload, 0x3d0900U);
  header[16] = 0x01;
  end.receive(header);
  EXPECT_EQ(end.closed(), Fault::bad_record);
  end.receive(message("ping"));
  EXPECT_EQ(end.types(), (std::vector<std::string>{"version"}));
}

TEST(TransportV1, dials_without_waiting_and_is_recognised) {
  auto dialler = dial_v1();
  auto listener = answer();
  EXPECT_FALSE(dialler.transport.has_output());
  EXPECT_EQ(listener.transport.version(), Transport::Version::unknown);
  ASSERT_TRUE(listener.say("version", body_of(90)));
  EXPECT_TRUE(listener.pull().empty()) << "nothing before it is known which transport this is";
  ASSERT_TRUE(dialler.say("version", body_of(100)));
  testing::carry(dialler, listener, 7);
  EXPECT_EQ(listener.transport.version(), Transport::Version::v1);
  EXPECT_EQ(listener.types(), (std::vector<std::string>{"version"}));
  EXPECT_EQ(dialler.types(), (std::vector<std::string>{"version"}));
  EXPECT_EQ(dialler.left(), 100U);
  EXPECT_FALSE(dialler.transport.session_id());
  EXPECT_FALSE(dialler.transport.retry_as_v1());
}

TEST(TransportV1, has_no_decoys) {
  auto listener = answer();
  listener.transport.say_decoy(100);
  ASSERT_TRUE(listener.say("verack"));
  listener.receive(message("version"));
  listener.transport.say_decoy(100);
  EXPECT_EQ(listener.pull(), message("verack"));
}

TEST(TransportV1, of_another_network_ends_before_a_key_is_made_for_it) {
  auto listener = answer();
  const auto untouched = listener.rng;
  listener.receive(message("version", Buffer(90), mainnet));
  EXPECT_EQ(listener.closed(), Fault::wrong_network);
  EXPECT_TRUE(listener.pull().empty());
  auto same = untouched;
  EXPECT_EQ(listener.rng(), same()) << "no dice were thrown";
}

TEST(TransportV1, of_another_network_ends_also_where_its_first_bytes_came_alone) {
  const auto first = message("version", Buffer(90), mainnet);
  for (std::size_t chunk = 1; chunk < 24; ++chunk) {
    auto listener = answer();
    listener.receive(first, chunk);
    EXPECT_EQ(listener.closed(), Fault::wrong_network) << chunk;
  }
}

}  // namespace
}  // namespace kith::bitcoin
