// One-way messages: for one key, under one prologue, unchanged, or not at all.
#include "crypto/one_way.hpp"

#include <gtest/gtest.h>

namespace kith::crypto {
namespace {

KeyPair pair_of(u8 fill) {
  Key secret;
  secret.fill(fill);
  return exchange_pair(secret);
}

struct OneWay : ::testing::Test {
  const KeyPair receiver = pair_of(0x42);
  const Buffer prologue = to_buffer(as_bytes("a prologue"));
  const Buffer plain = to_buffer(as_bytes("for one only"));
  const Buffer sealed = *seal_to(receiver.public_key, pair_of(0x43), prologue, plain);
};

TEST_F(OneWay, opens_for_the_holder_of_the_key) {
  EXPECT_EQ(sealed.size(), plain.size() + one_way_overhead);
  EXPECT_EQ(open_sealed(receiver, prologue, sealed), plain);
}

TEST_F(OneWay, opens_for_nobody_else_and_under_no_other_prologue) {
  EXPECT_EQ(open_sealed(pair_of(0x44), prologue, sealed), std::nullopt);
  EXPECT_EQ(open_sealed(receiver, as_bytes("another"), sealed), std::nullopt);
}

TEST_F(OneWay, does_not_open_with_any_bit_flipped_or_cut_anywhere) {
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    // X25519 ignores the topmost bit of a public key; the transcript holds it all the same.
    Buffer changed = sealed;
    changed[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    EXPECT_EQ(open_sealed(receiver, prologue, changed), std::nullopt) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(open_sealed(receiver, prologue, Bytes(sealed).first(size)), std::nullopt) << size;
}

TEST_F(OneWay, to_a_key_of_small_order_is_not_made_and_from_one_does_not_open) {
  EXPECT_EQ(seal_to(Key{}, pair_of(0x43), prologue, plain), std::nullopt);
  Buffer zero = sealed;
  std::fill_n(zero.begin(), 32, u8{0});
  EXPECT_EQ(open_sealed(receiver, prologue, zero), std::nullopt);
}

}  // namespace
}  // namespace kith::crypto
