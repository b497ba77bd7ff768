// OneWay: a message that only one key opens, to somebody who cannot answer: the Noise pattern N of
// Noise_N_25519_ChaChaPoly_SHA256. It tells nothing of its sender; whoever needs to know puts a signature inside.
#pragma once

#include <optional>

#include "crypto/aead.hpp"

namespace kith::crypto {

/// Bytes by which a sealed message is longer than its plain text: the ephemeral key and the tag.
inline constexpr std::size_t one_way_overhead = 32 + tag_size;

/// → e, es, payload. `to` is the receiver's X25519 key, `e` a pair that is used once. Nothing if the exchange is zero.
std::optional<Buffer> seal_to(const Key& to, const KeyPair& e, Bytes prologue, Bytes plain);
/// The plain text of a message to the holder of `s`; nothing if it is to another, changed, or of another prologue.
/// Costs one exchange.
std::optional<Buffer> open_sealed(const KeyPair& s, Bytes prologue, Bytes sealed);

}  // namespace kith::crypto
