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
  /// What somebody answers who is no node.
  Buffer answer(u8 sender, u32 type, u64 id, const Answer& what) {
    return encode(
        Datagram{key(sender),
                 {{std::string(discovery_protocol), "go-spacemesh/0.0.2", 0, to_buffer(key(sender)), network_id},
                  Call{false, type, id},
                  Body(*encode_answer(profile_b, what))}},
        rng.bytes<24>());
  }
  Buffer pong(u8 sender, u64 id) {
    return answer(sender, type_ping, id, {Body(encode(own_info(key(sender), port, port))), {}});
  }
  /// What `node` sends next, if that is a datagram.
  std::optional<Datagram> next(Node& node) {
    const auto report = node.contacts.take();
    const auto* send = report ? std::get_if<core::SendDatagram>(&*report) : nullptr;
    EXPECT_TRUE(send);
    return send ? std::optional(decode_datagram(send->bytes).value()) : std::nullopt;
  }
  /// Makes `node` believe that somebody is at `where`; it has nothing to report then.
  void prove(Node& node, const Address& where, u8 who) {
    node.contacts.inquire(turn, where, port);
    node.contacts.receive(turn, where, pong(who, next(node)->message.call->id), port);
    while (node.contacts.take()) {
    }
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
  const auto answer = pong(50, id);
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

TEST_F(ContactsTest, an_answer_that_comes_too_late_or_is_to_another_question_or_an_error_is_none) {
  auto& a = add(1);
  const auto ask = [&] {
    a.contacts.inquire(turn, at(50), port);
    return next(a)->message.call->id;
  };
  const auto hear = [&](const Buffer& bytes) { a.contacts.receive(turn, at(50), bytes, port); };
  hear(answer(50, type_get_addresses, ask(), {Body(encode(own_info(key(50), port, port))), {}}));
  EXPECT_FALSE(a.contacts.take()) << "to another question";
  const auto info = encode(own_info(key(50), port, port));
  hear(answer(50, type_ping, ask(), {Body(info), std::string(error_shutting_down)}));
  EXPECT_FALSE(a.contacts.take()) << "an error";
  const auto late = ask();
  turn.now += contact_patience;
  a.contacts.on_tick(turn.now);
  hear(pong(50, late));
  EXPECT_FALSE(a.contacts.take()) << "too late";
  hear(pong(50, ask()));
  EXPECT_TRUE(a.contacts.take());
}

TEST_F(ContactsTest, of_the_addresses_that_are_told_those_that_nobody_can_dial_and_its_own_are_left_out) {
  auto& a = add(1);
  a.contacts.inquire(turn, at(50), port);
  a.contacts.receive(turn, at(50), pong(50, next(a)->message.call->id), port);
  EXPECT_TRUE(a.contacts.take()) << "of who is there";
  const auto question = next(a)->message.call;
  ASSERT_EQ(question->type, type_get_addresses);
  const std::vector<NodeInfo> told{{key(1), at(1).ip, false, port, port},
                                   {key(2), std::nullopt, false, port, port},
                                   {key(3), at(3).ip, false, 0, port},
                                   {key(4), at(4).ip, false, 9, 10}};
  a.contacts.receive(turn, at(50), answer(50, type_get_addresses, question->id, {Body(encode_addresses(told)), {}}),
                     port);
  run();
  ASSERT_EQ(a.heard.size(), 1U);
  ASSERT_EQ(a.heard[0].addresses.size(), 1U);
  auto expected = at(4, 9);
  expected.id = PeerId{key(4)};
  EXPECT_EQ(a.heard[0].addresses[0].address, expected);
  EXPECT_EQ(a.heard[0].from, at(50));
}

TEST_F(ContactsTest, who_is_there_is_told_addresses_once_in_ten_seconds_and_believed_for_a_day) {
  auto& a = add(1);
  prove(a, at(50), 50);
  const auto answers = [&] {
    a.contacts.receive(turn, at(50), request(50, type_get_addresses, {}, 3), port);
    const auto before = a.sent.size();
    run();
    return a.sent.size() - before;
  };
  EXPECT_EQ(answers(), 1U);
  EXPECT_EQ(answers(), 0U);
  turn.now += tell_again;
  EXPECT_EQ(answers(), 0U);
  turn.now += 1ms;
  EXPECT_EQ(answers(), 1U);
  turn.now += proven_for - tell_again - 1ms;
  EXPECT_EQ(answers(), 1U);
  turn.now += tell_again + 1ms;
  EXPECT_EQ(answers(), 0U) << "it may be gone";
}

TEST_F(ContactsTest, a_host_is_pinged_back_where_it_listens_and_once_in_ten_seconds) {
  auto& a = add(1);
  const auto knock = [&] {
    a.contacts.receive(turn, at(50), request(50, type_ping, encode(own_info(key(50), 7600, 7601))), port);
    std::vector<u16> to;
    while (const auto report = a.contacts.take()) to.push_back(std::get<core::SendDatagram>(*report).to.port);
    return to;
  };
  EXPECT_EQ(knock(), (std::vector<u16>{7601, port})) << "a ping, and the pong to where the other came from";
  EXPECT_EQ(knock(), std::vector<u16>{port});
  turn.now += prove_again + 1ms;
  EXPECT_EQ(knock(), (std::vector<u16>{7601, port}));
  // Who has answered is not pinged back again.
  prove(a, at(50), 50);
  turn.now += prove_again + 1ms;
  std::size_t sent = 0;
  a.contacts.receive(turn, at(50), ping(50), port);
  while (const auto report = a.contacts.take())
    sent += std::size_t{std::holds_alternative<core::SendDatagram>(*report)};
  EXPECT_EQ(sent, 1U) << "the pong";
}

TEST_F(ContactsTest, no_more_than_fifty_hosts_are_pinged_back_in_a_second) {
  auto& a = add(1);
  const auto knock = [&](u8 lot) {
    std::size_t sent = 0;
    for (u8 i = 0; i < 200; ++i) {
      const Address from{Ip::v4(9, lot, i, 1), port, std::string(wire_word), std::nullopt};
      a.contacts.receive(turn, from, ping(50), port);
      while (a.contacts.take()) ++sent;
    }
    return sent - 200;
  };
  EXPECT_EQ(knock(1), proofs_per_second);
  EXPECT_EQ(knock(2), 0U);
  turn.now += 1s;
  EXPECT_EQ(knock(3), proofs_per_second);
}

TEST_F(ContactsTest, only_so_many_wait_to_be_told) {
  auto& a = add(1);
  std::vector<u64> asked;
  for (std::size_t i = 0; i < max_contact_questions + 10; ++i) {
    const Address from{Ip::v4(9, static_cast<u8>(i / 250), static_cast<u8>(i % 250), 1), port, std::string(wire_word),
                       std::nullopt};
    prove(a, from, 50);
    // prove() asks for addresses as well, which nobody answers here.
    turn.now += contact_patience;
    a.contacts.on_tick(turn.now);
    a.contacts.receive(turn, from, request(50, type_get_addresses, {}, 3), port);
    while (const auto report = a.contacts.take()) asked.push_back(std::get<core::AskedFor>(*report).question);
  }
  EXPECT_EQ(asked.size(), max_contact_questions);
  a.contacts.tell(turn, 999'999, {});
  EXPECT_FALSE(a.contacts.take()) << "nobody asked";
  a.contacts.tell(turn, asked[0], {});
  EXPECT_TRUE(a.contacts.take());
  a.contacts.tell(turn, asked[0], {});
  EXPECT_FALSE(a.contacts.take()) << "once";
}

TEST_F(ContactsTest, no_more_hosts_are_believed_than_the_limit) {
  auto& a = add(1);
  const auto asks = [&](const Address& from) {
    a.contacts.receive(turn, from, request(50, type_get_addresses, {}, 3), port);
    return a.contacts.take().has_value();
  };
  prove(a, at(50), 50);
  for (std::size_t i = 0; i < max_proven; ++i) {
    prove(a, {Ip::v4(9, static_cast<u8>(i / 250), static_cast<u8>(i % 250), 1), port, std::string(wire_word), {}}, 50);
    // Nobody answers what prove() asks besides.
    turn.now += contact_patience;
    a.contacts.on_tick(turn.now);
  }
  EXPECT_FALSE(asks(at(50))) << "the one who has proven it longest ago makes room";
  EXPECT_TRUE(asks({Ip::v4(9, 0, 0, 1), port, std::string(wire_word), {}}));
}

TEST_F(ContactsTest, tells_only_of_those_whose_key_it_has_heard) {
  auto& a = add(1);
  prove(a, at(50), 50);
  a.contacts.receive(turn, at(50), request(50, type_get_addresses, {}, 3), port);
  const auto question = std::get<core::AskedFor>(*a.contacts.take()).question;
  auto named = at(7);
  named.id = PeerId{key(7)};
  const std::vector<core::TimedAddress> known{{at(6), turn.utc}, {named, turn.utc}};
  a.contacts.tell(turn, question, known);
  const auto told = next(a);
  EXPECT_EQ(told->message.call, (Call{false, type_get_addresses, 3}));
  const auto infos = decode_addresses(decode_answer(profile_b, told->message.payload)->data.bytes()).value();
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0], (NodeInfo{key(7), at(7).ip, false, port, port}));
}

