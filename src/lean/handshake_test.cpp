// The handshake's promises: silence to whoever has no business with us, and a session only with who proved itself.
#include <fstream>

#include <gtest/gtest.h>

#include "lean/hello.hpp"
#include "lean/pair_test.hpp"

namespace kith::lean {
namespace {

using testing::accept;
using testing::carry;
using testing::dial;
using testing::Node;

Buffer first_message(Node& from, const PeerId& to) { return dial(from, to).pull(); }

/// A responder that got `first` and surplus bytes stays silent, closes, and reports nobody.
void expect_silence(Node& responder, Bytes first, const char* why) {
  auto end = accept(responder);
  end.receive(first);
  if (first.size() < first_size) end.ended();
  EXPECT_TRUE(end.closed().has_value()) << why;
  EXPECT_FALSE(end.opened()) << why;
  EXPECT_TRUE(end.pull().empty()) << why;
  EXPECT_FALSE(end.wire->has_output()) << why;
}

TEST(Handshake, is_192_bytes_one_way_and_144_the_other_and_names_follow) {
  Node a(1), b(2);
  auto dialler = dial(a, b.id());
  auto listener = accept(b);
  const auto first = dialler.pull();
  EXPECT_EQ(first.size(), first_size);
  listener.receive(first);
  EXPECT_FALSE(listener.opened());
  const auto second = listener.pull();
  EXPECT_GT(second.size(), second_size);
  dialler.receive(Bytes(second).first(second_size));
  EXPECT_FALSE(dialler.opened());
  dialler.receive(Bytes(second).subspan(second_size));
  ASSERT_TRUE(dialler.opened());
  EXPECT_EQ(dialler.all<core::Opened>()[0].hello.id, b.id());
  listener.receive(dialler.pull());
  ASSERT_TRUE(listener.opened());
  const auto hello = listener.all<core::Opened>()[0].hello;
  EXPECT_EQ(hello.id, a.id());
  EXPECT_EQ(hello.client, "kith-test");
  EXPECT_EQ(hello.names, (std::vector<u16>{0, 1}));
}

TEST(Handshake, hello_is_the_payload_of_the_frozen_vector) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/lean/vector.json");
  const std::string json((std::istreambuf_iterator<char>(file)), {});
  const auto at = json.find("\"payload1\"");
  ASSERT_NE(at, std::string::npos);
  const auto open = json.find('"', json.find(':', at)) + 1;
  const auto bytes = from_hex(std::string_view(json).substr(open, 2 * hello_size));
  ASSERT_TRUE(bytes);
  const auto hello = decode_hello(*bytes);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->id, testing::identity_of(0x11).public_key() == hello->id->key ? hello->id : std::nullopt);
  EXPECT_EQ(hello->network, testing::test_network);
  EXPECT_EQ(encode_hello(*hello), *bytes);
}

TEST(Handshake, every_flipped_bit_of_the_first_message_meets_silence) {
  Node a(1), b(2);
  const auto first = first_message(a, b.id());
  for (std::size_t bit = 0; bit < first.size() * 8; ++bit) {
    auto bad = first;
    bad[bit / 8] = static_cast<u8>(bad[bit / 8] ^ (1 << bit % 8));
    // The top bit of an X25519 key is masked by every implementation; the transcript still covers it.
    expect_silence(b, bad, "flipped");
  }
  EXPECT_EQ(b.shared.seen.size(), 0U);
}

TEST(Handshake, every_truncation_and_surplus_of_the_first_message_meets_silence) {
  Node a(1), b(2);
  const auto first = first_message(a, b.id());
  for (std::size_t size = 0; size < first.size(); ++size) expect_silence(b, Bytes(first).first(size), "cut");
  for (std::size_t surplus = 1; surplus <= 4096; surplus *= 2) {
    auto more = first;
    more.resize(first.size() + surplus, 0xaa);
    expect_silence(b, more, "surplus");
  }
}

