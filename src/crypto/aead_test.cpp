// What the cipher promises: the published value, nothing from a forged text, and no memory of the key before.
#include "crypto/aead.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include "base/writer.hpp"

namespace kith::crypto {
namespace {

// RFC 8439 appendix A.5: its nonce begins with four zero bytes, as Noise's does.
constexpr u64 rfc_nonce = 0x0807060504030201;
constexpr std::string_view rfc_plain =
    "Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or obsoleted "
    "by other documents at any time. It is inappropriate to use Internet-Drafts as reference material or to cite them "
    "other than as /\xe2\x80\x9cwork in progress./\xe2\x80\x9d";
constexpr std::string_view rfc_sealed =
    "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100"
    "d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b350638"
    "3606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa115"
    "5b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
    "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f"
    "38";

Key rfc_key() {
  return take_array<32>(from_hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0").value());
}

TEST(Aead, seals_and_opens_appendix_a_5_of_rfc_8439) {
  Aead aead;
  const Buffer ad = from_hex("f33388860000000000004e91").value();
  Buffer sealed;
  aead.seal(rfc_key(), rfc_nonce, ad, as_bytes(rfc_plain), sealed);
  EXPECT_EQ(to_hex(sealed), rfc_sealed);
  Buffer plain;
  EXPECT_TRUE(aead.open(rfc_key(), rfc_nonce, ad, sealed, plain));
  EXPECT_EQ(as_text(plain), rfc_plain);
}

// The same by another library, which knows no limit of length.
Buffer sealed_by_libsodium(const Key& key, u64 nonce, Bytes ad, Bytes plain) {
  Buffer out(plain.size() + tag_size);
  Buffer full_nonce(4);
  Writer(full_nonce).u64le(nonce);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(), ad.data(), ad.size(),
                                            nullptr, full_nonce.data(), key.data());
  return out;
}

RC_GTEST_PROP(Aead, seals_as_libsodium_does, (const Key& key, u64 nonce, const Buffer& ad, const Buffer& plain)) {
  Aead aead;
  Buffer sealed;
  aead.seal(key, nonce, ad, plain, sealed);
  RC_ASSERT(sealed == sealed_by_libsodium(key, nonce, ad, plain));
}

TEST(Aead, refuses_a_text_longer_than_a_noise_message_however_well_sealed) {
  Aead aead;
  Buffer out;
  EXPECT_TRUE(aead.open(Key{1}, 0, {}, sealed_by_libsodium(Key{1}, 0, {}, Buffer(max_text)), out));
  out.clear();
  EXPECT_FALSE(aead.open(Key{1}, 0, {}, sealed_by_libsodium(Key{1}, 0, {}, Buffer(max_text + 1)), out));
  EXPECT_TRUE(out.empty());
}

RC_GTEST_PROP(Aead, opens_what_it_sealed_behind_what_is_there,
              (const Key& key, u64 nonce, const Buffer& ad, const Buffer& plain, const Buffer& before)) {
  Aead aead;
  Buffer sealed;
  aead.seal(key, nonce, ad, plain, sealed);
  RC_ASSERT(sealed.size() == plain.size() + tag_size);
  Buffer out = before;
  RC_ASSERT(aead.open(key, nonce, ad, sealed, out));
  Buffer expected = before;
  append(expected, plain);
  RC_ASSERT(out == expected);
}

RC_GTEST_PROP(Aead, does_the_same_in_place, (const Key& key, u64 nonce, const Buffer& plain)) {
  Aead aead;
  Buffer sealed;
  aead.seal(key, nonce, {}, plain, sealed);
  Buffer text = plain;
  text.resize(plain.size() + tag_size);
  aead.seal_in_place(key, nonce, text);
  RC_ASSERT(text == sealed);
  Buffer opened(plain.size());
  RC_ASSERT(aead.open_into(key, nonce, sealed, opened));
  RC_ASSERT(opened == plain);
  sealed[*rc::gen::inRange<std::size_t>(0, sealed.size())] ^= 1;
  RC_ASSERT(!aead.open_into(key, nonce, sealed, opened));
}

TEST(Aead, gives_the_text_of_rfc_8439_section_2_8_2_in_place) {
  Aead aead;
  const Key key = take_array<32>(*from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
  const Nonce nonce = take_array<12>(*from_hex("070000004041424344454647"));
  const auto ad = *from_hex("50515253c0c1c2c3c4c5c6c7");
  const std::string_view plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
      "it.";
  Buffer text = to_buffer(as_bytes(plain));
  text.resize(plain.size() + tag_size);
  aead.seal_in_place(key, nonce, ad, text);
  EXPECT_EQ(to_hex(Bytes(text).last(tag_size)), "1ae10b594f09e26a7e902ecbd0600691");
  Buffer changed = text;
  EXPECT_TRUE(aead.open_in_place(key, nonce, ad, text));
  EXPECT_EQ(as_text(Bytes(text).first(plain.size())), plain);
  changed[0] ^= 1;
  EXPECT_FALSE(aead.open_in_place(key, nonce, ad, changed));
  EXPECT_FALSE(aead.open_in_place(key, nonce, ad, std::span(changed).first(tag_size - 1)));
}

TEST(Aead, takes_a_text_longer_than_a_noise_message_with_a_nonce_that_is_not_noise) {
  Aead aead;
  Buffer text(4'000'000, 7);
  aead.seal_in_place(Key{1}, Nonce{2}, {}, text);
  EXPECT_TRUE(aead.open_in_place(Key{1}, Nonce{2}, {}, text));
  EXPECT_EQ(text[3'999'000], 7);
}

RC_GTEST_PROP(Aead, gives_nothing_for_a_text_changed_in_one_bit, (const Key& key, u64 nonce, const Buffer& plain)) {
  Aead aead;
  Buffer sealed;
  aead.seal(key, nonce, as_bytes("ad"), plain, sealed);
  sealed[*rc::gen::inRange<std::size_t>(0, sealed.size())] ^= static_cast<u8>(1U << *rc::gen::inRange(0, 8));
  Buffer out{1, 2, 3};
  RC_ASSERT(!aead.open(key, nonce, as_bytes("ad"), sealed, out));
  RC_ASSERT(out == (Buffer{1, 2, 3}));
}

TEST(Aead, gives_nothing_for_a_cut_text_another_nonce_or_other_associated_data) {
  Aead aead;
  Buffer sealed;
  aead.seal(rfc_key(), 7, as_bytes("ad"), as_bytes("text"), sealed);
  Buffer out;
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(aead.open(rfc_key(), 7, as_bytes("ad"), to_buffer(Bytes(sealed).first(size)), out)) << size;
  EXPECT_FALSE(aead.open(rfc_key(), 8, as_bytes("ad"), sealed, out));
  EXPECT_FALSE(aead.open(rfc_key(), 7, as_bytes("da"), sealed, out));
  EXPECT_FALSE(aead.open(rfc_key(), 7, {}, sealed, out));
  EXPECT_TRUE(out.empty());
}

TEST(Aead, forgets_a_failure_and_a_key_before_the_next_text) {
  Aead used;
  Aead fresh;
  Buffer sealed;
  Buffer nothing;
  used.seal(Key{1}, 1, as_bytes("one"), as_bytes("first"), sealed);
  EXPECT_FALSE(used.open(Key{2}, 1, {}, sealed, nothing));
  Buffer from_used;
  Buffer from_fresh;
  used.seal(Key{3}, 2, {}, as_bytes("second"), from_used);
  fresh.seal(Key{3}, 2, {}, as_bytes("second"), from_fresh);
  EXPECT_EQ(from_used, from_fresh);
  Buffer plain;
  EXPECT_TRUE(used.open(Key{3}, 2, {}, from_fresh, plain));
  EXPECT_EQ(as_text(plain), "second");
}

TEST(Aead, seals_nothing_to_a_tag_alone_and_the_longest_text) {
  Aead aead;
  for (const std::size_t size : {std::size_t{0}, max_text}) {
    Buffer sealed;
    Buffer plain;
    aead.seal(Key{9}, 0, {}, Buffer(size, 5), sealed);
    EXPECT_EQ(sealed.size(), size + tag_size);
    EXPECT_TRUE(aead.open(Key{9}, 0, {}, sealed, plain));
    EXPECT_EQ(plain, Buffer(size, 5));
  }
}

}  // namespace
}  // namespace kith::crypto
