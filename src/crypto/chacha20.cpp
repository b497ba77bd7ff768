// ChaCha20, by libsodium: a block is the encryption of zeros.
#include "crypto/chacha20.hpp"

#include <sodium.h>

namespace kith::crypto {

Secret<64> chacha20_block(const Key& key, const Nonce& nonce, u32 counter) {
  Secret<64> out;
  crypto_stream_chacha20_ietf_xor_ic(out.bytes.data(), out.bytes.data(), out.bytes.size(), nonce.data(), counter,
                                     key.data());
  return out;
}

}  // namespace kith::crypto
