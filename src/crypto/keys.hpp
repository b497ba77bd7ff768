// Keys: one Ed25519 identity, the X25519 keys that follow from it, and the one rule by which a signature counts.
#pragma once

#include <array>
#include <optional>

#include "base/bytes.hpp"
#include "crypto/secret.hpp"

namespace kith::crypto {

using Key = std::array<u8, 32>;
using Signature = std::array<u8, 64>;

/// An Ed25519 key (RFC 8032) with the X25519 key of the same seed.
class Identity {
 public:
  explicit Identity(const std::array<u8, 32>& seed);
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  Identity(Identity&&) = default;
  Identity& operator=(Identity&&) = default;
  ~Identity() = default;

  const Key& public_key() const { return public_key_; }
  Signature sign(Bytes message) const;

  /// clamp(SHA-512(seed)[0..32]): the scalar of which public_key() is the Edwards point.
  const Key& exchange_secret() const { return exchange_secret_.bytes; }
  /// The u coordinate of public_key().
  const Key& exchange_public() const { return exchange_public_; }

 private:
  Secret<64> signing_key_;
  Key public_key_{};
  Secret<32> exchange_secret_;
  Key exchange_public_{};
};

/// The pinned Ed25519 rule: S < L; `author` canonical and of prime order; R canonical and not of small order; the
/// equation without cofactor, compared byte by byte. All nodes must agree on it, or honest relays look guilty.
[[nodiscard]] bool verify(const Key& author, Bytes message, const Signature& signature);
/// verify() at half its cost, for an author whose key to_exchange() has accepted before.
[[nodiscard]] bool verify_known(const Key& author, Bytes message, const Signature& signature);

/// The X25519 form of an Ed25519 public key; nothing if the key is not canonical, off the curve or not of prime order.
/// Costs as much as a signature check.
std::optional<Key> to_exchange(const Key& ed25519_public);

/// X25519 (RFC 7748 §5); nothing if the result is zero, as it is for points of small order.
std::optional<Key> x25519(const Key& secret, const Key& public_key);

/// An X25519 key pair; the secret is overwritten when it goes.
struct KeyPair {
  Key secret;
  Key public_key;

  ~KeyPair() { wipe(secret); }
};
KeyPair exchange_pair(const Key& secret);

}  // namespace kith::crypto
