// Secretbox against NaCl's own example, and against each change of a message.
#include "crypto/secretbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::crypto {
namespace {

Buffer hex(std::string_view text) { return from_hex(text).value(); }

// "Cryptography in NaCl", §10, "Example of the combined function".
TEST(Secretbox, seals_and_opens_the_example_of_nacl) {
  const auto key = take_array<32>(hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389"));
  const auto nonce = take_array<24>(hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37"));
  const Buffer plain = hex(
      "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f4"
      "1db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52"
      "f0a089bc76897040e082f937763848645e0705");
  const std::string sealed =
      "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b"
      "4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da"
      "99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";
  Buffer out{1};
  seal_secretbox(key, nonce, plain, out);
  EXPECT_EQ(to_hex(Bytes(out).subspan(1)), sealed) << "behind what was there";
  Buffer back{2};
  ASSERT_TRUE(open_secretbox(key, nonce, hex(sealed), back));
  EXPECT_EQ(back[0], 2);
  EXPECT_TRUE(equal(Bytes(back).subspan(1), plain));
}

RC_GTEST_PROP(Secretbox, refuses_each_flipped_bit_and_each_missing_end, (const Buffer& plain)) {
  const Key key{1};
  const BoxNonce nonce{2};
  Buffer sealed;
  seal_secretbox(key, nonce, plain, sealed);
  Buffer out{3};
  auto flipped = sealed;
  const auto bit = *rc::gen::inRange<std::size_t>(0, sealed.size() * 8);
  flipped[bit / 8] ^= static_cast<u8>(1U << bit % 8);
  RC_ASSERT(!open_secretbox(key, nonce, flipped, out));
  RC_ASSERT(!open_secretbox(key, nonce, Bytes(sealed).first(*rc::gen::inRange<std::size_t>(0, sealed.size())), out));
  RC_ASSERT(!open_secretbox(Key{4}, nonce, sealed, out) && !open_secretbox(key, BoxNonce{5}, sealed, out));
  RC_ASSERT(out == Buffer{3});
  RC_ASSERT(open_secretbox(key, nonce, sealed, out));
}

}  // namespace
}  // namespace kith::crypto
