// What every sub-protocol owes to hostile bytes: a message that is cut, or longer than it should be, is never taken.
#include <gtest/gtest.h>

#include "codec/address_xdr.hpp"
#include "lean/talk_test.hpp"

namespace kith::lean {
namespace {

using testing::Talk;

struct Example {
  const char* what;
  u16 name;
  Role role;
  u32 type;
  Buffer payload;
};

Address example_address() { return {Ip::v4(8, 8, 4, 4), 7513, "lean", testing::Node(0x33).id()}; }

template <typename Write>
Buffer payload(Write write) {
  Buffer out;
  codec::XdrWriter writer(out);
  write(writer);
  return out;
}

Buffer example_contact(u8 seed) {
  const testing::Node of(seed);
  return sign_contact({.id = of.id(), .time = testing::test_utc, .findable = true, .addresses = {example_address()}},
                      of.identity, testing::test_network);
}

std::vector<Example> examples() {
  using codec::write_address;
  using codec::XdrWriter;
  const testing::Node author(0x44);
  Buffer offer = payload([](XdrWriter& out) { out.string("note"); });
  append(offer, encode_envelope(testing::example_envelope(author.identity)));
  return {
      {"ping", 0, Role::request, 1, payload([](XdrWriter& out) { write_address(out.u32(1), example_address()); })},
      {"pong", 0, Role::answer, 1, payload([](XdrWriter& out) { write_address(out.u32(1), example_address()); })},
      {"called back", 0, Role::letter, 2, payload([](XdrWriter& out) {
         write_address(out, example_address());
         out.boolean(true);
       })},
      {"addresses", 1, Role::answer, 1, payload([](XdrWriter& out) {
         write_address(out.u32(1), example_address());
         out.i64(1'700'000'000);
       })},
      {"get addresses of kind", 1, Role::request, 2, payload([](XdrWriter& out) { out.u32(7); })},
      {"offer", 2, Role::letter, 1, offer},
      {"announce", 2, Role::letter, 2, payload([](XdrWriter& out) { out.string("note").u32(1).fixed(ItemHash{1}); })},
      {"want", 2, Role::request, 3, payload([](XdrWriter& out) { out.string("note").fixed(ItemHash{1}); })},
      {"get headers", 3, Role::request, 1, payload([](XdrWriter& out) { out.u32(1).fixed(Hash{1}); })},
      {"headers", 3, Role::answer, 1, payload([](XdrWriter& out) { out.u32(1).opaque(Buffer(80, 1)); })},
      {"announced headers", 3, Role::letter, 2, payload([](XdrWriter& out) { out.u32(1).opaque(Buffer(80, 1)); })},
      {"get block", 4, Role::request, 1, Buffer(32, 1)},
      {"contact", 5, Role::letter, 1, example_contact(0x22)},
      {"where", 5, Role::request, 2, Buffer(32, 1)},
      {"there", 5, Role::answer, 2, payload([](XdrWriter& out) {
         out.opaque(example_contact(0x33));
         write_address(out.u32(1), example_address());
       })},
      {"letter", 6, Role::request, 1, payload([](XdrWriter& out) { out.u64(1).string("text").opaque(Buffer(3, 1)); })},
      {"acknowledgement", 6, Role::request, 2, payload([](XdrWriter& out) { out.u64(1); })},
      {"answer to a letter", 6, Role::answer, 1, {}},
  };
}

/// What the peer is blamed for after it said this.
std::optional<Fault> blamed_for(const Example& example, Buffer payload) {
  Talk talk;
  while (talk.host.take()) {
  }
  const Lane lane = example.role == Role::answer ? 2 : 1;
  talk.hear({lane, example.name, example.role, example.type, Body(std::move(payload))});
  while (auto order = talk.host.take()) {
    const auto* event = std::get_if<core::Event>(&*order);
    const auto* blamed = event ? std::get_if<core::PeerBlamed>(event) : nullptr;
    if (blamed) return blamed->error.fault;
  }
  return std::nullopt;
}

TEST(Messages, that_are_good_are_nobodys_debt) {
  for (const auto& example : examples()) EXPECT_EQ(blamed_for(example, example.payload), std::nullopt) << example.what;
}

TEST(Messages, that_are_cut_anywhere_are_the_peers_debt) {
  for (const auto& example : examples())
    for (std::size_t size = 0; size < example.payload.size(); ++size)
      EXPECT_EQ(blamed_for(example, to_buffer(Bytes(example.payload).first(size))), Fault::malformed)
          << example.what << " cut at " << size;
}

TEST(Messages, that_go_on_after_their_end_are_the_peers_debt) {
  for (const auto& example : examples()) {
    auto longer = example.payload;
    longer.push_back(0);
    EXPECT_EQ(blamed_for(example, longer), Fault::malformed) << example.what;
  }
}

TEST(Messages, with_more_entries_than_the_limit_are_the_peers_debt) {
  const auto count = [](u32 n) { return payload([n](codec::XdrWriter& out) { out.u32(n); }); };
  EXPECT_EQ(blamed_for({"addresses", 1, Role::answer, 1, {}}, count(1001)), Fault::oversize);
  EXPECT_EQ(blamed_for({"headers", 3, Role::answer, 1, {}}, count(2001)), Fault::oversize);
  EXPECT_EQ(blamed_for({"announced headers", 3, Role::letter, 2, {}}, count(9)), Fault::oversize);
  EXPECT_EQ(blamed_for({"locator", 3, Role::request, 1, {}}, count(102)), Fault::oversize);
  const auto announce = payload([](codec::XdrWriter& out) { out.string("note").u32(1001); });
  EXPECT_EQ(blamed_for({"announce", 2, Role::letter, 2, {}}, announce), Fault::oversize);
}

TEST(Messages, of_a_type_that_is_not_known_cost_nothing) {
  for (u16 name = 0; name < 7; ++name) {
    const Example unknown{"unknown", name, Role::letter, 99, {}};
    EXPECT_EQ(blamed_for(unknown, {}), std::nullopt) << name;
    const Example question{"unknown", name, Role::request, 99, {}};
    EXPECT_EQ(blamed_for(question, {}), std::nullopt) << name;
  }
  EXPECT_EQ(row(Fault::unknown_type).debtor, Debtor::network);
  EXPECT_FALSE(row(Fault::unknown_type).closes);
}

/// What is said to a peer that takes kinds, or does not say, in the first minutes.
std::size_t questions_of_kind(bool says_kinds, std::vector<Message>* asked = nullptr) {
  Talk talk;
  auto hello = talk.b.offer.hello;
  hello.id = testing::Node(0x33).id();
  hello.port = 0;
  hello.names = {0, 1, 2, 3, 4};
  if (says_kinds) hello.kinds.emplace();
  core::Turn turn{Time{} + 1s, testing::test_utc, talk.rng};
  const Peer peer = *talk.host.knocked(turn, {Ip::v4(8, 8, 8, 8), 40'000, "lean", std::nullopt});
  talk.host.report(turn, peer, core::Opened{hello});
  std::size_t out = 0;
  for (int i = 0; i < 60; ++i, turn.now += 1s) {
    talk.host.tick(turn);
    while (auto order = talk.host.take()) {
      const auto* say = std::get_if<core::Say>(&*order);
      if (!say || say->peer != peer || say->message.role != Role::request || say->message.name != 1) continue;
      if (say->message.type != 2) continue;
      ++out;
      if (asked) asked->push_back(say->message);
    }
  }
  return out;
}

TEST(Messages, that_ask_for_takers_of_a_kind_go_only_to_who_knows_of_kinds) {
  std::vector<Message> asked;
  EXPECT_GT(questions_of_kind(true, &asked), 0U);
  EXPECT_EQ(questions_of_kind(false), 0U);
  // Any of this node's own: letters are such a kind too.
  for (const auto& question : asked) {
    codec::XdrReader in(question.body.bytes());
    const KindTag kind = in.u32();
    EXPECT_TRUE(in.done("kind"));
    EXPECT_TRUE(kind == gossip::tag_of("note") || kind == gossip::tag_of("sealed")) << kind;
  }
}

TEST(Messages, that_ask_for_takers_of_a_kind_are_answered_with_those_alone) {
  Talk talk;
  // Two nodes that we learn of, one of which takes votes.
  const auto votes = gossip::tag_of("votes");
  core::Turn turn{Time{} + 1s, testing::test_utc, talk.rng};
  for (const u8 i : {u8{1}, u8{2}}) {
    auto hello = talk.b.offer.hello;
    hello.id = testing::Node(i).id();
    if (i == 2) hello.kinds = {votes};
    talk.host.connect(turn, Endpoint{{}, 0, {Ip::v4(8, i, 0, 1), 7513, "lean", hello.id}});
    std::optional<Peer> peer;
    while (auto order = talk.host.take())
      if (const auto* dial = std::get_if<core::Dial>(&*order)) peer = dial->peer;
    ASSERT_TRUE(peer);
    talk.host.report(turn, *peer, core::Opened{hello});
  }
  const auto entries = [&](u32 type, const Buffer& body) {
    talk.hear({type, 1, Role::request, type, Body(body)});
    const auto answer = talk.said(1, Role::answer);
    return answer ? codec::XdrReader(answer->body.bytes()).u32() : ~0u;
  };
  EXPECT_EQ(entries(1, {}), 2U);
  Buffer body;
  codec::XdrWriter(body).u32(votes);
  EXPECT_EQ(entries(2, body), 1U);
  Buffer other;
  codec::XdrWriter(other).u32(votes + 1);
  EXPECT_EQ(entries(2, other), 0U);
}

TEST(Messages, unasked_addresses_are_not_learned) {
  Talk talk;
  talk.hear({2, 1, Role::answer, 1, Body(examples()[3].payload)});
  const auto asked = talk.said(1, Role::request);
  EXPECT_EQ(talk.host.neighbours()[0].book().size(), asked && asked->lane == 2 ? 1U : 0U);
  Talk other;
  other.hear({10'002, 1, Role::answer, 1, Body(examples()[3].payload)});
  EXPECT_EQ(other.host.neighbours()[0].book().size(), 0U);
}

}  // namespace
}  // namespace kith::lean
