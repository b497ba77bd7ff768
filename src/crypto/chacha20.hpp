// Chacha20: blocks of a ChaCha20 key stream, for what is encrypted without a tag.
#pragma once

#include "base/bytes.hpp"
#include "crypto/keys.hpp"
#include "crypto/secret.hpp"

namespace kith::crypto {

/// A nonce of RFC 8439, as it stands.
using Nonce = std::array<u8, 12>;

/// The block function of RFC 8439 §2.3.
Secret<64> chacha20_block(const Key& key, const Nonce& nonce, u32 counter);

}  // namespace kith::crypto
