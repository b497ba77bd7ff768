// What keys promise: the published values, one name per key, and no signature or exchange by a key that hides another.
#include "crypto/keys.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::crypto {
namespace {

Key key(std::string_view hex) { return take_array<32>(from_hex(hex).value()); }

Signature flipped(Signature signature, std::size_t bit) {
  signature[bit / 8] ^= static_cast<u8>(1U << bit % 8);
  return signature;
}

void expect_rfc_8032(std::string_view seed, std::string_view public_key, std::string_view message,
                     std::string_view signature) {
  const Identity identity(key(seed));
  const Buffer text = from_hex(message).value();
  EXPECT_EQ(to_hex(identity.public_key()), public_key);
  EXPECT_EQ(to_hex(identity.sign(text)), signature);
  EXPECT_TRUE(verify(identity.public_key(), text, identity.sign(text)));
}

TEST(Identity, signs_as_rfc_8032_section_7_1) {
  expect_rfc_8032("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                  "d25bf5f0595bbe24655141438e7a100b");
  expect_rfc_8032("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                  "387b2eaeb4302aeeb00d291612bb0c00");
  expect_rfc_8032("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                  "4a7c15e9716ed28dc027beceea1ec40a");
}

RC_GTEST_PROP(Identity, has_one_exchange_key_by_either_way, (const std::array<u8, 32>& seed)) {
  const Identity identity(seed);
  RC_ASSERT(to_exchange(identity.public_key()) == identity.exchange_public());
  RC_ASSERT(exchange_pair(identity.exchange_secret()).public_key == identity.exchange_public());
  RC_ASSERT((identity.exchange_secret()[0] & 7) == 0 && identity.exchange_secret()[31] >> 6 == 1);
}

TEST(Identity, still_signs_after_it_was_moved) {
  Identity from(key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  const Signature signature = from.sign(as_bytes("hello"));
  const Identity to = std::move(from);
  EXPECT_EQ(to.sign(as_bytes("hello")), signature);
}

RC_GTEST_PROP(Verify, refuses_each_flipped_bit_and_each_other_message, (const std::array<u8, 32>& seed, Buffer text)) {
  const Identity identity(seed);
  const Signature good = identity.sign(text);
  RC_ASSERT(verify(identity.public_key(), text, good));
  RC_ASSERT(!verify(identity.public_key(), text, flipped(good, *rc::gen::inRange<std::size_t>(0, 512))));
  text.push_back(0);
  RC_ASSERT(!verify(identity.public_key(), text, good));
}

TEST(ToExchange, refuses_each_second_spelling_of_a_key) {
  // All y from p to 2^255 − 1, with both signs. libsodium reduces y; what refuses them is that none has prime order.
  for (u8 y = 0; y < 19; ++y) {
    for (const u8 sign : {u8{0x00}, u8{0x80}}) {
      Key second = key("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
      second[0] = static_cast<u8>(second[0] + y);
      second[31] |= sign;
      EXPECT_FALSE(to_exchange(second)) << "y = p + " << int{y};
    }
  }
}

TEST(ToExchange, refuses_keys_of_small_and_of_mixed_order_and_off_the_curve) {
  // The four torsion points whose x is not odd, then speccheck's key A + torsion, then a y without a point.
  for (const auto* const hex : {"0100000000000000000000000000000000000000000000000000000000000000",
                                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                "0000000000000000000000000000000000000000000000000000000000000000",
                                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
                                "0200000000000000000000000000000000000000000000000000000000000000"})
    EXPECT_FALSE(to_exchange(key(hex))) << hex;
}

TEST(X25519, gives_the_values_of_rfc_7748) {
  EXPECT_EQ(x25519(key("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                   key("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")),
            key("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"));
  const KeyPair alice = exchange_pair(key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  EXPECT_EQ(to_hex(alice.public_key), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(x25519(alice.secret, key("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")),
            key("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
}

RC_GTEST_PROP(X25519, gives_both_sides_one_secret, (const Key& a, const Key& b)) {
  RC_ASSERT(x25519(a, exchange_pair(b).public_key) == x25519(b, exchange_pair(a).public_key));
}

}  // namespace
}  // namespace kith::crypto
