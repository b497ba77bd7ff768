// Hkdf: many keys from one secret: HKDF-SHA-256 (RFC 5869), for outputs of 32 bytes.
#pragma once

#include "base/bytes.hpp"
#include "crypto/secret.hpp"

namespace kith::crypto {

/// RFC 5869 §2.2. `input` is the secret.
Secret<32> hkdf_extract(Bytes salt, Bytes input);
/// The first 32 bytes of RFC 5869 §2.3.
Secret<32> hkdf_expand(const Secret<32>& extracted, Bytes info);

}  // namespace kith::crypto