TEST(Handshake, every_flipped_bit_of_the_second_message_ends_the_dial_without_a_byte) {
  Node a(1), b(2);
  const auto first = first_message(a, b.id());
  for (std::size_t bit = 0; bit < second_size * 8; ++bit) {
    a.rng = Rng::seeded(1);
    auto dialler = dial(a, b.id());
    ASSERT_EQ(dialler.pull(), first);
    Node fresh(2);
    auto listener = accept(fresh);
    listener.receive(first);
    auto second = listener.pull();
    second.resize(second_size);
    second[bit / 8] = static_cast<u8>(second[bit / 8] ^ (1 << bit % 8));
    dialler.receive(second);
    EXPECT_EQ(dialler.closed(), Fault::handshake_failed);
    EXPECT_TRUE(dialler.pull().empty());
  }
}

TEST(Handshake, a_wrong_network_version_or_clock_meets_silence) {
  Node b(2);
  b.offer.least_version = version(0, 1, 0);
  u64 tries = 0;
  const auto with = [&](auto change) {
    Node a(1);
    a.rng = Rng::seeded(++tries);
    change(a);
    auto turn = a.turn(Time{}, a.offer.hello.time);
    Wire wire(a.shared, a.offer, turn, b.id(), false);
    Buffer out;
    wire.pull(turn, out, 1000);
    return out;
  };
  expect_silence(b, with([](Node& a) { a.offer.hello.network[0] ^= 1; }), "network");
  expect_silence(b, with([](Node& a) { a.offer.hello.version = version(0, 0, 9); }), "version");
  expect_silence(b, with([](Node& a) { a.offer.hello.version = version(1, 0, 0); }), "next major version");
  expect_silence(b, with([](Node& a) { a.offer.hello.version = 0x0100'0100; }), "a major version of more than 8 bits");
  expect_silence(b, with([](Node& a) { a.offer.hello.time += 10min + 1ms; }), "ahead");
  expect_silence(b, with([](Node& a) { a.offer.hello.time -= 10min + 1ms; }), "behind");
  expect_silence(b, with([](Node& a) { a.offer.hello.time = from_millis(std::numeric_limits<i64>::min()); }), "least");
  auto fine = accept(b);
  fine.receive(with([](Node& a) { a.offer.hello.time += 10min; }));
  EXPECT_FALSE(fine.pull().empty());
}

TEST(Handshake, two_minor_versions_talk_and_two_major_versions_part_without_a_byte_whoever_dials) {
  const auto meet = [](Version dials, Version listens) {
    Node a(1), b(2);
    a.offer.hello.version = dials;
    b.offer.hello.version = listens;
    auto dialler = dial(a, b.id());
    auto listener = accept(b);
    listener.receive(dialler.pull());
    const auto answer = listener.pull();
    if (answer.empty()) {
      EXPECT_EQ(listener.closed(), Fault::wrong_network);
      dialler.ended();
      EXPECT_EQ(dialler.closed(), Fault::closed_silently);
      for (const Fault fault : {*listener.closed(), *dialler.closed()})
        EXPECT_EQ(row(fault).debtor, Debtor::network) << "nobody owes for it";
    }
    return !answer.empty();
  };
  EXPECT_TRUE(meet(version(0, 2, 7), version(0, 1, 0)));
  EXPECT_TRUE(meet(version(0, 1, 0), version(0, 2, 7)));
  EXPECT_FALSE(meet(version(1, 0, 0), version(0, 1, 0)));
  EXPECT_FALSE(meet(version(0, 1, 0), version(1, 0, 0)));
}

TEST(Handshake, another_label_of_the_wire_meets_silence) {
  // As the first message of a next wire would come, should somebody dial it at an address of this one.
  Node a(1), b(2);
  auto turn = a.turn();
  auto prologue_of_later = prologue(b.id());
  prologue_of_later[10] = '2';
  ASSERT_EQ(as_text(prologue_of_later).substr(0, 11), "kith-lean/2");
  crypto::IkInitiator noise(a.shared.aead, {a.identity.exchange_secret(), a.identity.exchange_public()},
                            b.identity.exchange_public(), crypto::exchange_pair(turn.rng.bytes<32>()),
                            prologue_of_later);
  const auto first = noise.write_first(encode_hello(a.offer.hello));
  ASSERT_TRUE(first);
  expect_silence(b, *first, "label");
}

TEST(Handshake, a_message_for_another_key_meets_silence) {
  Node a(1), b(2), c(3);
  expect_silence(b, first_message(a, c.id()), "another key");
}

TEST(Handshake, the_banned_and_oneself_meet_silence) {
  Node a(1), b(2), self(2);
  b.shared.refused.insert(a.identity.exchange_public());
  expect_silence(b, first_message(a, b.id()), "banned");
  expect_silence(b, first_message(self, b.id()), "oneself");
  b.shared.refused.clear();
  auto end = accept(b);
  end.receive(first_message(a, b.id()));
  EXPECT_FALSE(end.pull().empty());
}

TEST(Handshake, a_replay_meets_silence_at_once_and_after_the_session_and_leaves_it_alone) {
  Node a(1), b(2), c(3);
  auto dialler = dial(a, b.id());
  auto listener = accept(b);
  const auto first = dialler.pull();
  listener.receive(first);
  expect_silence(b, first, "at once");
  dialler.receive(listener.pull());
  carry(dialler, listener);
  ASSERT_TRUE(listener.opened());
  for (int i = 0; i < 1000; ++i) expect_silence(b, first, "after the session");
  expect_silence(c, first, "to another node");
  EXPECT_EQ(b.shared.seen.size(), 1U);
  dialler.say({1, 0, Role::letter, 1, testing::body_of(3)});
  carry(dialler, listener);
  EXPECT_EQ(listener.messages().size(), 1U);
}

TEST(Handshake, a_replay_after_a_restart_gets_one_answer_and_never_a_session) {
  Node a(1), b(2);
  const auto first = first_message(a, b.id());
  Node again(2);
  auto end = accept(again);
  end.receive(first);
  EXPECT_FALSE(end.pull().empty());
  end.receive(Buffer(20'000, 1));
  EXPECT_FALSE(end.opened());
  EXPECT_EQ(end.closed(), Fault::bad_record);
  expect_silence(again, first, "the second replay");
}

TEST(Handshake, who_stole_our_key_can_start_but_not_finish_a_session_in_anothers_name) {
  // KCI: with b's secret key one can make a first message in a's name, because ss needs only one of the two secrets.
  // The forger is played by a node that knows a's public and b's secret key: its first record cannot be made.
  Node a(1), b(2);
  auto listener = accept(b);
  listener.receive(first_message(a, b.id()));
  EXPECT_FALSE(listener.pull().empty());
  EXPECT_FALSE(listener.opened()) << "nothing may follow from a first message";
  listener.receive(Buffer(20'000, 0x11));
  EXPECT_FALSE(listener.opened());
  EXPECT_EQ(listener.closed(), Fault::bad_record);
}

TEST(Handshake, a_false_name_for_a_key_is_refused_at_both_ends) {
  Node a(1), b(2);
  // −A has the same X25519 key as A: the sign bit of the Edwards point is lost on the way.
  PeerId minus = b.id();
  minus.key[31] ^= 0x80;
  auto dialler = dial(a, minus);
  if (!dialler.closed()) expect_silence(b, dialler.pull(), "minus");
  Node liar(1);
  liar.offer.hello.id = Node(9).id();
  expect_silence(b, first_message(liar, b.id()), "an id of another");
  EXPECT_TRUE(dial(a, PeerId{}).closed()) << "the all-zero key";
}

TEST(Handshake, a_point_of_small_order_is_refused) {
  Node b(2);
  for (const u8 low : {u8{0}, u8{1}}) {
    Buffer first(first_size, 0);
    first[0] = low;
    expect_silence(b, first, "small order");
  }
}

TEST(Handshake, silence_ends_after_five_seconds) {
  Node b(2);
  auto end = accept(b);
  auto early = b.turn(Time{} + handshake_patience - 1us);
  end.wire->on_tick(early);
  end.collect();
  EXPECT_FALSE(end.closed());
  auto late = b.turn(Time{} + handshake_patience);
  end.wire->on_tick(late);
  end.collect();
  EXPECT_EQ(end.closed(), Fault::handshake_failed);
}

TEST(Handshake, a_probe_learns_who_is_there_and_leaves_no_session) {
  Node a(1), b(2);
  auto prober = dial(a, b.id(), true);
  auto listener = accept(b);
  listener.receive(prober.pull());
  prober.receive(listener.pull());
  EXPECT_TRUE(prober.opened());
  EXPECT_EQ(prober.closed(), Fault::goodbye);
  EXPECT_TRUE(prober.pull().empty());
  listener.ended();
  EXPECT_FALSE(listener.opened());
}

}  // namespace
}  // namespace kith::lean
