// Aead: ChaCha20-Poly1305 with one pair of cipher contexts for all keys of a thread, because setting up a context costs
// as much as a small record and keeping one per connection costs a kilobyte.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "crypto/chacha20.hpp"
#include "crypto/keys.hpp"

struct evp_cipher_ctx_st;  // OpenSSL's name for a cipher context

namespace kith::crypto {

/// Bytes by which a sealed text is longer than its plain text.
inline constexpr std::size_t tag_size = 16;
/// The longest plain text, in bytes, such that a sealed one is a Noise message (Noise §3).
inline constexpr std::size_t max_text = 65'535 - tag_size;

/// ChaCha20-Poly1305 (RFC 8439 §2.8). Where a nonce is a number it is Noise's: four zero bytes, then the number in
/// little endian. Not for two threads at once.
class Aead {
 public:
  Aead();

  /// Appends ciphertext and tag to `out`. `plain` and `ad` must not point into `out`
  /// and hold at most `max_text` bytes each.
  void seal(const Key& key, u64 nonce, Bytes ad, Bytes plain, Buffer& out);
  /// Appends the plain text to `out` and returns true; or returns false and leaves `out` as it was.
  /// `sealed` and `ad` must not point into `out`.
  [[nodiscard]] bool open(const Key& key, u64 nonce, Bytes ad, Bytes sealed, Buffer& out);
  /// As seal() without `ad`, where the plain text stands: the last tag_size bytes of `text` are room for the tag.
  void seal_in_place(const Key& key, u64 nonce, std::span<u8> text);
  /// As open() without `ad`, into `out`, which is tag_size bytes shorter than `sealed`; false leaves anything there.
  [[nodiscard]] bool open_into(const Key& key, u64 nonce, Bytes sealed, std::span<u8> out);

  /// The same for protocols that are not Noise: any nonce, and any text that its caller has bounded.
  void seal_in_place(const Key& key, const Nonce& nonce, Bytes ad, std::span<u8> text);
  /// Puts the plain text where the sealed one stands, whose last tag_size bytes are void then; false leaves anything
  /// there.
  [[nodiscard]] bool open_in_place(const Key& key, const Nonce& nonce, Bytes ad, std::span<u8> sealed);

 private:
  void encrypt(const Key& key, const Nonce& nonce, Bytes ad, Bytes plain, u8* out);
  bool decrypt(const Key& key, const Nonce& nonce, Bytes ad, Bytes sealed, u8* out);

  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> encrypt_;
  std::unique_ptr<evp_cipher_ctx_st, Free> decrypt_;
};

}  // namespace kith::crypto
