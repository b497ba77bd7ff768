// XSalsa20-Poly1305, by libsodium.
#include "crypto/secretbox.hpp"

#include <sodium.h>

namespace kith::crypto {

static_assert(crypto_secretbox_KEYBYTES == Key{}.size() && crypto_secretbox_NONCEBYTES == BoxNonce{}.size() &&
              crypto_secretbox_MACBYTES == tag_size);

void seal_secretbox(const Key& key, const BoxNonce& nonce, Bytes plain, Buffer& out) {
  const std::size_t start = out.size();
  out.resize(start + tag_size + plain.size());
  crypto_secretbox_easy(out.data() + start, plain.data(), plain.size(), nonce.data(), key.data());
}

bool open_secretbox(const Key& key, const BoxNonce& nonce, Bytes sealed, Buffer& out) {
  if (sealed.size() < tag_size) return false;
  const std::size_t start = out.size();
  out.resize(start + sealed.size() - tag_size);
  if (crypto_secretbox_open_easy(out.data() + start, sealed.data(), sealed.size(), nonce.data(), key.data()) == 0)
    return true;
  out.resize(start);
  return false;
}

}  // namespace kith::crypto
