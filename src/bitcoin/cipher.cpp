// When keys are renewed, and the nonces between two renewals.
#include "bitcoin/cipher.hpp"

namespace kith::bitcoin {
namespace {

/// The message number of the renewal itself, which no message has.
constexpr u32 renewal = 0xffffffff;

crypto::Nonce nonce_of(u32 first, u64 renewals) {
  crypto::Nonce out{};
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<u8>(first >> 8 * i);
  for (std::size_t i = 0; i < 8; ++i) out[4 + i] = static_cast<u8>(renewals >> 8 * i);
  return out;
}

}  // namespace

u8 FsChaCha20::next() {
  if (used_ == block_.bytes.size()) {
    block_ = crypto::chacha20_block(key_.bytes, nonce_of(0, renewals_), blocks_++);
    used_ = 0;
  }
  return block_.bytes[used_++];
}

void FsChaCha20::crypt(std::span<u8> chunk) {
  for (u8& byte : chunk) byte ^= next();
  if (++chunks_ < rekey_interval) return;
  crypto::Secret<32> renewed;
  for (u8& byte : renewed.bytes) byte = next();
  key_ = renewed;
  ++renewals_;
  chunks_ = 0;
  blocks_ = 0;
  used_ = block_.bytes.size();
  crypto::wipe(block_.bytes);
}

crypto::Nonce FsChaCha20Poly1305::nonce(u32 message) const { return nonce_of(message, renewals_); }

void FsChaCha20Poly1305::count(crypto::Aead& aead) {
  if (++messages_ < rekey_interval) return;
  crypto::Secret<32 + crypto::tag_size> zeros;
  aead.seal_in_place(key_.bytes, nonce(renewal), {}, zeros.bytes);
  key_ = crypto::Secret<32>(take_array<32>(zeros.bytes));
  messages_ = 0;
  ++renewals_;
}

void FsChaCha20Poly1305::seal(crypto::Aead& aead, Bytes ad, std::span<u8> text) {
  aead.seal_in_place(key_.bytes, nonce(messages_), ad, text);
  count(aead);
}

bool FsChaCha20Poly1305::open(crypto::Aead& aead, Bytes ad, std::span<u8> sealed) {
  const bool good = aead.open_in_place(key_.bytes, nonce(messages_), ad, sealed);
  count(aead);
  return good;
}

}  // namespace kith::bitcoin
