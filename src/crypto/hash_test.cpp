// What the hashes promise: the published values, at every boundary of a block, and parts that join without a seam.
#include "crypto/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::crypto {
namespace {

TEST(Sha256, gives_the_values_of_fips_180_4) {
  EXPECT_EQ(to_hex(sha256(Bytes{})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(Buffer(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

RC_GTEST_PROP(Sha256, of_parts_is_that_of_the_whole, (const std::vector<Buffer>& three)) {
  const auto part = [&](std::size_t i) { return i < three.size() ? Bytes(three[i]) : Bytes{}; };
  Buffer whole;
  for (std::size_t i = 0; i < 3; ++i) append(whole, part(i));
  RC_ASSERT(sha256({part(0), part(1), part(2)}) == sha256(whole));
}

TEST(Sha256d, names_the_first_block_of_bitcoin) {
  const auto header = from_hex(
      "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3"
      "888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c");
  ASSERT_TRUE(header);
  EXPECT_EQ(to_hex(sha256d(*header)), "6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000");
}

TEST(HmacSha256, gives_the_values_of_rfc_4231) {
  EXPECT_EQ(to_hex(hmac_sha256(Buffer(20, 0x0b), as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(Buffer(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, hashes_a_key_only_when_it_is_longer_than_a_block) {
  const Buffer block(64, 7);
  const Buffer longer(65, 7);
  EXPECT_NE(hmac_sha256(block, {}), hmac_sha256(sha256(block), {}));
  EXPECT_EQ(hmac_sha256(longer, {}), hmac_sha256(sha256(longer), {}));
}

TEST(KeyedHash, gives_the_value_of_the_siphash_paper_and_changes_with_the_key) {
  std::array<u8, 16> key{};
  Buffer data;
  for (u8 i = 0; i < 16; ++i) key[i] = i;
  for (u8 i = 0; i < 15; ++i) data.push_back(i);
  EXPECT_EQ(keyed_hash(key, data), 0xa129ca6149be45e5U);
  key[0] ^= 1;
  EXPECT_NE(keyed_hash(key, data), 0xa129ca6149be45e5U);
}

}  // namespace
}  // namespace kith::crypto