TEST_F(ContactsTest, its_own_datagrams_other_protocols_and_plain_messages_say_nothing) {
  auto& a = add(1);
  prove(a, at(50), 50);
  const auto say = [&](u8 sender, std::string_view protocol, std::optional<Call> call, std::string_view version) {
    const auto body = encode(own_info(key(sender), port, port));
    a.contacts.receive(
        turn, at(50),
        encode(
            Datagram{key(sender), {{std::string(protocol), std::string(version), 0, {}, network_id}, call, Body(body)}},
            rng.bytes<24>()),
        port);
    return a.contacts.take().has_value();
  };
  const Call question{true, type_ping, 1};
  EXPECT_FALSE(say(1, discovery_protocol, question, "go-spacemesh/0.0.2")) << "its own";
  EXPECT_FALSE(say(50, "/udp/v3/discovery", question, "go-spacemesh/0.0.2"));
  EXPECT_FALSE(say(50, discovery_protocol, std::nullopt, "go-spacemesh/0.0.2")) << "of which the original dies";
  EXPECT_FALSE(say(50, discovery_protocol, Call{true, 9, 1}, "go-spacemesh/0.0.2")) << "of an unknown type";
  EXPECT_FALSE(say(50, discovery_protocol, question, "go-spacemesh/0.0.1"));
  EXPECT_TRUE(say(50, discovery_protocol, question, "go-spacemesh/0.0.2"));
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
