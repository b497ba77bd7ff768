// A sealed file ends with the SHA-256 of all before it, so that a file cut short or rotten is told from a good one.
#pragma once

#include "base/error.hpp"
#include "crypto/hash.hpp"

namespace kith::crypto {

inline void seal(Buffer& file) { append(file, sha256(file)); }

/// The content. Fault::storage if the file is larger than `most` bytes or its checksum is wrong.
inline Result<Bytes> unseal(Bytes file, std::size_t most) {
  constexpr std::size_t size = Hash{}.size();
  if (file.size() > most) return fail(Fault::storage, "size");
  if (file.size() < size) return fail(Fault::storage, "checksum");
  const auto content = file.first(file.size() - size);
  if (!equal(sha256(content), file.last(size))) return fail(Fault::storage, "checksum");
  return content;
}

}  // namespace kith::crypto
