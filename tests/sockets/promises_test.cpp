// Over real sockets: every way to come to the handshake without business, and what follows from it for others, which is
// nothing. Flips and cuts, wrong Hellos, replays, a stolen key, false names, and who owes for what.
#include <gtest/gtest.h>
#include <sodium.h>

#include "lean/control.hpp"
#include "lean/hello.hpp"
#include "lean/record.hpp"
#include "sockets/wire_node.hpp"

namespace kith::testing {
namespace {

constexpr u8 node_seed = 2;

void expect_silence(const Address& at, Bytes bytes, const std::string& why, bool and_fin = false) {
  Raw raw(at);
  raw.write(bytes);
  if (and_fin) raw.fin();
  const auto heard = raw.read_to_end();
  EXPECT_TRUE(heard.bytes.empty()) << why;
  EXPECT_EQ(heard.end, asio::error::eof) << why << ": " << heard.end.message();
}

void expect_answer(const Address& at, Bytes bytes) {
  Raw raw(at);
  raw.write(bytes);
  EXPECT_EQ(raw.read(lean::second_size).size(), lean::second_size);
}

/// A session whose keys the test holds, so that it can break the rules inside and outside of records.
struct Session {
  Dialler& dialler;
  Raw raw;
  std::optional<lean::Session> keys;

