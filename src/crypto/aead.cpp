// ChaCha20-Poly1305, by OpenSSL.
#include "crypto/aead.hpp"

#include <openssl/evp.h>

#include "base/check.hpp"

namespace kith::crypto {
namespace {

/// OpenSSL counts in int.
constexpr std::size_t most_bytes = 1 << 30;

Nonce noise_nonce(u64 n) {
  Nonce out{};
  for (std::size_t i = 0; i < 8; ++i) out[4 + i] = static_cast<u8>(n >> (8 * i));
  return out;
}

// Runs `in` through the context. OpenSSL takes a null pointer for the end of the text, so empty views stay away.
bool update(EVP_CIPHER_CTX* context, u8* out, Bytes in) {
  int size = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())) == 1;
}

bool finish(EVP_CIPHER_CTX* context) {
  int size = 0;
  std::array<u8, 16> nothing;
  return EVP_CipherFinal_ex(context, nothing.data(), &size) == 1;
}

}  // namespace

void Aead::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Aead::Aead() : encrypt_(EVP_CIPHER_CTX_new()), decrypt_(EVP_CIPHER_CTX_new()) {
  EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  const bool good = cipher != nullptr &&
                    EVP_CipherInit_ex2(encrypt_.get(), cipher, nullptr, nullptr, 1, nullptr) == 1 &&
                    EVP_CipherInit_ex2(decrypt_.get(), cipher, nullptr, nullptr, 0, nullptr) == 1;
  EVP_CIPHER_free(cipher);
  check(good, "OpenSSL has ChaCha20-Poly1305");
}

void Aead::seal(const Key& key, u64 nonce, Bytes ad, Bytes plain, Buffer& out) {
  const std::size_t start = out.size();
  out.resize(start + plain.size() + tag_size);
  check(ad.size() <= max_text && plain.size() <= max_text, "a text that fits a Noise message");
  encrypt(key, noise_nonce(nonce), ad, plain, out.data() + start);
}

void Aead::seal_in_place(const Key& key, u64 nonce, std::span<u8> text) {
  check(text.size() <= max_text + tag_size, "a text that fits a Noise message");
  seal_in_place(key, noise_nonce(nonce), {}, text);
}

void Aead::seal_in_place(const Key& key, const Nonce& nonce, Bytes ad, std::span<u8> text) {
  check(text.size() >= tag_size, "room for a tag");
  encrypt(key, nonce, ad, text.first(text.size() - tag_size), text.data());
}

bool Aead::open(const Key& key, u64 nonce, Bytes ad, Bytes sealed, Buffer& out) {
  if (sealed.size() < tag_size || sealed.size() - tag_size > max_text) return false;
  const std::size_t start = out.size();
  out.resize(start + sealed.size() - tag_size);
  if (decrypt(key, noise_nonce(nonce), ad, sealed, out.data() + start)) return true;
  out.resize(start);
  return false;
}

bool Aead::open_into(const Key& key, u64 nonce, Bytes sealed, std::span<u8> out) {
  check(sealed.size() == out.size() + tag_size && out.size() <= max_text, "as much room as text");
  return decrypt(key, noise_nonce(nonce), {}, sealed, out.data());
}

bool Aead::open_in_place(const Key& key, const Nonce& nonce, Bytes ad, std::span<u8> sealed) {
  return sealed.size() >= tag_size && decrypt(key, nonce, ad, sealed, sealed.data());
}

void Aead::encrypt(const Key& key, const Nonce& nonce, Bytes ad, Bytes plain, u8* out) {
  check(ad.size() <= most_bytes && plain.size() <= most_bytes, "a text that OpenSSL can count");
  EVP_CIPHER_CTX* const context = encrypt_.get();
  const bool good = EVP_CipherInit_ex2(context, nullptr, key.data(), nonce.data(), 1, nullptr) == 1 &&
                    update(context, nullptr, ad) && update(context, out, plain) && finish(context) &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, int{tag_size}, out + plain.size()) == 1;
  check(good, "sealing cannot fail");
}

bool Aead::decrypt(const Key& key, const Nonce& nonce, Bytes ad, Bytes sealed, u8* out) {
  check(ad.size() <= most_bytes && sealed.size() <= most_bytes, "a text that OpenSSL can count");
  const Bytes text = sealed.first(sealed.size() - tag_size);
  auto tag = take_array<tag_size>(sealed.last(tag_size));
  EVP_CIPHER_CTX* const context = decrypt_.get();
  return EVP_CipherInit_ex2(context, nullptr, key.data(), nonce.data(), 0, nullptr) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, int{tag_size}, tag.data()) == 1 &&
         update(context, nullptr, ad) && update(context, out, text) && finish(context);
}

}  // namespace kith::crypto
