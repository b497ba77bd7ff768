// Seal: the form in which everything of this wire travels, and which protects nothing. go-spacemesh,
// p2p/p2pcrypto/crypto.go.
#pragma once

#include "base/error.hpp"
#include "crypto/secretbox.hpp"

namespace kith::spacemesh {

/// The key of every session, whoever meets: the original derives one from both sides' keys into a copy that it drops,
/// and seals with 32 zero bytes, in all versions that use NaCl. So a seal is no secrecy and no authentication: anybody
/// opens it and anybody makes it, nobody proves the key that he names as his, and records can be sent again at will.
/// Whoever seals with the derived key is not understood.
inline constexpr crypto::Key zero_key{};

/// Bytes by which a sealed text is longer: nonce and tag.
inline constexpr std::size_t seal_overhead = crypto::BoxNonce{}.size() + crypto::tag_size;

/// nonce[24] | tag[16] | ciphertext. The nonce is drawn at random for each text.
Buffer seal(const crypto::BoxNonce& nonce, Bytes plain);
/// Fails with bad_record.
Result<Buffer> open(Bytes sealed);

}  // namespace kith::spacemesh
