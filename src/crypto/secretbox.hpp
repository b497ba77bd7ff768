// Secretbox: XSalsa20-Poly1305, with which NaCl seals messages: crypto_secretbox, and crypto_box once both sides have
// derived their key. https://nacl.cr.yp.to/secretbox.html
#pragma once

#include "crypto/aead.hpp"

namespace kith::crypto {

/// Long enough to be drawn at random for every message.
using BoxNonce = std::array<u8, 24>;

/// Appends tag and ciphertext to `out`: tag_size bytes more than `plain`, which must not point into `out`.
void seal_secretbox(const Key& key, const BoxNonce& nonce, Bytes plain, Buffer& out);
/// Appends the plain text to `out` and returns true; or returns false and leaves `out` as it was. `sealed` must not
/// point into `out`.
[[nodiscard]] bool open_secretbox(const Key& key, const BoxNonce& nonce, Bytes sealed, Buffer& out);

}  // namespace kith::crypto
