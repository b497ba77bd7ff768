// Coin: an output that a transaction may spend, and what it is found by.
#pragma once

#include "base/reader.hpp"
#include "base/writer.hpp"

namespace kith::ledger::bitcoin {

struct Coin {
  /// In satoshi.
  u64 value = 0;
  /// The script that locks it.
  Buffer script;
  /// Of the block that made it; 0 where nobody asks.
  u32 height = 0;
  bool coinbase = false;
  bool operator==(const Coin&) const = default;
};

/// The id of the transaction in the order of hashing, and the number of its output, little-endian.
using Outpoint = std::array<u8, 36>;

inline Outpoint outpoint(const Hash& id, u32 output) {
  Outpoint out{};
  std::copy(id.begin(), id.end(), out.begin());
  for (std::size_t i = 0; i < 4; ++i) out[32 + i] = static_cast<u8>(output >> 8 * i);
  return out;
}
inline Hash tx_of(const Outpoint& at) { return take_array<32>(at); }
inline u32 output_of(const Outpoint& at) { return Reader(Bytes(at).subspan(32)).u32le(); }

/// By the transaction's id, then by the number of the output.
struct OutpointOrder {
  bool operator()(const Outpoint& a, const Outpoint& b) const {
    const auto by_id = std::lexicographical_compare_three_way(a.begin(), a.begin() + 32, b.begin(), b.begin() + 32);
    return by_id != 0 ? by_id < 0 : output_of(a) < output_of(b);
  }
};

}  // namespace kith::ledger::bitcoin
