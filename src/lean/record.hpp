// Record: the unit of encryption: u16 length ‖ AEAD of one or more frames, without associated data.
// docs/protocol/lean.md §4.
#pragma once

#include <optional>

#include "crypto/noise.hpp"
#include "lean/frame.hpp"

namespace kith::lean {

inline constexpr std::size_t tag_size = 16;
inline constexpr std::size_t length_size = 2;
inline constexpr std::size_t max_sealed = max_plain + tag_size;

/// Appends the record of `plain` (1 to max_plain bytes); false when the session has no nonce left.
bool write_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes plain, Buffer& out);

/// Takes the first record off the front of `in`, which holds a stream from a record's first byte on: its plaintext, or
/// nothing while it is not all there. Fails with bad_record: anyone on the path can cause it.
Result<std::optional<Buffer>> take_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes& in);

}  // namespace kith::lean
