// What nodes do for each other over this wire: sync, announce, relay; over either transport.
#include "bitcoin/network_test.hpp"

#include "base/writer.hpp"
#include "bitcoin/transport.hpp"
#include "codec/compact.hpp"

namespace kith::bitcoin {
namespace {

using namespace testing;

/// One that spends made-up outputs; `witness` makes its two ids differ.
Body make_tx(u8 seed, bool witness) {
  Buffer out;
  Writer write(out);
  write.u32le(2);
  if (witness) write.byte(0).byte(1);
  write.byte(1).bytes(Buffer(32, seed)).u32le(0).byte(0).u32le(0xffffffff);
  write.byte(1).u64le(1000).byte(1).byte(0x51);
  if (witness) write.byte(1).byte(2).byte(0xab).byte(seed);
  write.u32le(0);
  return Body(std::move(out));
}

struct OverEither : ::testing::TestWithParam<bool> {
  Network network;
  Node& a = network.add({.encrypted = GetParam()});
  Node& b = network.add({.encrypted = true});

  void TearDown() override {
    EXPECT_TRUE(a.blamed.empty());
    EXPECT_TRUE(b.blamed.empty());
  }
};

TEST_P(OverEither, who_comes_late_fetches_the_whole_chain) {
  for (int i = 0; i < 30; ++i) network.mine(a);
  network.connect(b, a);
  network.pass(5s);
  EXPECT_EQ(b.chain().tip(), a.chain().tip());
  EXPECT_EQ(b.chain().tip().height, 30U);
}

TEST_P(OverEither, a_new_block_is_known_to_both_at_once) {
  network.connect(b, a);
  network.pass(2s);
  const auto first = network.mine(a);
  EXPECT_EQ(b.chain().tip().id, first);
  const auto second = network.mine(b);
  EXPECT_EQ(a.chain().tip().id, second);
}

TEST_P(OverEither, the_chain_with_more_work_wins_on_both_sides) {
  network.mine(a, 1);
  for (int i = 0; i < 3; ++i) network.mine(b, 2);
  network.connect(a, b);
  network.pass(5s);
  EXPECT_EQ(a.chain().tip(), b.chain().tip());
  EXPECT_EQ(a.chain().tip().height, 3U);
}

TEST_P(OverEither, transactions_are_told_of_after_a_while_and_fetched) {
  network.connect(b, a);
  network.pass(2s);
  for (const bool witness : {false, true}) {
    network.publish(a, make_tx(1, witness));
    network.publish(b, make_tx(2, witness));
  }
  EXPECT_TRUE(b.items.size() == 2 && a.items.size() == 2) << "told at once";
  network.pass(20s);
  EXPECT_EQ(a.items.size(), 4U);
  EXPECT_EQ(b.items.size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Transports, OverEither, ::testing::Values(false, true),
                         [](const auto& tested) { return tested.param ? "v2" : "v1"; });

TEST(Downgrade, who_knows_only_the_plain_transport_is_dialled_again_with_that) {
  Network network;
  auto& old = network.add({.encrypted = false});
  auto& dialler = network.add();
  network.mine(old);
  network.connect(dialler, old);
  network.pass(3s);
  EXPECT_EQ(dialler.chain().tip().height, 1U);
}

/// Dice with which a dial says so much garbage.
Rng dice_for(std::size_t garbage) {
  crypto::Aead aead;
  for (u64 seed = 1;; ++seed) {
    auto rng = Rng::seeded(seed);
    Buffer first;
    Transport::dial_v2(aead, rng, test_magic).pull(first, 10'000);
    if (first.size() == crypto::EllswiftKey{}.size() + garbage) return Rng::seeded(seed);
  }
}

/// Whether a dial with so much garbage, of which the other side hung up once it had answered, is tried again.
bool is_dialled_again(Port& port, std::size_t garbage) {
  auto rng = dice_for(garbage);
  core::Turn turn{Time{}, test_utc, rng};
  const Address to{Ip::v4(8, 8, 0, 1), 8333, std::string(wire_word), {}};
  auto wire = port.dial(turn, to, {}, false);
  Buffer first;
  wire->pull(turn, first, 10'000);
  crypto::Aead aead;
  auto other = Transport::answer(aead, test_magic);
  other.receive(rng, first);
  Buffer answer;
  other.pull(answer, 10'000);
  wire->receive(turn, answer);
  wire->ended(turn);
  std::optional<core::Closed> end;
  while (auto report = wire->take())
    if (const auto* closed = std::get_if<core::Closed>(&*report)) end = *closed;
  return end->again;
}

TEST(Encrypted, a_dial_that_was_refused_for_the_most_garbage_is_tried_again_encrypted) {
  Port port({.magic = test_magic, .services = 0, .user_agent = {}});
  EXPECT_FALSE(is_dialled_again(port, 7));
  EXPECT_TRUE(is_dialled_again(port, max_garbage));
  EXPECT_TRUE(is_dialled_again(port, max_garbage)) << "not as one that knows the plain transport alone";
}

TEST(Encrypted, nothing_of_the_plain_protocol_is_seen_on_the_wire) {
  Network network;
  auto& a = network.add();
  auto& b = network.add();
  network.connect(a, b);
  network.pass(3s);
  const auto& bytes = network.wiretap()[{&a, &b}];
  EXPECT_EQ(as_text(bytes).find("version"), std::string_view::npos);
  EXPECT_EQ(as_text(bytes).find(as_text(test_magic)), std::string_view::npos);
  EXPECT_EQ(a.ups, 1U);
}

TEST(Ourselves, are_known_by_our_nonce_and_parted_from) {
  Network network;
  auto& a = network.add();
  network.connect(a, a);
  network.pass(3s);
  EXPECT_EQ(a.ups, 0U);
  EXPECT_EQ(network.connections(), 0U);
}

}  // namespace
}  // namespace kith::bitcoin
