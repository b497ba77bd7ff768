// Base58 with Bitcoin's alphabet, in which people read keys and ids. No checksum.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace kith::codec {

/// Takes time with the square of the size: for keys and ids, not for bodies.
std::string to_base58(Bytes bytes);
/// Nothing if a character is not of the alphabet, blanks included, or the value is longer than `max_bytes`.
std::optional<Buffer> from_base58(std::string_view text, std::size_t max_bytes);

}  // namespace kith::codec
