// Keys and seals as the original has them: what it does, and what it means to do.
#include "spacemesh/seal.hpp"

#include "spacemesh/frame.hpp"
#include "spacemesh/keys.hpp"
#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

TEST(Keys, are_those_of_the_original_and_so_is_their_text) {
  for (const auto& each : list(vectors("crypto").at("keys"))) {
    const auto key = take_array<32>(hex(each.at("public")));
    EXPECT_EQ(key_text(key), text(each.at("public_base58")));
    EXPECT_EQ(parse_key(text(each.at("public_base58"))), key);
    if (!each.as_object().contains("private")) continue;
    const auto secret = take_array<32>(hex(each.at("private")));
    EXPECT_EQ(crypto::exchange_pair(secret).public_key, key);
    EXPECT_EQ(key_text(secret), text(each.at("private_base58")));
  }
}

TEST(Keys, text_of_more_or_less_than_32_bytes_is_none) {
  EXPECT_FALSE(parse_key(""));
  EXPECT_FALSE(parse_key(std::string(31, '1')));
  EXPECT_TRUE(parse_key(std::string(32, '1')));
  EXPECT_FALSE(parse_key(std::string(33, '1')));
  EXPECT_FALSE(parse_key(std::string(31, '1') + "0"));
  EXPECT_FALSE(parse_key(std::string(44, 'z')));
  EXPECT_FALSE(parse_key(std::string(10'000'000, 'z')));
}

TEST(Seal, is_that_of_the_original) {
  const auto crypto_vectors = vectors("crypto");
  EXPECT_EQ(to_buffer(zero_key), hex(crypto_vectors.at("shared_AB")));
  for (const auto& each : crypto_vectors.at("seal").as_array()) {
    const auto plain = hex(each.at("plaintext"));
    const auto sealed = seal(nonce(each.at("nonce")), plain);
    EXPECT_EQ(to_hex(sealed), text(each.at("sealed")));
    EXPECT_EQ(sealed.size(), plain.size() + seal_overhead);
    EXPECT_EQ(open(sealed).value(), plain);
    Buffer framed;
    write_frame(framed, sealed);
    EXPECT_EQ(to_hex(framed), text(each.at("framed")));
  }
}

TEST(Seal, under_the_key_that_was_meant_is_not_understood) {
  const auto crypto_vectors = vectors("crypto");
  const auto meant = take_array<32>(hex(crypto_vectors.at("shared_AB_intended")));
  for (const auto& each : crypto_vectors.at("seal").as_array()) {
    const auto sealed = hex(each.at("sealed_intended_key"));
    EXPECT_EQ(fault(open(sealed)), Fault::bad_record);
    Buffer plain;
    EXPECT_TRUE(crypto::open_secretbox(meant, take_array<24>(sealed), Bytes(sealed).subspan(24), plain));
    EXPECT_EQ(plain, hex(each.at("plaintext")));
  }
}

TEST(Seal, of_less_than_its_overhead_is_none) {
  const auto sealed = seal({}, {});
  EXPECT_TRUE(open(sealed));
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(fault(open(Bytes(sealed).first(size))), Fault::bad_record) << size;
}

}  // namespace
}  // namespace kith::spacemesh
