// Cipher: the two ciphers of BIP 324 that renew their keys, so that who takes a key later cannot read what went before.
#pragma once

#include "crypto/aead.hpp"

namespace kith::bitcoin {

/// Uses of a key, after which both ciphers renew it.
inline constexpr u32 rekey_interval = 224;

/// FSChaCha20: a key stream that runs on over chunks, for the lengths of packets. Encrypts and decrypts alike.
class FsChaCha20 {
 public:
  explicit FsChaCha20(const crypto::Secret<32>& key) : key_(key) {}

  void crypt(std::span<u8> chunk);

 private:
  u8 next();

  crypto::Secret<32> key_;
  /// The block that is being used up: one is made for 21 lengths.
  crypto::Secret<64> block_;
  u64 renewals_ = 0;
  u32 chunks_ = 0;
  u32 blocks_ = 0;
  std::size_t used_ = 64;
};

/// FSChaCha20Poly1305: an AEAD that counts its messages.
class FsChaCha20Poly1305 {
 public:
  explicit FsChaCha20Poly1305(const crypto::Secret<32>& key) : key_(key) {}

  /// Seals where the plain text stands; the last crypto::tag_size bytes of `text` are room for the tag.
  void seal(crypto::Aead& aead, Bytes ad, std::span<u8> text);
  /// Opens where the sealed text stands; false leaves anything there. A failure counts as a message too.
  [[nodiscard]] bool open(crypto::Aead& aead, Bytes ad, std::span<u8> sealed);

 private:
  crypto::Nonce nonce(u32 message) const;
  void count(crypto::Aead& aead);

  crypto::Secret<32> key_;
  u64 renewals_ = 0;
  u32 messages_ = 0;
};

}  // namespace kith::bitcoin
