// What the handshake and the records promise against a peer that changes, cuts, repeats or makes up what it sends.
#include "crypto/noise.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/hash.hpp"

namespace kith::crypto {
namespace {

constexpr std::size_t key_size = 32;

// X25519 ignores the low bits of a secret's first byte, so the secrets of these tests differ in all their bytes.
KeyPair pair_of(u8 byte) {
  Key secret;
  secret.fill(byte);
  return exchange_pair(secret);
}

// Both sides of one handshake.
struct Pair {
  Aead aead;
  KeyPair s_i = pair_of(1);
  KeyPair s_r = pair_of(2);
  KeyPair e_i = pair_of(3);
  KeyPair e_r = pair_of(4);
  IkInitiator initiator{aead, s_i, s_r.public_key, e_i, as_bytes("prologue")};
  IkResponder responder{aead, s_r, as_bytes("prologue")};

  std::optional<Buffer> read_first(Bytes message) {
    if (message.size() < IkResponder::static_part_size) return std::nullopt;
    if (!responder.read_static(message.first(IkResponder::static_part_size))) return std::nullopt;
    return responder.read_payload(message.subspan(IkResponder::static_part_size));
  }
};

Key key(std::string_view hex) { return take_array<key_size>(from_hex(hex).value()); }

// The points u of small order, with p − 1, p and p + 1 as they may be spelled: with each of them an exchange is zero.
std::vector<Key> small_order() {
  return {key("0000000000000000000000000000000000000000000000000000000000000000"),
          key("0100000000000000000000000000000000000000000000000000000000000000"),
          key("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
          key("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
          key("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          key("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          key("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          key("0000000000000000000000000000000000000000000000000000000000000080")};
}

void flip(Buffer& message, std::size_t bit) { message[bit / 8] ^= static_cast<u8>(1U << bit % 8); }

TEST(Ik, carries_both_payloads_and_gives_both_sides_the_same_keys) {
  Pair pair;
  const auto first = pair.initiator.write_first(as_bytes("hello"));
  ASSERT_TRUE(first);
  EXPECT_EQ(pair.responder.read_static(Bytes(*first).first(IkResponder::static_part_size)), pair.s_i.public_key);
  const auto hello = pair.responder.read_payload(Bytes(*first).subspan(IkResponder::static_part_size));
  ASSERT_TRUE(hello);
  EXPECT_EQ(as_text(*hello), "hello");
  const auto second = pair.responder.write_second(pair.e_r, as_bytes("welcome"));
  ASSERT_TRUE(second);
  const auto welcome = pair.initiator.read_second(*second);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(as_text(*welcome), "welcome");
  const Split i = pair.initiator.split();
  const Split r = pair.responder.split();
  EXPECT_EQ(i.send, r.receive);
  EXPECT_EQ(i.receive, r.send);
  EXPECT_NE(i.send, i.receive);
  EXPECT_EQ(i.handshake_hash, r.handshake_hash);
}

TEST(Ik, refuses_a_first_message_with_any_bit_flipped) {
  const Buffer good = Pair().initiator.write_first(as_bytes("hello")).value();
  // Among them the top bit of e, of which X25519 takes no notice (RFC 7748 §5): the transcript does.
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Buffer bad = good;
    flip(bad, bit);
    EXPECT_FALSE(Pair().read_first(bad)) << "bit " << bit;
  }
}

TEST(Ik, refuses_a_second_message_with_any_bit_flipped) {
  for (std::size_t bit = 0; bit < (key_size + 7 + tag_size) * 8; ++bit) {
    Pair pair;
    ASSERT_TRUE(pair.read_first(pair.initiator.write_first({}).value()));
    Buffer bad = pair.responder.write_second(pair.e_r, as_bytes("welcome")).value();
    flip(bad, bit);
    EXPECT_FALSE(pair.initiator.read_second(bad)) << "bit " << bit;
  }
}

TEST(Ik, refuses_messages_cut_at_every_byte) {
  const Buffer first = Pair().initiator.write_first(as_bytes("hello")).value();
  for (std::size_t size = 0; size < first.size(); ++size)
    EXPECT_FALSE(Pair().read_first(to_buffer(Bytes(first).first(size))));
  for (std::size_t size = 0; size < key_size + 7 + tag_size; ++size) {
    Pair pair;
    ASSERT_TRUE(pair.read_first(pair.initiator.write_first({}).value()));
    const Buffer second = pair.responder.write_second(pair.e_r, as_bytes("welcome")).value();
    EXPECT_FALSE(pair.initiator.read_second(to_buffer(Bytes(second).first(size)))) << size;
  }
}

TEST(Ik, takes_a_static_part_of_one_size_only) {
  const Buffer first = Pair().initiator.write_first({}).value();
  for (std::size_t size = 0; size <= first.size(); ++size)
    EXPECT_EQ(Pair().responder.read_static(Bytes(first).first(size)).has_value(), size == 80) << size;
}

TEST(Ik, refuses_another_prologue_and_another_responder) {
  Pair pair;
  const Buffer first = pair.initiator.write_first({}).value();
  IkResponder elsewhere(pair.aead, pair.s_r, as_bytes("Prologue"));
  EXPECT_FALSE(elsewhere.read_static(Bytes(first).first(IkResponder::static_part_size)));
  IkResponder other(pair.aead, pair.s_i, as_bytes("prologue"));
  EXPECT_FALSE(other.read_static(Bytes(first).first(IkResponder::static_part_size)));
}

TEST(Ik, refuses_an_initiator_that_claims_a_static_key_it_lacks) {
  Pair pair;
  const KeyPair claimed{pair_of(9).secret, pair.s_i.public_key};
  IkInitiator liar(pair.aead, claimed, pair.s_r.public_key, pair.e_i, as_bytes("prologue"));
  EXPECT_FALSE(pair.read_first(liar.write_first({}).value()));
}

// A first message by somebody who stays with the key of `es`, as a responder would that let a zero result through.
Buffer forged_first(Aead& aead, const Key& rs, const Key& e, const Key& es, const Key& s) {
  constexpr std::string_view name = "Noise_IK_25519_ChaChaPoly_SHA256";
  Hash h = take_array<key_size>(as_bytes(name));
  for (const Bytes part : {as_bytes("prologue"), Bytes(rs), Bytes(e)}) h = sha256({h, part});
  const Hash temporary = hmac_sha256(as_bytes(name), es);
  Buffer tail = to_buffer(hmac_sha256(temporary, Buffer{1}));
  tail.push_back(2);
  const Key key = hmac_sha256(temporary, tail);
  Buffer out = to_buffer(e);
  aead.seal(key, 0, h, s, out);
  aead.seal(key, 1, sha256({h, Bytes(out).subspan(key_size)}), {}, out);
  return out;
}

TEST(Ik, refuses_an_ephemeral_key_of_small_order_on_both_sides) {
  for (const Key& bad : small_order()) {
    Pair pair;
    const Buffer first = forged_first(pair.aead, pair.s_r.public_key, bad, Key{}, pair.s_i.public_key);
    EXPECT_FALSE(pair.responder.read_static(Bytes(first).first(IkResponder::static_part_size))) << to_hex(bad);
    ASSERT_TRUE(pair.initiator.write_first({}));
    Buffer second = to_buffer(bad);
    second.resize(key_size + tag_size);
    EXPECT_FALSE(pair.initiator.read_second(second)) << to_hex(bad);
  }
}

TEST(Ik, refuses_a_static_key_of_small_order_on_both_sides) {
  for (const Key& bad : small_order()) {
    Pair pair;
    IkInitiator to_nobody(pair.aead, pair.s_i, bad, pair.e_i, {});
    EXPECT_FALSE(to_nobody.write_first({})) << to_hex(bad);
    const Key es = x25519(pair.e_i.secret, pair.s_r.public_key).value();
    const Buffer first = forged_first(pair.aead, pair.s_r.public_key, pair.e_i.public_key, es, bad);
    EXPECT_EQ(pair.responder.read_static(Bytes(first).first(IkResponder::static_part_size)), bad);
    EXPECT_FALSE(pair.responder.read_payload(Bytes(first).subspan(IkResponder::static_part_size))) << to_hex(bad);
  }
}

Key renewed(Aead& aead, const Key& old) {
  Buffer sealed;
  aead.seal(old, CipherState::last_nonce, {}, Key{}, sealed);
  return take_array<key_size>(sealed);
}

TEST(CipherState, renews_its_key_before_each_256th_record_and_counts_on) {
  Aead aead;
  CipherState sender(Key{1});
  CipherState receiver(Key{1});
  Key now{1};
  for (u64 n = 0; n < 600; ++n) {
    if (n == 256 || n == 512) now = renewed(aead, now);
    Buffer sealed;
    Buffer expected;
    Buffer plain;
    ASSERT_EQ(sender.n(), n);
    ASSERT_TRUE(sender.seal(aead, as_bytes("ping"), sealed));
    aead.seal(now, n, {}, as_bytes("ping"), expected);
    ASSERT_EQ(sealed, expected) << "record " << n;
    ASSERT_TRUE(receiver.open(aead, sealed, plain)) << "record " << n;
  }
}

TEST(CipherState, is_as_it_was_after_a_forged_record_also_where_the_key_is_renewed) {
  for (const u64 n : {u64{0}, u64{1}, u64{256}, u64{511}, u64{512}}) {
    Aead aead;
    CipherState sender(Key{1}, n);
    CipherState receiver(Key{1}, n);
    Buffer sealed;
    Buffer plain;
    ASSERT_TRUE(sender.seal(aead, as_bytes("ping"), sealed));
    Buffer forged = sealed;
    flip(forged, 0);
    EXPECT_FALSE(receiver.open(aead, forged, plain));
    EXPECT_FALSE(receiver.open(aead, {}, plain));
    EXPECT_TRUE(plain.empty());
    EXPECT_EQ(receiver.n(), n);
    EXPECT_TRUE(receiver.open(aead, sealed, plain)) << "record " << n;
    EXPECT_FALSE(receiver.open(aead, sealed, plain)) << "record " << n << " again";
  }
}

TEST(CipherState, never_uses_the_last_nonce) {
  Aead aead;
  CipherState sender(Key{1}, CipherState::last_nonce - 1);
  CipherState receiver(Key{1}, CipherState::last_nonce - 1);
  Buffer sealed;
  Buffer plain;
  EXPECT_TRUE(sender.seal(aead, as_bytes("last"), sealed));
  EXPECT_TRUE(receiver.open(aead, sealed, plain));
  Buffer more;
  EXPECT_FALSE(sender.seal(aead, as_bytes("more"), more));
  EXPECT_TRUE(more.empty());
  aead.seal(Key{1}, CipherState::last_nonce, {}, as_bytes("more"), more);
  EXPECT_FALSE(receiver.open(aead, more, plain));
  EXPECT_EQ(as_text(plain), "last");
}

RC_GTEST_PROP(CipherState, gives_the_texts_in_their_order_and_no_other, (const std::vector<Buffer>& texts)) {
  Aead aead;
  CipherState sender(Key{5}, 250);
  CipherState receiver(Key{5}, 250);
  std::vector<Buffer> records(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) RC_ASSERT(sender.seal(aead, texts[i], records[i]));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Buffer plain;
    if (i + 1 < texts.size()) RC_ASSERT(!receiver.open(aead, records[i + 1], plain));
    RC_ASSERT(receiver.open(aead, records[i], plain));
    RC_ASSERT(plain == texts[i]);
  }
}

}  // namespace
}  // namespace kith::crypto
