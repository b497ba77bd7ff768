// Datagrams between nodes, and from somebody who is not where he says that he is.
#include "spacemesh/contacts.hpp"

#include <gtest/gtest.h>

#include "spacemesh/answer.hpp"

namespace kith::spacemesh {
namespace {

constexpr u16 port = 7513;
constexpr u32 network_id = 7;

crypto::Key key(u8 fill) {
  crypto::Key out;
  out.fill(fill);
  return out;
}
Address at(u8 host, u16 on = port) { return {Ip::v4(8, host, 0, 1), on, std::string(wire_word), std::nullopt}; }

struct Node {
  Contacts contacts;
  Address here;
  std::vector<core::HeardOf> heard{};
  std::vector<Buffer> sent{};
};

/// A few nodes, and datagrams that arrive where they are sent if somebody is there.
struct ContactsTest : ::testing::Test {
  Rng rng = Rng::seeded(9);
  core::Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  std::map<u8, Node> nodes;
  std::size_t lost = 0;

  Node& add(u8 host, u32 network = network_id) {
    return nodes.emplace(host, Node{Contacts({key(host), network, profile_b}), at(host)}).first->second;
  }
  void run() {
    bool moved = true;
    while (std::exchange(moved, false))
      for (auto& [host, node] : nodes)
        while (const auto report = node.contacts.take()) moved = true, obey(node, *report);
  }
  void obey(Node& node, const core::PortReport& report) {
    if (const auto* send = std::get_if<core::SendDatagram>(&report)) {
      node.sent.push_back(send->bytes);
      const auto to = std::ranges::find_if(nodes, [&](const auto& each) { return each.second.here == send->to; });
      if (to == nodes.end()) return void(++lost);
      to->second.contacts.receive(turn, node.here, send->bytes, port);
    } else if (const auto* of = std::get_if<core::HeardOf>(&report)) {
      node.heard.push_back(*of);
    } else {
      // Twenty that it knows.
      std::vector<core::TimedAddress> known;
      for (u8 i = 100; i < 120; ++i) {
        auto address = at(i);
        address.id = PeerId{key(i)};
        known.push_back({address, turn.utc});
      }
      node.contacts.tell(turn, std::get<core::AskedFor>(report).question, known);
    }
  }
  /// A request as somebody makes it who is no node.
  Buffer request(u8 sender, u32 type, const Buffer& body, u64 id = 1) {
    return encode(
        Datagram{key(sender),
                 {{std::string(discovery_protocol), "go-spacemesh/0.0.2", 0, to_buffer(key(sender)), network_id},
                  Call{true, type, id},
                  Body(body)}},
        rng.bytes<24>());
  }
  Buffer ping(u8 sender, u64 id = 1) {
    return request(sender, type_ping, encode(own_info(key(sender), port, port)), id);
  }
};

TEST_F(ContactsTest, who_asks_hears_of_the_asked_and_of_whom_it_knows_and_is_heard_of) {
  auto& a = add(1);
  auto& b = add(2);
  a.contacts.inquire(turn, b.here, port);
  run();
  ASSERT_GE(a.heard.size(), 2U);
  EXPECT_EQ(a.heard[0].addresses.at(0).address.id, PeerId{key(2)});
  EXPECT_EQ(a.heard[0].addresses.at(0).address.ip, b.here.ip);
  EXPECT_EQ(a.heard.back().addresses.size(), max_told) << "no more than fit a packet";
  ASSERT_EQ(b.heard.size(), 1U);
  EXPECT_EQ(b.heard[0].addresses.at(0).address.id, PeerId{key(1)});
  EXPECT_EQ(b.heard[0].addresses.at(0).address.port, port);
}

TEST_F(ContactsTest, who_is_not_where_he_says_is_not_heard_of_and_told_nothing) {
  auto& a = add(1);
  // Nobody is at host 50 to answer.
  a.contacts.receive(turn, at(50), ping(50), port);
  a.contacts.receive(turn, at(50), request(50, type_get_addresses, {}, 2), port);
  run();
  EXPECT_TRUE(a.heard.empty());
  EXPECT_EQ(a.sent.size(), 2U) << "a pong, and a ping to see";
}

TEST_F(ContactsTest, a_ping_for_somebody_else_is_not_answered) {
  auto& a = add(1);
  a.contacts.receive(turn, at(50), request(50, type_ping, encode(own_info(key(60), port, port))), port);
  run();
  EXPECT_TRUE(a.sent.empty());
}

TEST_F(ContactsTest, at_most_three_bytes_go_out_for_one_that_came) {
  auto& a = add(1);
  add(2);
  std::size_t in = 0;
  for (u64 i = 1; i <= 300; ++i) {
    // One that is nowhere, and one in the name of a node that is there.
    for (const u8 host : {u8{50}, u8{2}})
      for (const auto& bytes : {ping(host, i), request(host, type_get_addresses, {}, i)}) {
        in += bytes.size();
        a.contacts.receive(turn, at(host), bytes, port);
      }
    turn.now += 10ms;
    run();
  }
  std::size_t out = 0;
  for (const auto& bytes : a.sent) out += bytes.size();
  EXPECT_LE(out, 3 * in);
  EXPECT_GE(out, in / 3) << "pings are answered all the same";
}

TEST_F(ContactsTest, an_answer_counts_only_from_where_it_was_asked) {
  auto& a = add(1);
  a.contacts.inquire(turn, at(50), port);
  const auto asked = std::get<core::SendDatagram>(*a.contacts.take());
  const auto id = decode_datagram(asked.bytes)->message.call->id;
  const auto pong = encode_answer(profile_b, {Body(encode(own_info(key(50), port, port))), {}});
  const auto answer =
      encode(Datagram{key(50),
                      {{std::string(discovery_protocol), "go-spacemesh/0.0.2", 0, to_buffer(key(50)), network_id},
                       Call{false, type_ping, id},
                       Body(*pong)}},
             rng.bytes<24>());
  a.contacts.receive(turn, at(51), answer, port);
  a.contacts.receive(turn, at(50, 1), answer, port);
  EXPECT_FALSE(a.contacts.take());
  a.contacts.receive(turn, at(50), answer, port);
  EXPECT_TRUE(a.contacts.take());
  run();
  a.contacts.receive(turn, at(50), answer, port);
  EXPECT_FALSE(a.contacts.take()) << "once";
}

TEST_F(ContactsTest, another_key_than_the_expected_is_nobody) {
  auto& a = add(1);
  add(2);
  auto there = at(2);
  there.id = PeerId{key(3)};
  a.contacts.inquire(turn, there, port);
  nodes.at(2).here = there;
  run();
  EXPECT_TRUE(a.heard.empty());
}

TEST_F(ContactsTest, other_networks_are_not_answered) {
  auto& a = add(1, network_id + 1);
  a.contacts.receive(turn, at(50), ping(50), port);
  run();
  EXPECT_TRUE(a.sent.empty());
}

TEST_F(ContactsTest, questions_are_forgotten_in_time_and_only_so_many_wait) {
  auto& a = add(1);
  for (std::size_t i = 0; i < max_contact_questions + 10; ++i) a.contacts.inquire(turn, at(50), port);
  std::size_t sent = 0;
  while (a.contacts.take()) ++sent;
  EXPECT_EQ(sent, max_contact_questions);
  EXPECT_EQ(a.contacts.next(), turn.now + contact_patience);
  turn.now += contact_patience;
  a.contacts.on_tick(turn.now);
  EXPECT_EQ(a.contacts.next(), never);
  a.contacts.inquire(turn, at(50), port);
  EXPECT_TRUE(a.contacts.take());
}

TEST_F(ContactsTest, bytes_that_are_no_datagram_say_nothing) {
  auto& a = add(1);
  const auto good = ping(50);
  for (std::size_t i = 0; i < good.size(); i += 7) {
    auto bad = good;
    bad[i] ^= 1;
    a.contacts.receive(turn, at(50), bad, port);
    a.contacts.receive(turn, at(50), Bytes(good).first(i), port);
  }
  run();
  EXPECT_TRUE(a.sent.empty());
}

}  // namespace
}  // namespace kith::spacemesh
