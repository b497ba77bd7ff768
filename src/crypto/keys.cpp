// Keys, by libsodium.
#include "crypto/keys.hpp"

#include <sodium.h>

#include "base/check.hpp"

namespace kith::crypto {
namespace {

// libsodium chooses the curve code for this processor when it is initialised; without that it takes the slowest.
void ready() {
  static const bool is_ready = sodium_init() >= 0;
  check(is_ready, "libsodium starts");
}

}  // namespace

Identity::Identity(const std::array<u8, 32>& seed) {
  ready();
  bool good = crypto_sign_seed_keypair(public_key_.data(), signing_key_.bytes.data(), seed.data()) == 0;
  good = good && crypto_sign_ed25519_sk_to_curve25519(exchange_secret_.bytes.data(), signing_key_.bytes.data()) == 0;
  check(good, "every seed has its keys");
  exchange_public_ = exchange_pair(exchange_secret_.bytes).public_key;
}

Signature Identity::sign(Bytes message) const {
  Signature out;
  crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), signing_key_.bytes.data());
  return out;
}

bool verify(const Key& author, Bytes message, const Signature& signature) {
  return verify_known(author, message, signature) && to_exchange(author);
}

bool verify_known(const Key& author, Bytes message, const Signature& signature) {
  ready();
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), author.data()) == 0;
}

std::optional<Key> to_exchange(const Key& ed25519_public) {
  ready();
  Key out;
  if (crypto_sign_ed25519_pk_to_curve25519(out.data(), ed25519_public.data()) != 0) return std::nullopt;
  return out;
}

std::optional<Key> x25519(const Key& secret, const Key& public_key) {
  ready();
  Secret<32> out;
  if (crypto_scalarmult_curve25519(out.bytes.data(), secret.data(), public_key.data()) != 0) return std::nullopt;
  return out.bytes;
}

KeyPair exchange_pair(const Key& secret) {
  ready();
  KeyPair out{secret, {}};
  check(crypto_scalarmult_curve25519_base(out.public_key.data(), secret.data()) == 0, "every scalar has its point");
  return out;
}

}  // namespace kith::crypto
