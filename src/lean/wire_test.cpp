// What a session promises: every message once, whole, in any cut of the stream; and who owes for what breaks it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/xdr.hpp"
#include "lean/pair_test.hpp"
#include "lean/record.hpp"

namespace kith::lean {
namespace {

using testing::accept;
using testing::body_of;
using testing::carry;
using testing::dial;
using testing::End;
using testing::Node;

struct WireSession : ::testing::Test {
  Node a{1}, b{2};
  End dialler = dial(a, b.id());
  End listener = accept(b);
  void SetUp() override {
    carry(dialler, listener);
    ASSERT_TRUE(dialler.opened() && listener.opened());
  }
};

TEST_F(WireSession, carries_every_message_whole_whatever_the_cut) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, std::size_t{65'536}}) {
    listener.reports.clear();
    for (u32 i = 0; i < 5; ++i) dialler.say({2 * i + 1, 1, Role::letter, i, body_of(1000 * i * i, static_cast<u8>(i))});
    carry(dialler, listener, chunk);
    const auto got = listener.messages();
    ASSERT_EQ(got.size(), 5U);
    for (const auto& message : got)
      EXPECT_TRUE(equal(message.body.bytes(),
                        body_of(1000 * message.type * message.type, static_cast<u8>(message.type)).bytes()));
  }
}

TEST_F(WireSession, four_megabytes_do_not_hold_up_a_ping) {
  dialler.say({1, 1, Role::letter, 0, body_of(4'000'000)});
  const auto before = dialler.pull(65'536);
  dialler.say({3, 0, Role::letter, 9, body_of(8)});
  listener.receive(before);
  EXPECT_TRUE(listener.messages().empty());
  listener.receive(dialler.pull(1));
  ASSERT_EQ(listener.messages().size(), 1U);
  EXPECT_EQ(listener.messages()[0].type, 9U);
  carry(dialler, listener);
  EXPECT_EQ(listener.messages().size(), 2U);
}

TEST_F(WireSession, an_endless_stream_of_urgent_messages_lets_the_large_one_through) {
  dialler.say({1, 1, Role::letter, 0, body_of(100'000)});
  bool through = false;
  Lane lane = 1;
  for (int record = 0; record < 500 && !through; ++record) {
    for (int i = 0; i < 20; ++i) dialler.say({lane += 2, 0, Role::letter, 9, body_of(900)});
    listener.receive(dialler.pull(1));
    for (const auto& message : listener.messages()) through |= message.name == 1;
    listener.reports.clear();
  }
  EXPECT_TRUE(through);
}

TEST_F(WireSession, tells_when_said_bytes_have_left) {
  dialler.say({1, 1, Role::letter, 0, body_of(50'000)});
  std::size_t left = 0;
  while (dialler.wire->has_output()) dialler.pull(1);
  for (const auto& part : dialler.all<core::Left>()) left += part.bytes;
  EXPECT_EQ(left, 50'000U);
}

TEST_F(WireSession, who_reads_nothing_is_let_go_when_too_many_messages_wait_however_small) {
  for (u32 i = 0; i < max_waiting; ++i) dialler.say({2 * i + 1, 0, Role::letter, 0, Body()});
  EXPECT_EQ(dialler.closed(), std::nullopt);
  dialler.say({2 * max_waiting + 1, 0, Role::letter, 0, Body()});
  EXPECT_EQ(dialler.closed(), Fault::too_slow);
}

TEST_F(WireSession, reset_throws_away_what_waits_and_tells_the_other_side) {
  dialler.say({1, 1, Role::request, 0, body_of(50'000)});
  listener.receive(dialler.pull(1));
  dialler.reset(1);
  std::size_t left = 0;
  for (const auto& part : dialler.all<core::Left>()) left += part.bytes;
  EXPECT_EQ(left, 50'000U);
  carry(dialler, listener);
  ASSERT_EQ(listener.all<core::LaneReset>().size(), 1U);
  EXPECT_TRUE(listener.messages().empty());
  EXPECT_FALSE(listener.closed() || dialler.closed());
}

TEST_F(WireSession, an_answer_that_is_given_up_half_way_harms_nobody) {
  dialler.say({1, 0, Role::request, 0, body_of(1)});
  listener.receive(dialler.pull());
  listener.say({1, 1, Role::answer, 0, body_of(200'000)});
  const auto part = listener.pull(1);
  dialler.reset(1);
  dialler.receive(part);
  carry(dialler, listener);
  EXPECT_FALSE(dialler.closed() || listener.closed());
  dialler.say({3, 0, Role::letter, 5, body_of(1)});
  carry(dialler, listener);
  EXPECT_EQ(listener.messages().back().type, 5U);
}

TEST_F(WireSession, an_answer_that_nobody_asked_for_is_the_peers_debt) {
  listener.say({101, 0, Role::answer, 0, body_of(1)});
  carry(dialler, listener);
  EXPECT_EQ(dialler.closed(), Fault::never_asked);
}

TEST_F(WireSession, a_letter_on_a_lane_of_the_wrong_side_is_the_peers_debt) {
  dialler.say({2, 0, Role::letter, 0, body_of(1)});
  carry(dialler, listener);
  EXPECT_EQ(listener.closed(), Fault::bad_lane);
}

TEST_F(WireSession, a_message_larger_than_its_protocol_allows_ends_it) {
  dialler.say({1, 0, Role::letter, 0, body_of(1001)});
  carry(dialler, listener);
  EXPECT_EQ(listener.closed(), Fault::oversize);
}

TEST_F(WireSession, a_message_in_pieces_that_is_larger_than_its_protocol_allows_ends_it) {
  dialler.say({1, 0, Role::letter, 0, body_of(3 * max_plain)});
  carry(dialler, listener);
  EXPECT_EQ(listener.closed(), Fault::oversize);
}

TEST_F(WireSession, a_flip_on_the_path_is_nobodys_debt) {
  dialler.say({1, 0, Role::letter, 0, body_of(100)});
  const auto size = dialler.pull().size();
  for (std::size_t bit = 0; bit < size * 8; bit += 11) {
    Node c{1}, d{2};
    auto from = dial(c, d.id());
    auto to = accept(d);
    carry(from, to);
    from.say({1, 0, Role::letter, 0, body_of(100)});
    auto bad = from.pull();
    bad[bit / 8] = static_cast<u8>(bad[bit / 8] ^ (1 << bit % 8));
    to.receive(bad);
    to.ended();
    ASSERT_TRUE(to.closed());
    EXPECT_EQ(row(*to.closed()).debtor, Debtor::network);
    EXPECT_TRUE(to.messages().empty());
  }
}

TEST_F(WireSession, a_cut_stream_delivers_nothing_half) {
  dialler.say({1, 1, Role::letter, 0, body_of(40'000)});
  listener.receive(dialler.pull(1));
  listener.ended();
  EXPECT_EQ(listener.closed(), Fault::cut);
  EXPECT_TRUE(listener.messages().empty());
}

TEST_F(WireSession, a_goodbye_says_why_and_is_told_from_a_cut) {
  dialler.say({1, 0, Role::letter, 0, body_of(1)});
  dialler.close(Fault::shutting_down);
  listener.receive(dialler.pull());
  EXPECT_EQ(listener.closed(), Fault::shutting_down);
  EXPECT_EQ(dialler.closed(), Fault::shutting_down);
}

TEST_F(WireSession, keys_change_every_256_records_and_nothing_is_lost) {
  for (Lane i = 0; i < 600; ++i) {
    dialler.say({2 * i + 1, 0, Role::letter, i, body_of(1)});
    listener.receive(dialler.pull());
  }
  ASSERT_EQ(listener.messages().size(), 600U);
  EXPECT_EQ(listener.messages().back().type, 599U);
}

RC_GTEST_FIXTURE_PROP(WireSession, no_bytes_of_a_peer_break_us, (const std::vector<u8>& bytes)) {
  listener.receive(bytes);
  listener.ended();
  RC_ASSERT(listener.closed().has_value());
}

TEST(WireNames, a_name_of_another_wire_is_not_spoken_of) {
  const std::vector<Name> names{{"small/1", 1000}, {"inv", 1000, Priority::item, "bitcoin"}, {"large/1", 1000}};
  Node a(1, names), b(2, names);
  auto dialler = dial(a, b.id());
  auto listener = accept(b);
  carry(dialler, listener);
  EXPECT_EQ(dialler.all<core::Opened>()[0].hello.names, (std::vector<u16>{0, 2}));
}

TEST(WireNames, a_name_that_only_one_side_speaks_is_reported_and_ends_nothing) {
  Node a(1), b(2, {{"small/1", 1000, Priority::control}});
  auto dialler = dial(a, b.id());
  auto listener = accept(b);
  carry(dialler, listener);
  EXPECT_EQ(dialler.all<core::Opened>()[0].hello.names, std::vector<u16>{0});
  dialler.say({1, 1, Role::letter, 0, body_of(100'000)});
  dialler.say({3, 0, Role::letter, 4, body_of(1)});
  carry(dialler, listener);
  EXPECT_FALSE(listener.closed());
  ASSERT_EQ(listener.all<core::Erred>().size(), 1U);
  EXPECT_EQ(listener.all<core::Erred>()[0].error.fault, Fault::unknown_name);
  ASSERT_EQ(listener.messages().size(), 1U);
  EXPECT_EQ(listener.messages()[0].type, 4U);
}

TEST(WireNames, what_a_node_says_of_its_rules_and_kinds_arrives) {
  Node a(1), b(2);
  a.offer.hello.fork = {0x12345678, u64{1} << 40};
  a.offer.hello.kinds = {3, 70'000};
  auto dialler = dial(a, b.id());
  auto listener = accept(b);
  carry(dialler, listener);
  EXPECT_EQ(listener.all<core::Opened>().at(0).hello.fork, a.offer.hello.fork);
  EXPECT_EQ(listener.all<core::Opened>().at(0).hello.kinds, a.offer.hello.kinds);
  EXPECT_FALSE(dialler.all<core::Opened>().at(0).hello.fork);
  EXPECT_FALSE(dialler.all<core::Opened>().at(0).hello.kinds);
}

TEST(WireSignatures, one_side_that_demands_them_makes_both_sign) {
  Node a(1), b(2);
  b.shared.sign_all = true;
  auto dialler = dial(a, b.id());
  auto listener = accept(b);
  carry(dialler, listener);
  dialler.say({1, 0, Role::request, 1, body_of(10)});
  carry(dialler, listener);
  listener.say({1, 0, Role::answer, 2, body_of(20)});
  carry(dialler, listener);
  ASSERT_EQ(listener.messages().size(), 1U);
  EXPECT_EQ(listener.messages()[0].body.size(), 10U);
  ASSERT_EQ(dialler.messages().size(), 1U);
  EXPECT_EQ(dialler.messages()[0].body.size(), 20U);
}

/// Both ends of a session whose keys the test holds, so that it can be a peer that breaks the rules.
struct ForgedSession {
  Node a{1}, b{2};
  End listener = accept(b);
  std::optional<Session> session;
  ForgedSession() { start(); }
  void start() {
    auto turn = a.turn();
    auto asking = Asking::begin(a.shared, a.offer, turn, b.id());
    ASSERT_TRUE(asking);
    listener.receive(asking->message());
    const auto second = listener.pull();
    auto made = asking->finish(a.offer, turn, Bytes(second).first(second_size));
    ASSERT_TRUE(made);
    session.emplace(std::move(*made));
  }
  void send(Bytes plain) {
    Buffer out;
    ASSERT_TRUE(write_record(a.shared.aead, session->send, plain, out));
    listener.receive(out);
  }
  void send_names() {
    Buffer plain;
    const auto names = encode_names({{"small/1", "large/1"}, false});
    write_frame(plain, {control_lane, true, true, false, names});
    send(plain);
    ASSERT_TRUE(listener.opened());
  }
  /// What the listener makes of a frame inside an authenticated record.
  std::optional<Fault> after(const Frame& frame) {
    Buffer plain;
    write_frame(plain, frame);
    send(plain);
    return listener.closed();
  }
};
struct Forger : ::testing::Test, ForgedSession {};

TEST_F(Forger, a_message_before_the_names_is_the_peers_debt) {
  EXPECT_EQ(after({1, true, true, false, Buffer(24, 0)}), Fault::bad_frame);
}
TEST_F(Forger, names_twice_are_the_peers_debt) {
  send_names();
  const auto names = encode_names({{"small/1"}, false});
  EXPECT_EQ(after({control_lane, true, true, false, names}), Fault::bad_frame);
}
TEST_F(Forger, a_frame_that_runs_over_its_record_is_the_peers_debt) {
  send_names();
  Buffer plain;
  Writer(plain).u32be(1).byte(0xc0).u24be(100).zeros(99);
  send(plain);
  EXPECT_EQ(listener.closed(), Fault::bad_frame);
}
TEST_F(Forger, reserved_bits_are_the_peers_debt) {
  send_names();
  Buffer plain;
  Writer(plain).u32be(1).byte(0xc1).u24be(24).zeros(24);
  send(plain);
  EXPECT_EQ(listener.closed(), Fault::bad_frame);
}
TEST_F(Forger, a_piece_of_no_message_is_the_peers_debt) {
  send_names();
  EXPECT_EQ(after({1, false, true, false, Buffer(24, 0)}), Fault::bad_lane);
}
TEST_F(Forger, a_message_inside_another_is_the_peers_debt) {
  send_names();
  EXPECT_EQ(after({1, true, false, false, Buffer(24, 0)}), std::nullopt);
  EXPECT_EQ(after({1, true, false, false, Buffer(24, 0)}), Fault::bad_lane);
}
TEST_F(Forger, more_messages_in_pieces_than_the_limit_are_the_peers_debt) {
  send_names();
  for (Lane i = 0; i < max_partial; ++i) ASSERT_EQ(after({2 * i + 1, true, false, false, Buffer(24, 0)}), std::nullopt);
  EXPECT_EQ(after({9999, true, false, false, Buffer(24, 0)}), Fault::oversize);
}
TEST_F(Forger, a_name_that_was_never_given_is_the_peers_debt) {
  send_names();
  Buffer head;
  write_head(head, {.name = 2});
  EXPECT_EQ(after({1, true, true, false, head}), Fault::malformed);
}
TEST_F(Forger, an_unknown_required_extension_ends_the_session_and_an_unknown_optional_one_does_not) {
  auto names = encode_names({{"small/1"}, false});
  names.erase(names.end() - 4, names.end());
  Writer(names).u32be(1).u32be(7).u32be(0);
  EXPECT_EQ(after({control_lane, true, true, false, names}), std::nullopt);
  EXPECT_TRUE(listener.opened());
  names[names.size() - 5] = 8;
  ForgedSession other;
  EXPECT_EQ(other.after({control_lane, true, true, false, names}), Fault::bad_extension);
}
TEST_F(Forger, rules_and_kinds_that_cannot_be_read_are_the_peers_debt) {
  const auto with = [](u32 number, const Buffer& data) {
    Buffer names;
    codec::XdrWriter(names).u32(1).u32(1).string("small/1").u32(1).u32(number).opaque(data);
    ForgedSession forged;
    return forged.after({control_lane, true, true, false, names});
  };
  EXPECT_EQ(with(1, Buffer(12, 1)), std::nullopt);
  EXPECT_EQ(with(1, Buffer(11, 1)), Fault::malformed);
  EXPECT_EQ(with(1, Buffer(13, 1)), Fault::malformed);
  EXPECT_EQ(with(3, {}), std::nullopt);
  EXPECT_EQ(with(3, {0, 0, 0, 1, 0, 0, 0, 2}), std::nullopt);
  EXPECT_EQ(with(3, {0, 0, 0, 1, 0, 0, 0}), Fault::malformed) << "cut";
  EXPECT_EQ(with(3, {0, 0, 0, 2, 0, 0, 0, 1}), Fault::malformed) << "descending";
  EXPECT_EQ(with(3, {0, 0, 0, 1, 0, 0, 0, 1}), Fault::malformed) << "twice";
  EXPECT_EQ(with(3, Buffer(260, 0)), Fault::malformed) << "more than an extension holds";
}
TEST_F(Forger, a_message_without_the_demanded_signature_is_the_peers_debt) {
  auto names = encode_names({{"small/1"}, true});
  ASSERT_EQ(after({control_lane, true, true, false, names}), std::nullopt);
  Buffer head;
  write_head(head, {.name = 0});
  EXPECT_EQ(after({1, true, true, false, head}), Fault::bad_signature);
}

TEST_F(Forger, record_lengths_that_cannot_be_are_nobodys_debt) {
  for (const u32 length : {0U, 1U, 15U, 16U, 16'401U, 65'535U}) {
    ForgedSession other;
    Buffer bytes;
    Writer(bytes).u16be(static_cast<u16>(length));
    other.listener.receive(bytes);
    EXPECT_EQ(other.listener.closed(), Fault::bad_record) << length;
  }
  for (const u32 length : {17U, 16'400U}) {
    ForgedSession other;
    Buffer bytes;
    Writer(bytes).u16be(static_cast<u16>(length));
    other.listener.receive(bytes);
    EXPECT_EQ(other.listener.closed(), std::nullopt) << length;
  }
}

TEST_F(WireSession, many_small_messages_that_wait_are_never_in_more_pieces_at_once_than_the_other_side_allows) {
  constexpr Lane count = 16'000;
  for (Lane i = 0; i < count; ++i) dialler.say({2 * i + 1, static_cast<u16>(i % 2), Role::letter, 1, body_of(256)});
  carry(dialler, listener);
  EXPECT_EQ(listener.closed(), std::nullopt);
  EXPECT_EQ(listener.messages().size(), count);
}

}  // namespace
}  // namespace kith::lean