  Session(WireNode& node, Dialler& from) : dialler(from), raw(node.address()) {
    auto asking = *from.begin(node.id());
    raw.write(asking.message());
    const auto second = raw.read(lean::second_size);
    const core::Turn turn{Time{}, utc_now(), from.rng};
    keys = *asking.finish(from.offer, turn, second);
  }
  Buffer record(Bytes plain) {
    Buffer out;
    EXPECT_TRUE(lean::write_record(dialler.shared.aead, keys->send, plain, out));
    return out;
  }
  void confirm(WireNode& node) {
    const auto before = node.ups();
    Buffer plain;
    const auto names = lean::encode_names({{"ping/1"}, false});
    lean::write_frame(plain, {lean::control_lane, true, true, false, names});
    raw.write(record(plain));
    EXPECT_TRUE(node.wait([&] { return node.ups() > before; }));
  }
};

TEST(Promises, every_flipped_bit_of_the_first_message_meets_silence_and_a_fin) {
  WireNode node(node_seed);
  Dialler dialler(1);
  const auto first = dialler.first(node.id());
  for (std::size_t bit = 0; bit < first.size() * 8; ++bit) {
    auto bad = first;
    bad[bit / 8] = static_cast<u8>(bad[bit / 8] ^ (1 << bit % 8));
    expect_silence(node.address(), bad, "bit " + std::to_string(bit));
  }
  expect_answer(node.address(), first);
}

TEST(Promises, every_truncation_and_surplus_of_it_meets_silence_and_a_fin) {
  WireNode node(node_seed);
  Dialler dialler(1);
  const auto first = dialler.first(node.id());
  for (std::size_t size = 0; size < first.size(); ++size)
    expect_silence(node.address(), Bytes(first).first(size), "cut at " + std::to_string(size), true);
  auto bad = first;
  bad.back() ^= 1;
  for (std::size_t surplus = 1; surplus <= 4096; surplus *= 2) {
    auto more = bad;
    more.resize(first.size() + surplus, 0xaa);
    expect_silence(node.address(), more, "surplus " + std::to_string(surplus));
  }
}

TEST(Promises, every_flipped_bit_and_cut_of_the_second_message_ends_the_dial_in_silence) {
  WireNode node(node_seed);
  Dialler dialler(1);
  auto asking = *dialler.begin(node.id());
  Raw raw(node.address());
  raw.write(asking.message());
  const auto second = raw.read(lean::second_size);
  ASSERT_EQ(second.size(), lean::second_size);
  const core::Turn turn{Time{}, utc_now(), dialler.rng};
  for (std::size_t bit = 0; bit < second.size() * 8; ++bit) {
    auto bad = second;
    bad[bit / 8] = static_cast<u8>(bad[bit / 8] ^ (1 << bit % 8));
    auto copy = asking;
    EXPECT_FALSE(copy.finish(dialler.offer, turn, bad).has_value()) << bit;
  }
  for (std::size_t size = 0; size < second.size(); ++size) {
    auto copy = asking;
    EXPECT_FALSE(copy.finish(dialler.offer, turn, Bytes(second).first(size)).has_value()) << size;
  }
  EXPECT_TRUE(asking.finish(dialler.offer, turn, second).has_value());
}

TEST(Promises, a_wrong_id_network_version_or_clock_the_banned_and_oneself_meet_silence) {
  WireNode node(node_seed);
  const auto with = [&](const std::string& why, auto change) {
    Dialler dialler(1);
    dialler.rng = Rng::seeded(100 + why.size());
    change(dialler);
    expect_silence(node.address(), dialler.first(node.id()), why);
  };
  with("another's id", [](Dialler& d) { d.offer.hello.id = PeerId{identity_of(9).public_key()}; });
  with("network", [](Dialler& d) { d.offer.hello.network[0] ^= 1; });
  with("an old version", [](Dialler& d) { d.offer.hello.version = version(0, 0, 9); });
  expect_silence(node.address(), Dialler(3).first(node.id(), 11min), "a clock ahead");
  expect_silence(node.address(), Dialler(4).first(node.id(), -11min), "a clock behind");
  expect_silence(node.address(), Dialler(5).first(PeerId{identity_of(9).public_key()}), "for another");
  expect_silence(node.address(), Dialler(node_seed).first(node.id()), "oneself");
  Dialler banned(6);
  node.ask([&](core::Host& host, core::Turn& turn) {
    return host.ban(turn, peers::Subject{PeerId{banned.identity.public_key()}}, 1h), true;
  });
  expect_silence(node.address(), banned.first(node.id()), "banned");
  EXPECT_EQ(node.ups(), 0);
  EXPECT_EQ(node.blames(), 0);
}

TEST(Promises, when_too_many_handshakes_are_under_way_the_oldest_meets_silence_and_the_next_is_answered) {
  WireNode node(node_seed, 2);
  Raw one(node.address());
  const Raw two(node.address());
  expect_answer(node.address(), Dialler(1).first(node.id()));
  const auto heard = one.read_to_end();
  EXPECT_TRUE(heard.bytes.empty());
  EXPECT_EQ(heard.end, asio::error::eof);
}

TEST(Promises, replays_meet_silence_and_leave_the_session_alone) {
  Buffer first;
  {
    WireNode node(node_seed);
    WireNode other(8);
    Dialler dialler(1);
    auto asking = *dialler.begin(node.id());
    first = asking.message();
    Session live(node, dialler);
    live.confirm(node);
    expect_answer(node.address(), first);
    for (int i = 0; i < 500; ++i) expect_silence(node.address(), first, "replay");
    expect_silence(other.address(), first, "to another node");
    EXPECT_EQ(node.ups(), 1);
    EXPECT_EQ(node.open(), 1U);
    EXPECT_EQ(node.blames(), 0);
  }
  // After a restart nobody remembers: one answer that the replayer cannot read, and no session.
  WireNode again(node_seed);
  Raw raw(again.address());
  raw.write(first);
  EXPECT_EQ(raw.read(lean::second_size).size(), lean::second_size);
  raw.write(Buffer(20'000, 0x11));
  raw.read_to_end();
  expect_silence(again.address(), first, "the second replay");
  EXPECT_EQ(again.ups(), 0);
}

TEST(Promises, a_hundred_thousand_replays_cost_no_key_exchange_and_no_memory) {
  const auto identity = identity_of(node_seed);
  lean::Shared shared{.identity = identity};
  core::Offer offer;
  offer.hello = hello_of(identity);
  Rng rng = Rng::seeded(1);
  core::Turn turn{Time{}, utc_now(), rng};
  const auto first = Dialler(1).first(PeerId{identity.public_key()});
  ASSERT_TRUE(lean::answer(shared, offer, turn, first).has_value());
  for (int i = 0; i < 100'000; ++i) {
    const auto replayed = lean::answer(shared, offer, turn, first);
    ASSERT_FALSE(replayed.has_value());
    ASSERT_EQ(std::string(replayed.error().error.what), "replayed");
  }
  EXPECT_EQ(shared.seen.size(), 1U);
}

/// A first message in the name of `victim`, made with the secret key of the responder: ss needs only one of the two.
Buffer forge(const crypto::Identity& responder, const crypto::Identity& victim, Rng& rng) {
  crypto::Aead aead;
  crypto::SymmetricState state(aead, "Noise_IK_25519_ChaChaPoly_SHA256");
  state.mix_hash(lean::prologue(PeerId{responder.public_key()}));
  state.mix_hash(responder.exchange_public());
  const auto e = crypto::exchange_pair(rng.bytes<32>());
  Buffer out = to_buffer(e.public_key);
  state.mix_hash(e.public_key);
  EXPECT_TRUE(state.mix_exchange(e.secret, responder.exchange_public()));
  state.encrypt_and_hash(victim.exchange_public(), out);
  EXPECT_TRUE(state.mix_exchange(responder.exchange_secret(), victim.exchange_public()));
  auto hello = hello_of(victim);
  hello.time = utc_now();
  hello.port = 4444;
  state.encrypt_and_hash(lean::encode_hello(hello), out);
  return out;
}

TEST(Promises, who_stole_our_key_gets_no_session_in_anothers_name_and_harms_nobody) {
  WireNode node(node_seed);
  Dialler victim(1);
  Session live(node, victim);
  live.confirm(node);
  const auto book = node.book_size();
  Rng rng = Rng::seeded(77);
  for (int i = 0; i < 20; ++i) {
    Raw raw(node.address());
    raw.write(forge(node.identity(), victim.identity, rng));
    ASSERT_EQ(raw.read(lean::second_size).size(), lean::second_size) << "the forgery is one that the node believes";
    raw.write(Buffer(20'000, static_cast<u8>(i + 1)));
    raw.read_to_end();
  }
  EXPECT_EQ(node.ups(), 1);
  EXPECT_EQ(node.open(), 1U);
  EXPECT_EQ(node.book_size(), book);
  EXPECT_EQ(node.score(PeerId{victim.identity.public_key()}), 0U);
  EXPECT_EQ(node.blames(), 0);
}

/// The eight points of small order: multiples of one of order eight.
std::vector<std::array<u8, 32>> torsion() {
  const auto bytes = from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa");
  std::vector<std::array<u8, 32>> out{take_array<32>(*bytes)};
  for (int i = 1; i < 8; ++i) {
    std::array<u8, 32> sum{};
    EXPECT_EQ(crypto_core_ed25519_add(sum.data(), out.back().data(), out.front().data()), 0);
    out.push_back(sum);
  }
  return out;
}

TEST(Promises, false_names_of_a_key_are_refused_at_both_ends) {
  WireNode node(node_seed);
  auto minus = node.id();
  minus.key[31] ^= 0x80;
  // −A and A share one X25519 key: only the name in the prologue tells them apart.
  expect_silence(node.address(), Dialler(1).first(minus), "minus A");
  int mixed = 0;
  for (const auto& point : torsion()) {
    PeerId false_name;
    ASSERT_EQ(crypto_core_ed25519_add(false_name.key.data(), node.id().key.data(), point.data()), 0);
    if (false_name == node.id()) continue;
    ++mixed;
    EXPECT_FALSE(Dialler(1).begin(false_name).has_value()) << mixed;
    Dialler liar(3);
    liar.rng = Rng::seeded(static_cast<u64>(1000 + mixed));
    PeerId own;
    ASSERT_EQ(crypto_core_ed25519_add(own.key.data(), liar.offer.hello.id->key.data(), point.data()), 0);
    liar.offer.hello.id = own;
    expect_silence(node.address(), liar.first(node.id()), "A + torsion as one's own name");
  }
  EXPECT_EQ(mixed, 7);
  PeerId beyond;
  beyond.key.fill(0xff);
  beyond.key[0] = 0xee;
  EXPECT_FALSE(Dialler(1).begin(beyond).has_value()) << "y = p + 1";
  EXPECT_EQ(node.ups(), 0);
}

TEST(Promises, keys_whose_exchange_is_zero_are_refused) {
  WireNode node(node_seed);
  for (const char* low : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000000",
                          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    auto first = *from_hex(low);
    const auto key = take_array<32>(first);
    EXPECT_FALSE(crypto::x25519(node.identity().exchange_secret(), key)) << low;
    first.resize(lean::first_size, 1);
    expect_silence(node.address(), first, low);
  }
}

TEST(Promises, a_flip_on_the_path_is_nobodys_debt_and_a_fault_inside_a_record_is_the_peers) {
  WireNode node(node_seed);
  Buffer ping;
  lean::write_frame(ping, {1, true, true, false, Buffer(24, 0)});
  u8 seed = 20;
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, ping.size() + 10}) {
    Dialler dialler(++seed);
    Session session(node, dialler);
    session.confirm(node);
    auto record = session.record(ping);
    record[at] ^= 0x40;
    session.raw.write(record);
    session.raw.fin();
    session.raw.read_to_end();
    EXPECT_TRUE(node.wait([&] { return node.open() == 0; }));
    EXPECT_EQ(node.score(PeerId{dialler.identity.public_key()}), 0U) << at;
    EXPECT_EQ(node.blames(), 0) << at;
  }
  Dialler bad(++seed);
  Session session(node, bad);
  session.confirm(node);
  auto plain = ping;
  plain[4] |= 1;
  session.raw.write(session.record(plain));
  session.raw.read_to_end();
  EXPECT_TRUE(node.wait([&] { return node.blames() == 1; }));
  EXPECT_GE(node.score(PeerId{bad.identity.public_key()}), 100U);
}

}  // namespace
}  // namespace kith::testing
