// The Noise protocol framework (revision 34), as much of it as the pattern IK needs.
#include "crypto/noise.hpp"

#include <tuple>
#include <utility>

#include "base/check.hpp"
#include "crypto/hash.hpp"

namespace kith::crypto {
namespace {

constexpr std::string_view ik_name = "Noise_IK_25519_ChaChaPoly_SHA256";
constexpr std::size_t key_size = 32;

// HKDF with two outputs (Noise §4.3).
std::pair<Secret<32>, Secret<32>> derive(const Key& chaining_key, Bytes input) {
  const Secret<32> temporary(hmac_sha256(chaining_key, input));
  const Secret<32> first(hmac_sha256(temporary.bytes, std::array<u8, 1>{1}));
  Secret<33> tail;
  std::ranges::copy(first.bytes, tail.bytes.begin());
  tail.bytes[32] = 2;
  return {first, Secret<32>(hmac_sha256(temporary.bytes, tail.bytes))};
}

// REKEY (Noise §4.2).
Secret<32> renewed(Aead& aead, const Key& key) {
  Buffer sealed;
  aead.seal(key, CipherState::last_nonce, {}, Key{}, sealed);
  Secret<32> out(take_array<32>(sealed));
  wipe(sealed);
  return out;
}

}  // namespace

SymmetricState::SymmetricState(Aead& aead, std::string_view protocol_name) : aead_(&aead) {
  check(protocol_name.size() <= h_.size(), "a protocol name that needs no hashing");
  std::ranges::copy(as_bytes(protocol_name), h_.begin());
  chaining_key_.bytes = h_;
}

void SymmetricState::mix_hash(Bytes data) { h_ = sha256({h_, data}); }

bool SymmetricState::mix_exchange(const Key& secret, const Key& public_key) {
  auto shared = x25519(secret, public_key);
  if (!shared) return false;
  std::tie(chaining_key_, key_) = derive(chaining_key_.bytes, *shared);
  n_ = 0;
  wipe(*shared);
  return true;
}

void SymmetricState::encrypt_and_hash(Bytes plain, Buffer& out) {
  const std::size_t start = out.size();
  aead_->seal(key_.bytes, n_++, h_, plain, out);
  mix_hash(Bytes(out).subspan(start));
}

bool SymmetricState::decrypt_and_hash(Bytes sealed, Buffer& out) {
  if (!aead_->open(key_.bytes, n_, h_, sealed, out)) return false;
  ++n_;
  mix_hash(sealed);
  return true;
}

Split SymmetricState::split() const {
  const auto [first, second] = derive(chaining_key_.bytes, {});
  return {first.bytes, second.bytes, h_};
}

IkInitiator::IkInitiator(Aead& aead, const KeyPair& s, const Key& rs, const KeyPair& e, Bytes prologue)
    : state_(aead, ik_name), s_(s.secret), s_public_(s.public_key), e_(e.secret), e_public_(e.public_key), rs_(rs) {
  state_.mix_hash(prologue);
  state_.mix_hash(rs);
}

std::optional<Buffer> IkInitiator::write_first(Bytes payload) {
  Buffer out = to_buffer(e_public_);
  state_.mix_hash(e_public_);
  if (!state_.mix_exchange(e_.bytes, rs_)) return std::nullopt;
  state_.encrypt_and_hash(s_public_, out);
  if (!state_.mix_exchange(s_.bytes, rs_)) return std::nullopt;
  state_.encrypt_and_hash(payload, out);
  return out;
}

std::optional<Buffer> IkInitiator::read_second(Bytes message) {
  if (message.size() < key_size) return std::nullopt;
  const Key re = take_array<key_size>(message);
  state_.mix_hash(re);
  if (!state_.mix_exchange(e_.bytes, re) || !state_.mix_exchange(s_.bytes, re)) return std::nullopt;
  Buffer payload;
  if (!state_.decrypt_and_hash(message.subspan(key_size), payload)) return std::nullopt;
  return payload;
}

Split IkInitiator::split() const { return state_.split(); }

IkResponder::IkResponder(Aead& aead, const KeyPair& s, Bytes prologue) : state_(aead, ik_name), s_(s.secret) {
  state_.mix_hash(prologue);
  state_.mix_hash(s.public_key);
}

std::optional<Key> IkResponder::read_static(Bytes e_and_s) {
  if (e_and_s.size() != static_part_size) return std::nullopt;
  re_ = take_array<key_size>(e_and_s);
  state_.mix_hash(re_);
  if (!state_.mix_exchange(s_.bytes, re_)) return std::nullopt;
  Buffer rs;
  if (!state_.decrypt_and_hash(e_and_s.subspan(key_size), rs)) return std::nullopt;
  return rs_ = take_array<key_size>(rs);
}

std::optional<Buffer> IkResponder::read_payload(Bytes sealed) {
  if (!state_.mix_exchange(s_.bytes, rs_)) return std::nullopt;
  Buffer payload;
  if (!state_.decrypt_and_hash(sealed, payload)) return std::nullopt;
  return payload;
}

std::optional<Buffer> IkResponder::write_second(const KeyPair& e, Bytes payload) {
  Buffer out = to_buffer(e.public_key);
  state_.mix_hash(e.public_key);
  if (!state_.mix_exchange(e.secret, re_) || !state_.mix_exchange(e.secret, rs_)) return std::nullopt;
  state_.encrypt_and_hash(payload, out);
  return out;
}

Split IkResponder::split() const {
  Split out = state_.split();
  std::swap(out.send, out.receive);
  return out;
}

Secret<32> CipherState::next_key(Aead& aead) const {
  return n_ > 0 && n_ % rekey_interval == 0 ? renewed(aead, key_.bytes) : key_;
}

bool CipherState::seal(Aead& aead, Bytes plain, Buffer& out) {
  if (n_ == last_nonce) return false;
  key_ = next_key(aead);
  aead.seal(key_.bytes, n_++, {}, plain, out);
  return true;
}

bool CipherState::open(Aead& aead, Bytes sealed, Buffer& out) {
  if (n_ == last_nonce) return false;
  // Kept only if the record is good: a forged one must not renew the key twice.
  const Secret<32> key = next_key(aead);
  if (!aead.open(key.bytes, n_, {}, sealed, out)) return false;
  key_ = key;
  ++n_;
  return true;
}

bool CipherState::seal_in_place(Aead& aead, std::span<u8> text) {
  if (n_ == last_nonce) return false;
  key_ = next_key(aead);
  aead.seal_in_place(key_.bytes, n_++, text);
  return true;
}

bool CipherState::open_into(Aead& aead, Bytes sealed, std::span<u8> out) {
  if (n_ == last_nonce) return false;
  const Secret<32> key = next_key(aead);
  if (!aead.open_into(key.bytes, n_, sealed, out)) return false;
  key_ = key;
  ++n_;
  return true;
}

}  // namespace kith::crypto
