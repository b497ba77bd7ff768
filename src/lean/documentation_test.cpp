// The examples of docs/protocol/lean.md are the bytes that this code makes. KITH_PRINT_EXAMPLES=1 prints them.
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>

#include "codec/address_xdr.hpp"
#include "lean/control.hpp"
#include "lean/hello.hpp"
#include "lean/talk_test.hpp"

namespace kith::lean {
namespace {

std::string page() {
  std::ifstream file(KITH_SOURCE_DIR "/docs/protocol/lean.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Documentation : ::testing::Test {
  const std::string text = page();
  /// The page shows `bytes` on the line of the example `name`.
  void expect_shown(const std::string& name, Bytes bytes) const {
    const auto line = "    " + name + " = " + to_hex(bytes) + "\n";
    if (std::getenv("KITH_PRINT_EXAMPLES")) std::cout << line;
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
};

Address example_address() { return {Ip::v4(192, 0, 2, 1), 7513, "lean", testing::Node(0x11).id()}; }

TEST_F(Documentation, shows_the_bytes_of_a_hello_frame_header_and_control) {
  auto hello = testing::Node(0x11).offer.hello;
  expect_shown("hello", encode_hello(hello));
  Buffer frame;
  write_frame(frame, {1, true, true, false, as_bytes("abc")});
  expect_shown("one frame, lane 1, begin and end, 3 bytes", frame);
  Buffer head;
  write_head(head, {.name = 0, .role = Role::request, .type = 1, .time = testing::test_utc, .is_signed = false});
  expect_shown("header of a request of type 1 of name 0, unsigned", head);
  expect_shown("names ping/1, addresses/1", encode_names({{"ping/1", "addresses/1"}, false}));
  Names all{{"gossip/1"}, true};
  all.fork = {0x68656c6c, 800'000};
  std::vector<KindTag> kinds{gossip::tag_of("note"), gossip::tag_of("votes")};
  std::ranges::sort(kinds);
  all.kinds = kinds;
  expect_shown("names gossip/1, with a fork, signatures, and the kinds note and votes", encode_names(all));
  expect_shown("goodbye, shutting down", encode_goodbye(Fault::shutting_down));
}

TEST_F(Documentation, shows_the_bytes_of_ping) {
  testing::Talk talk;
  const auto ping = talk.said(0, Role::request);
  ASSERT_TRUE(ping);
  expect_shown("ping without an address", ping->body.bytes());
  talk.hear({1, 0, Role::request, 1, ping->body});
  const auto pong = talk.said(0, Role::answer);
  ASSERT_TRUE(pong);
  expect_shown("pong                   ", pong->body.bytes());
  Buffer called_back;
  codec::XdrWriter write(called_back);
  codec::write_address(write, example_address());
  write.boolean(true);
  expect_shown("called back", called_back);
}

TEST_F(Documentation, shows_the_bytes_of_addresses) {
  testing::Talk talk;
  const auto ask = talk.said(1, Role::request);
  ASSERT_TRUE(ask);
  EXPECT_TRUE(ask->body.empty());
  Buffer learned;
  codec::XdrWriter write(learned);
  write.u32(1);
  codec::write_address(write, {Ip::v4(8, 8, 4, 4), 7513, "lean", testing::Node(0x11).id()});
  write.i64(to_seconds(testing::test_utc));
  talk.hear({ask->lane, 1, Role::answer, 1, Body(learned)});
  EXPECT_EQ(talk.host.neighbours()[0].book().size(), 0U) << "one's own address is not learned";
  expect_shown("answer with one address", learned);
  talk.hear({1, 1, Role::request, 1, {}});
  const auto answer = talk.said(1, Role::answer);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(equal(answer->body.bytes(), Buffer(4, 0))) << "an array of none";
}

TEST_F(Documentation, shows_the_bytes_of_a_question_for_takers_of_a_kind) {
  Buffer of_kind;
  codec::XdrWriter(of_kind).u32(gossip::tag_of("votes"));
  expect_shown("get of the kind votes", of_kind);
}

TEST_F(Documentation, shows_the_bytes_of_gossip) {
  testing::Talk talk;
  const auto envelope = encode_envelope(testing::example_envelope(talk.a.identity));
  expect_shown("envelope of \"hello\", kind note", envelope);
  core::Turn turn{Time{} + 1s, testing::test_utc, talk.rng};
  ASSERT_TRUE(talk.host.publish_item(turn, 0, Body(envelope)));
  const auto offer = talk.said(2, Role::letter);
  ASSERT_TRUE(offer);
  expect_shown("offer", offer->body.bytes());
  const ItemHash hash = envelope_hash(envelope);
  Buffer announce;
  codec::XdrWriter(announce).string("note").u32(1).fixed(ItemHash{1, 2, 3});
  expect_shown("announce", announce);
  talk.hear({1, 2, Role::letter, 2, Body(announce)});
  const auto want = talk.said(2, Role::request);
  ASSERT_TRUE(want);
  expect_shown("want", want->body.bytes());
  Buffer mine;
  codec::XdrWriter(mine).string("note").fixed(hash);
  talk.hear({3, 2, Role::request, 3, Body(mine)});
  const auto answer = talk.said(2, Role::answer);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(equal(answer->body.bytes(), offer->body.bytes()));
}

TEST_F(Documentation, shows_the_bytes_of_headers) {
  testing::Talk talk;
  Buffer locator;
  codec::XdrWriter(locator).u32(1).fixed(testing::test_network);
  expect_shown("get headers", locator);
  talk.hear({1, 3, Role::request, 1, Body(locator)});
  const auto headers = talk.said(3, Role::answer);
  ASSERT_TRUE(headers);
  expect_shown("headers", headers->body.bytes());
}

TEST_F(Documentation, shows_the_bytes_of_find) {
  testing::Talk talk;
  const auto letter = talk.said(5, Role::letter);
  ASSERT_TRUE(letter);
  expect_shown("contact without an address", letter->body.bytes());
  const testing::Node b(0x22);
  const auto contact =
      sign_contact({.id = b.id(), .time = testing::test_utc, .findable = true, .addresses = {example_address()}},
                   b.identity, testing::test_network);
  expect_shown("contact with one", contact);
  talk.hear({1, 5, Role::letter, 1, Body(contact)});
  talk.hear({3, 5, Role::request, 2, Body(to_buffer(b.id().key))});
  const auto answer = talk.said(5, Role::answer);
  ASSERT_TRUE(answer);
  Buffer there;
  codec::XdrWriter(there).opaque(contact).u32(0);
  EXPECT_TRUE(equal(answer->body.bytes(), there)) << "the contact alone of a node that does not listen";
}

TEST_F(Documentation, shows_the_bytes_of_mail) {
  testing::Talk talk;
  core::Turn turn{Time{} + 1s, testing::test_utc, talk.rng};
  const auto number = talk.host.send(turn, talk.b.id(), "text", Body(to_buffer(as_bytes("hello"))));
  ASSERT_TRUE(number);
  auto letter = to_buffer(talk.said(6, Role::request).value().body.bytes());
  Buffer numbered;
  codec::XdrWriter(numbered).u64(*number);
  EXPECT_TRUE(equal(Bytes(letter).first(8), numbered));
  std::fill_n(letter.begin(), 8, u8{0});
  letter[7] = 1;
  expect_shown("letter 1 of protocol text, \"hello\"", letter);
}

TEST_F(Documentation, shows_the_bytes_of_a_sealed_payload) {
  const testing::Node a(0x11);
  const testing::Node b(0x22);
  const Letter letter{.who = b.id(), .number = 1, .protocol = "text", .bytes = Body(to_buffer(as_bytes("hello")))};
  crypto::Key e;
  e.fill(0x33);
  const auto payload = seal_letter(letter, {}, a.identity, testing::test_network, crypto::exchange_pair(e));
  ASSERT_TRUE(payload);
  expect_shown("sealed to 22…22 by 11…11, ephemeral secret 33…33", *payload);
}

}  // namespace
}  // namespace kith::lean
