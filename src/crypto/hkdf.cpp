// HKDF by HMAC: an output of 32 bytes is its first block.
#include "crypto/hkdf.hpp"

#include "crypto/hash.hpp"

namespace kith::crypto {

Secret<32> hkdf_extract(Bytes salt, Bytes input) { return Secret<32>(hmac_sha256(salt, input)); }

Secret<32> hkdf_expand(const Secret<32>& extracted, Bytes info) {
  Buffer block = to_buffer(info);
  block.push_back(1);
  return Secret<32>(hmac_sha256(extracted.bytes, block));
}

}  // namespace kith::crypto
