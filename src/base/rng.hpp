// Rng: dice that are a ChaCha20 key stream (RFC 8439), so that the same seed gives the same numbers everywhere and
// secret keys may be drawn from it.
#pragma once

#include <array>
#include <utility>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/time.hpp"

namespace kith {

class Rng {
 public:
  using result_type = u64;

  /// `key` is 32 secret bytes in the shell, and derived from (seed, node) in the simulator.
  explicit Rng(const std::array<u8, 32>& key, u64 stream = 0);
  /// Dice for a simulation or a test.
  static Rng seeded(u64 seed, u64 stream = 0);

  u64 operator()();
  static constexpr u64 min() { return 0; }
  static constexpr u64 max() { return ~u64{0}; }

  void fill(std::span<u8> out);
  template <std::size_t N>
  std::array<u8, N> bytes() {
    std::array<u8, N> out;
    fill(out);
    return out;
  }

  /// Uniform in [0, end), without bias; `end` must not be 0.
  u64 below(u64 end);
  /// Uniform in [mean/2, 3·mean/2): the intervals at which nodes do things, so that they do not do them together.
  Duration around(Duration mean);
  bool one_in(u64 n) { return below(n) == 0; }

  /// Fisher and Yates; std::shuffle gives other orders under other libraries.
  template <typename Range>
  void shuffle(Range& range) {
    for (std::size_t i = range.size(); i > 1; --i) std::swap(range[i - 1], range[below(i)]);
  }

 private:
  void refill();

  std::array<u32, 16> state_;
  std::array<u8, 64> block_;
  std::size_t used_ = 64;
};

/// One ChaCha20 block: RFC 8439 §2.3, with the 64-bit counter and 64-bit nonce of the original cipher.
std::array<u8, 64> chacha20_block(const std::array<u32, 16>& state);

}  // namespace kith
