// Hashes, by OpenSSL and libsodium.
#include "crypto/hash.hpp"

#include <memory>

#include <openssl/evp.h>
#include <sodium.h>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "crypto/secret.hpp"

namespace kith::crypto {
namespace {

constexpr std::size_t block_size = 64;
using Block = std::array<u8, block_size>;

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up costs more than hashing a block header does, so it is done once. It is never given back:
// other static objects may still hash while the process ends.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

Secret<block_size> padded(const Block& key, u8 with) {
  Secret<block_size> out(key);
  for (u8& byte : out.bytes) byte ^= with;
  return out;
}

}  // namespace

Hash sha256(std::initializer_list<Bytes> parts) {
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1;
  for (const Bytes part : parts) good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  Hash out;
  good = good && EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1;
  check(good, "OpenSSL has SHA-256");
  return out;
}

Hash sha256(Bytes data) { return sha256(std::initializer_list<Bytes>{data}); }

Hash sha256d(Bytes data) { return sha256(sha256(data)); }

Hash hmac_sha256(Bytes key, Bytes data) {
  Secret<block_size> block;
  if (key.size() > block_size) {
    std::ranges::copy(sha256(key), block.bytes.begin());
  } else {
    std::ranges::copy(key, block.bytes.begin());
  }
  return sha256({padded(block.bytes, 0x5c).bytes, sha256({padded(block.bytes, 0x36).bytes, data})});
}

u64 keyed_hash(const std::array<u8, 16>& key, Bytes data) {
  static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);
  std::array<u8, 8> out{};
  crypto_shorthash(out.data(), data.data(), data.size(), key.data());
  return Reader(out).u64le();
}

}  // namespace kith::crypto
