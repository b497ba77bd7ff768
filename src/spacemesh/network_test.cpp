// The conversation over this wire: who is there, gossip, messages to one, calls, and time.
#include "spacemesh/network_test.hpp"

namespace kith::spacemesh {
namespace {

using testing::key;
using testing::Network;
using testing::Node;

std::string text(Bytes bytes) { return std::string(as_text(bytes)); }

struct OriginalWire : ::testing::Test {
  Network net;

  Peer only(const Node& node) {
    EXPECT_EQ(node.open(), 1U);
    return node.host().connections().rows().begin()->first;
  }
  Result<u64> call(Node& from, u32 type, std::string_view body) {
    return net.command(from, [&](core::Host& host, core::Turn& turn) {
      return host.call(turn, only(from), testing::chat, type, Body(to_buffer(as_bytes(body))));
    });
  }
};

TEST_F(OriginalWire, opens_with_one_record_and_knows_a_claim_for_what_it_is) {
  auto& a = net.add();
  auto& b = net.add();
  net.connect(a, b);
  ASSERT_EQ(b.ups.size(), 1U) << "who is dialled answers nothing and waits for nothing";
  EXPECT_EQ(b.ups[0].hello.claimed, PeerId{key(1)});
  EXPECT_FALSE(b.ups[0].hello.id) << "nobody has proven anything";
  EXPECT_TRUE(a.ups.empty()) << "silence is no consent yet";
  net.pass(silence_is_consent);
  ASSERT_EQ(a.ups.size(), 1U);
  EXPECT_EQ(a.ups[0].hello.claimed, PeerId{key(2)});
}

TEST_F(OriginalWire, is_refused_by_the_end_of_the_stream) {
  auto& a = net.add();
  for (const auto& first :
       {net.first(9, "go-spacemesh/0.0.1"), net.first(9, "kith"), net.first(9, "go-spacemesh/0.0.2", 2)}) {
    const auto peer = net.knock(a, Ip::v4(9, 9, 0, 1));
    net.send(a, peer, first);
    EXPECT_FALSE(a.host().connections().find(peer));
  }
  EXPECT_EQ(a.downs, (std::vector{Fault::wrong_network, Fault::wrong_network, Fault::wrong_network}));
  EXPECT_TRUE(a.blamed.empty());
}

TEST_F(OriginalWire, waits_fifteen_seconds_for_the_first_record) {
  auto& a = net.add();
  const auto peer = net.knock(a, Ip::v4(9, 9, 0, 1));
  net.pass(first_record_patience - 1s);
  EXPECT_TRUE(a.host().connections().find(peer));
  net.pass(1s);
  EXPECT_FALSE(a.host().connections().find(peer));
  EXPECT_EQ(a.downs, std::vector{Fault::handshake_failed});
}

TEST_F(OriginalWire, passes_on_what_its_judge_accepts_and_nothing_else) {
  auto& a = net.add();
  auto& b = net.add();
  auto& c = net.add();
  net.join(a, b);
  net.join(b, c);
  net.publish(a, "+good");
  net.pass(1s);
  ASSERT_EQ(c.items.size(), 1U);
  EXPECT_EQ(text(c.items[0]), "+good");
  for (const auto* words : {"-bad", "+better"}) {
    const auto who = static_cast<u8>(words[0]);
    const auto peer = net.knock(b, Ip::v4(9, who, 0, 1));
    net.send(b, peer, net.first(who));
    net.send(b, peer, net.message("TxGossip", as_bytes(words)));
  }
  net.pass(1s);
  ASSERT_EQ(a.items.size(), 2U) << "its own, too";
  EXPECT_EQ(text(a.items[1]), "+better");
  EXPECT_EQ(c.items.size(), 2U);
  EXPECT_EQ(b.blamed, std::vector{Fault::bad_item});
}

TEST_F(OriginalWire, gives_who_comes_later_what_was_accepted_lately) {
  auto& a = net.add();
  auto& b = net.add();
  net.publish(a, "+early");
  net.join(a, b);
  net.pass(1s);
  EXPECT_EQ(b.items.size(), 1U);
}

TEST_F(OriginalWire, carries_a_message_to_one_neighbour) {
  auto& a = net.add();
  auto& b = net.add();
  net.join(a, b);
  const auto say = [&](Node& from, Peer to, std::string_view protocol) {
    return net.command(from, [&](core::Host& host, core::Turn& turn) {
      return host.direct(turn, to, protocol, Body(to_buffer(as_bytes("hello"))));
    });
  };
  EXPECT_TRUE(say(a, only(a), testing::chat));
  EXPECT_EQ(say(a, Peer{99}, testing::chat).error().fault, Fault::unreachable);
  EXPECT_EQ(say(a, only(a), "/other/").error().fault, Fault::unknown_name);
  ASSERT_EQ(b.directs.size(), 1U);
  EXPECT_EQ(text(b.directs[0].bytes.bytes()), "hello");
  EXPECT_EQ(b.directs[0].protocol, testing::chat);
  EXPECT_EQ(b.directs[0].from.hello.claimed, PeerId{key(1)});
}

TEST_F(OriginalWire, answers_a_call_or_says_why_not_or_lets_its_time_pass) {
  auto& a = net.add();
  auto& b =
      net.add({.own = {{std::string(testing::chat), [](u32 type, Bytes body) -> std::expected<Buffer, std::string> {
                          if (type == 1) return std::unexpected("not today");
                          return to_buffer(body);
                        }}}});
  net.join(a, b);
  ASSERT_TRUE(call(a, 7, "ask"));
  ASSERT_EQ(a.calls.size(), 1U);
  EXPECT_EQ(text(a.calls[0].answer->bytes()), "ask");
  ASSERT_TRUE(call(a, 1, "ask"));
  ASSERT_EQ(a.calls.size(), 2U);
  EXPECT_EQ(a.calls[1].answer.error().fault, Fault::refused);
  EXPECT_EQ(a.calls[1].text, "not today");
  // Whoever is there reads and says nothing.
  const auto mute = net.knock(a, Ip::v4(9, 9, 0, 1));
  net.send(a, mute, net.first(9));
  ASSERT_TRUE(net.command(
      a, [&](core::Host& host, core::Turn& turn) { return host.call(turn, mute, testing::chat, 3, Body(Buffer{1})); }));
  net.pass(call_patience - 1s);
  EXPECT_EQ(a.calls.size(), 2U);
  net.pass(2s);
  ASSERT_EQ(a.calls.size(), 3U);
  EXPECT_EQ(a.calls[2].answer.error().fault, Fault::no_answer);
}

TEST_F(OriginalWire, takes_an_answer_from_whom_it_asked_alone) {
  auto& a = net.add();
  std::vector<Peer> two;
  for (const u8 who : {u8{8}, u8{9}}) {
    two.push_back(net.knock(a, Ip::v4(9, who, 0, 1)));
    net.send(a, two.back(), net.first(who));
  }
  ASSERT_TRUE(net.command(a, [&](core::Host& host, core::Turn& turn) {
    return host.call(turn, two[0], testing::chat, 3, Body(Buffer{1}));
  }));
  const auto answer = *encode_answer(profile_b, {Body(Buffer{5}), {}});
  for (u64 id = 0; id < 10; ++id) net.send(a, two[1], net.message(testing::chat, answer, Call{false, 3, id}));
  EXPECT_TRUE(a.calls.empty()) << "forged";
  net.send(a, two[0], net.message(testing::chat, answer, Call{false, 4, 1}));
  EXPECT_TRUE(a.calls.empty()) << "of another type";
  net.send(a, two[0], net.message(testing::chat, answer, Call{false, 3, 1}));
  EXPECT_EQ(a.calls.size(), 1U);
}

TEST_F(OriginalWire, takes_a_record_once_however_often_it_comes) {
  auto& a = net.add();
  const auto record = net.message(testing::chat, as_bytes("pay"));
  for (const u8 who : {u8{8}, u8{9}}) {
    const auto peer = net.knock(a, Ip::v4(9, who, 0, 1));
    net.send(a, peer, net.first(who));
    for (int i = 0; i < 3; ++i) net.send(a, peer, record);
  }
  EXPECT_EQ(a.directs.size(), 1U);
}

TEST_F(OriginalWire, finds_others_through_one_whom_it_asks_and_keeps_connections_to_them) {
  auto& hub = net.add();
  std::vector<Node*> all{&hub};
  for (int i = 0; i < 6; ++i) all.push_back(&net.add({.outbound = 3, .first = {Network::address(hub)}}));
  net.pass(90s);
  for (auto* node : all) EXPECT_GE(node->open(), 3U);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i]->host().neighbours()[0].book().size(), 4U);
  net.publish(*all[3], "+to all");
  net.pass(2s);
  for (auto* node : all) EXPECT_GE(node->items.size(), node == all[3] ? 0U : 1U);
}

