// FeeRate: what is paid for the room that is taken, compared without rounding.
#pragma once

#include <compare>

#include "base/bytes.hpp"

namespace kith::ledger::bitcoin {

/// The largest rate that is asked of anybody, in satoshi per 1000 virtual bytes: a coin for each byte.
inline constexpr u64 max_rate = 100'000'000'000;

struct FeeRate {
  /// In satoshi.
  u64 fee = 0;
  /// In virtual bytes: a quarter of the weight (BIP 141), rounded up. Not 0, and below 2^32.
  u64 size = 1;

  /// In satoshi per 1000 virtual bytes, rounded down; at most max_rate.
  u64 per_kilobyte() const { return std::min(fee * 1000 / size, max_rate); }
  /// Whether it pays `rate` satoshi per 1000 virtual bytes, which is at most max_rate.
  bool pays(u64 rate) const { return fee * 1000 >= rate * size; }

  std::weak_ordering operator<=>(const FeeRate& other) const {
    // All fees there can be, times all sizes, need more than 64 bits; what remains behind the whole part does not.
    if (const auto whole = fee / size <=> other.fee / other.size; whole != 0) return whole;
    return fee % size * other.size <=> other.fee % other.size * size;
  }
  bool operator==(const FeeRate& other) const { return (*this <=> other) == 0; }
};

}  // namespace kith::ledger::bitcoin
