// The bare loop: what TCP over loopback and ChaCha20-Poly1305 cost alone, with nothing of kith between them.
#pragma once

#include <cstddef>

namespace kith::bench {

/// Plaintext of a record as lean's, and of a write as the shell's batch.
inline constexpr std::size_t bare_record = 16'384;
inline constexpr std::size_t bare_write = 4 * bare_record;

/// CPU seconds per GiB of both ends, from moving `total` bytes.
double bare_round(std::size_t total);

}  // namespace kith::bench
