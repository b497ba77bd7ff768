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

/// A record that is made where it is sent from. Its plaintext is appended to `out` after begin_record, which returns
/// where the record starts; end_record seals it there, and is false, with the record gone, when no nonce is left.
std::size_t begin_record(Buffer& out);
bool end_record(crypto::Aead& aead, crypto::CipherState& cipher, Buffer& out, std::size_t start);

/// The size of the record that `in` begins with, 0 while that cannot be told. Fails with bad_record on a length that no
/// record has: said before the rest has come, so that nobody waits for it.
Result<std::size_t> record_size(Bytes in);
/// Takes the first record off the front of `in`, which holds a stream from a record's first byte on: its plaintext,
/// which stands in `plain`, or nothing while it is not all there. Fails with bad_record: anyone on the path can cause
/// it.
Result<std::optional<Bytes>> take_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes& in, Buffer& plain);

}  // namespace kith::lean
