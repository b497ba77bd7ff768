// Signing through libsecp256k1.
#include "crypto/ecdsa.hpp"

#include <secp256k1.h>

#include "base/check.hpp"

namespace kith::crypto {
namespace {

/// Never given back, because other static objects may still use it.
const secp256k1_context* context() {
  static const auto* const made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  return made;
}

}  // namespace

EcdsaKey::EcdsaKey(const Secret<32>& secret) : secret_(secret) {
  secp256k1_pubkey point;
  check(secp256k1_ec_pubkey_create(context(), &point, secret_.bytes.data()) == 1, "a secret outside the group");
  std::size_t size = public_.size();
  secp256k1_ec_pubkey_serialize(context(), public_.data(), &size, &point, SECP256K1_EC_COMPRESSED);
}

Buffer EcdsaKey::sign(const Hash& digest) const {
  secp256k1_ecdsa_signature signature;
  check(secp256k1_ecdsa_sign(context(), &signature, digest.data(), secret_.bytes.data(), nullptr, nullptr) == 1,
        "a signature");
  Buffer out(72);
  std::size_t size = out.size();
  check(secp256k1_ecdsa_signature_serialize_der(context(), out.data(), &size, &signature) == 1, "room for a signature");
  out.resize(size);
  return out;
}

}  // namespace kith::crypto
