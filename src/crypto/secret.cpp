// Overwriting, by libsodium.
#include "crypto/secret.hpp"

#include <sodium.h>

namespace kith::crypto {

void wipe(std::span<u8> secret) { sodium_memzero(secret.data(), secret.size()); }

}  // namespace kith::crypto
