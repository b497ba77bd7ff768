// The examples of docs/protocol/lean.md are the bytes that this code makes. KITH_PRINT_EXAMPLES=1 prints them.
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>

#include "codec/address_xdr.hpp"
#include "core/host.hpp"
#include "lean/control.hpp"
#include "lean/envelope.hpp"
#include "lean/hello.hpp"
#include "lean/mount.hpp"
#include "lean/pair_test.hpp"
#include "lean/sync.hpp"

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

/// A host with one peer of which it can be told anything, and whose words are kept.
struct Talk {
  testing::Node a{0x11}, b{0x22};
  Rng rng = Rng::seeded(1);
  core::Host host;
  Peer peer;

  static core::HostConfig config(const testing::Node& a) {
    core::HostConfig out;
    out.self = a.offer.hello;
    out.neighbours.word = "lean";
    return out;
  }
  static std::vector<core::Kind> kinds(const testing::Node&) {
    std::vector<core::Kind> out;
    out.push_back(
        authored("note", 4096, Priority::item, testing::test_network, [](const Envelope&) { return Verdict::accept; }));
    return out;
  }
  Talk() : host(config(a), nullptr, kinds(a), protocols({}, true), {}, rng) {
    core::Turn turn{Time{}, testing::test_utc, rng};
    host.start(turn);
    peer = *host.knocked(turn, {Ip::v4(192, 0, 2, 1), 40'000, "lean", std::nullopt});
    auto hello = b.offer.hello;
    hello.port = 0;
    hello.names = {0, 1, 2, 3, 4};
    host.report(turn, peer, core::Opened{hello});
    host.tick(turn);
  }
  /// What the host says next of protocol `name` in `role`.
  std::optional<Message> said(u16 name, Role role) {
    while (auto order = host.take())
      if (const auto* say = std::get_if<core::Say>(&*order))
        if (say->message.name == name && say->message.role == role) return say->message;
    return std::nullopt;
  }
  void hear(Message message) {
    core::Turn turn{Time{} + 1s, testing::test_utc, rng};
    host.report(turn, peer, core::Arrived{std::move(message)});
    host.tick(turn);
  }
};

Envelope example_envelope(const crypto::Identity& author) {
  Envelope note{.version = version(0, 1, 0),
                .time = testing::test_utc,
                .protocol = "note",
                .type = 1,
                .payload = to_buffer(as_bytes("hello"))};
  sign_envelope(note, author, testing::test_network);
  return note;
}

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
  expect_shown("goodbye, shutting down", encode_goodbye(Fault::shutting_down));
}

TEST_F(Documentation, shows_the_bytes_of_ping) {
  Talk talk;
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
  Talk talk;
  const auto ask = talk.said(1, Role::request);
  ASSERT_TRUE(ask);
  EXPECT_TRUE(ask->body.empty());
  Buffer learned;
  codec::XdrWriter write(learned);
  write.u32(1);
  codec::write_address(write, {Ip::v4(8, 8, 4, 4), 7513, "lean", testing::Node(0x11).id()});
  write.i64(to_seconds(testing::test_utc));
  talk.hear({ask->lane, 1, Role::answer, 1, Body(learned)});
  EXPECT_EQ(talk.host.neighbours().book().size(), 0U) << "one's own address is not learned";
  expect_shown("answer with one address", learned);
  talk.hear({1, 1, Role::request, 1, {}});
  const auto answer = talk.said(1, Role::answer);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(equal(answer->body.bytes(), Buffer(4, 0))) << "an array of none";
}

TEST_F(Documentation, shows_the_bytes_of_gossip) {
  Talk talk;
  const auto envelope = encode_envelope(example_envelope(talk.a.identity));
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
  Talk talk;
  Buffer locator;
  codec::XdrWriter(locator).u32(1).fixed(testing::test_network);
  expect_shown("get headers", locator);
  talk.hear({1, 3, Role::request, 1, Body(locator)});
  const auto headers = talk.said(3, Role::answer);
  ASSERT_TRUE(headers);
  expect_shown("headers", headers->body.bytes());
}

}  // namespace
}  // namespace kith::lean
