// What the encrypted transport costs beside its cipher.
#pragma once

namespace kith::bench {

/// Prints the CPU seconds for a GiB sealed and opened by two transports, those of the bare cipher, and the median
/// ratio, for messages of several sizes.
void bulk();

}  // namespace kith::bench