TEST_F(OriginalWire, of_two_that_dial_each_other_at_once_neither_is_left_alone) {
  auto& a = net.add();
  auto& b = net.add();
  for (int i = 0; i < 1000; ++i) {
    for (auto [from, to] : {std::pair(&a, &b), std::pair(&b, &a)})
      from->world->command(net.turn(*from), [&](core::Host& host, core::Turn& mine) {
        host.connect(mine, {.dns = {}, .family = 0, .address = Network::address(*to)});
        return true;
      });
    net.pass(2 * silence_is_consent, silence_is_consent);
    ASSERT_GE(a.open(), 1U) << i;
    ASSERT_GE(b.open(), 1U) << i;
    for (auto* node : {&a, &b})
      net.command(*node, [&](core::Host& host, core::Turn& turn) {
        for (const Peer peer : host.connections().peers()) host.disconnect(turn, peer);
        return true;
      });
    ASSERT_EQ(a.open() + b.open(), 0U);
  }
}

TEST_F(OriginalWire, who_claims_to_be_a_neighbour_takes_nothing_from_it) {
  auto& a = net.add();
  auto& b = net.add();
  net.join(b, a);
  const auto peer = net.knock(a, Ip::v4(9, 9, 0, 1));
  net.send(a, peer, net.first(2));
  EXPECT_TRUE(a.downs.empty());
  // A ban of the liar is none of whom it claims to be.
  for (int i = 0; i < 100 && a.host().connections().find(peer); ++i)
    net.send(a, peer, net.message("TxGossip", Buffer{'-', static_cast<u8>(i)}));
  EXPECT_FALSE(a.host().connections().find(peer));
  EXPECT_EQ(b.open(), 1U);
  EXPECT_EQ(a.open(), 1U);
  net.command(b, [&](core::Host& host, core::Turn& turn) { return host.disconnect(turn, only(b)); });
  net.join(b, a);
  EXPECT_EQ(b.open(), 1U) << "it may come again";
}

