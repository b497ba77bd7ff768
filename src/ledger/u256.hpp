// U256: the few sums on 256-bit numbers that targets and the work of chains need.
#pragma once

#include <bit>

#include "model/block.hpp"

namespace kith::ledger {

/// An unsigned number modulo 2^256; words[0] is the least significant.
struct U256 {
  std::array<u64, 4> words{};

  static U256 of(u64 value) { return {{value, 0, 0, 0}}; }
  static U256 of(const Work& work);
  /// A hash read as a number, least significant byte first, as Bitcoin does.
  static U256 of(const Hash& hash);
  Work to_work() const;

  bool operator==(const U256&) const = default;
  std::strong_ordering operator<=>(const U256& other) const {
    for (std::size_t i = 4; i-- > 0;)
      if (words[i] != other.words[i]) return words[i] <=> other.words[i];
    return std::strong_ordering::equal;
  }
  /// The number of bits up to the highest one that is set.
  u32 bit_length() const {
    for (std::size_t i = 4; i-- > 0;)
      if (words[i] != 0) return static_cast<u32>(64 * i) + static_cast<u32>(std::bit_width(words[i]));
    return 0;
  }
};

U256 operator~(const U256& a);
U256 operator+(const U256& a, const U256& b);
U256 operator-(const U256& a, const U256& b);
/// Shifts by less than 256 bits.
U256 operator<<(const U256& a, u32 bits);
U256 operator>>(const U256& a, u32 bits);
U256 operator*(const U256& a, u32 b);
/// `b` must not be 0.
U256 operator/(const U256& a, const U256& b);

/// Work of a chain and a header on top of it, and the difference of two.
inline Work plus(const Work& a, const Work& b) { return (U256::of(a) + U256::of(b)).to_work(); }
inline Work minus(const Work& a, const Work& b) { return (U256::of(a) - U256::of(b)).to_work(); }

}  // namespace kith::ledger
