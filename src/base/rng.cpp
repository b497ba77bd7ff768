// The ChaCha20 block function and the dice on it. base links nothing, hence the thirty lines of our own; the published
// vectors stand in rng_test.cpp.
#include "base/rng.hpp"

#include <bit>

namespace kith {
namespace {

void quarter_round(std::array<u32, 16>& x, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
  x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
  x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
  x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
}

}  // namespace

std::array<u8, 64> chacha20_block(const std::array<u32, 16>& state) {
  auto x = state;
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < 4; ++i) quarter_round(x, i, i + 4, i + 8, i + 12);
    for (std::size_t i = 0; i < 4; ++i) quarter_round(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
  }
  std::array<u8, 64> out;
  for (std::size_t i = 0; i < 16; ++i) {
    const u32 word = x[i] + state[i];
    for (std::size_t byte = 0; byte < 4; ++byte) out[4 * i + byte] = static_cast<u8>(word >> (8 * byte));
  }
  return out;
}

Rng::Rng(const std::array<u8, 32>& key, u64 stream) : block_{} {
  state_ = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (std::size_t i = 0; i < 32; ++i) state_[4 + i / 4] |= u32{key[i]} << (8 * (i % 4));
  state_[14] = static_cast<u32>(stream);
  state_[15] = static_cast<u32>(stream >> 32);
}

Rng Rng::seeded(u64 seed, u64 stream) {
  std::array<u8, 32> key{};
  for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<u8>(seed >> (8 * i));
  return Rng(key, stream);
}

void Rng::refill() {
  block_ = chacha20_block(state_);
  used_ = 0;
  if (++state_[12] == 0) ++state_[13];
}

void Rng::fill(std::span<u8> out) {
  for (u8& byte : out) {
    if (used_ == block_.size()) refill();
    byte = block_[used_++];
  }
}

u64 Rng::operator()() {
  u64 out = 0;
  const auto raw = bytes<8>();
  for (std::size_t i = 0; i < 8; ++i) out |= u64{raw[i]} << (8 * i);
  return out;
}

u64 Rng::below(u64 end) {
  check(end > 0, "dice with no sides");
  // Numbers at or above the largest multiple of `end` would favour the low results.
  const u64 limit = max() - max() % end;
  u64 drawn = (*this)();
  while (drawn >= limit) drawn = (*this)();
  return drawn % end;
}

Duration Rng::around(Duration mean) {
  const auto count = static_cast<u64>(mean.count());
  return count == 0 ? Duration{0} : Duration{static_cast<i64>(count / 2 + below(count))};
}

}  // namespace kith