TEST_F(OriginalWire, does_not_talk_to_itself) {
  auto& a = net.add();
  net.connect(a, a);
  net.pass(2s);
  EXPECT_EQ(a.open(), 0U);
}

TEST_F(OriginalWire, notices_a_clock_that_most_neighbours_contradict) {
  auto& late = net.add({.skew = -std::chrono::minutes(9)});
  for (int i = 0; i < 4; ++i) net.join(late, net.add());
  ASSERT_EQ(late.open(), 4U);
  net.pass(2 * 30min, 10s);
  EXPECT_TRUE(late.clocks.empty()) << "nine minutes are not enough to be refused";
}

TEST_F(OriginalWire, tells_the_time_and_what_it_cannot_read) {
  auto& a = net.add();
  auto& b = net.add({.own = {{std::string(clock_protocol) + "x"}}});
  net.join(b, a);
  const auto peer = net.knock(a, Ip::v4(9, 9, 0, 1));
  net.send(a, peer, net.first(9));
  for (const auto& body : {Buffer{}, encode_clock_question(1)})
    net.send(a, peer, net.message(clock_protocol, body, Call{true, type_clock, 1}));
  net.send(a, peer, net.message(clock_protocol, Buffer{1}, Call{true, 99, 1}));
  EXPECT_TRUE(a.host().connections().find(peer));
  EXPECT_TRUE(a.blamed.empty());
  net.send(a, peer, net.message(clock_protocol, as_bytes("a letter")));
  EXPECT_EQ(a.blamed, std::vector{Fault::unwelcome});
}

}  // namespace
}  // namespace kith::spacemesh
