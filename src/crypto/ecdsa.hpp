// ECDSA over secp256k1, as Bitcoin's scripts check it: signatures in DER with a low s (BIP 66, BIP 146).
#pragma once

#include "crypto/secret.hpp"

namespace kith::crypto {

class EcdsaKey {
 public:
  /// `secret` is in 1..n-1.
  explicit EcdsaKey(const Secret<32>& secret);

  /// 33 bytes: compressed.
  const std::array<u8, 33>& public_key() const { return public_; }
  /// At most 72 bytes; the same for the same digest (RFC 6979).
  Buffer sign(const Hash& digest) const;

 private:
  Secret<32> secret_;
  std::array<u8, 33> public_{};
};

}  // namespace kith::crypto
