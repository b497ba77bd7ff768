// Branches of regtest blocks, for the tests of this folder.
#pragma once

#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/chain.hpp"

namespace kith::ledger {

/// A time after all blocks of the tests, and one before genesis of regtest.
inline constexpr Utc late = Utc{std::chrono::hours{24 * 365 * 55}};
inline constexpr i64 regtest_start = 1296688602;

inline Bytes header_of(const Buffer& block) { return Bytes(block).first(bitcoin::header_size); }
inline Hash id_of(const Buffer& block) { return bitcoin::id_of(header_of(block)); }

/// `count` blocks on top of `parent`, ten minutes apart; `tag` tells branches apart.
inline std::vector<Buffer> branch(const BlockRef& parent, std::size_t count, u64 tag = 0) {
  std::vector<Buffer> out;
  Hash below = parent.id;
  for (std::size_t i = 0; i < count; ++i) {
    const u32 height = parent.height + 1 + static_cast<u32>(i);
    out.push_back(bitcoin::make_block(bitcoin::regtest(), below, height, regtest_start + 600 * i64{height}, tag));
    below = id_of(out.back());
  }
  return out;
}

inline std::vector<Buffer> headers_of(std::span<const Buffer> blocks) {
  std::vector<Buffer> out;
  for (const auto& block : blocks) out.push_back(to_buffer(header_of(block)));
  return out;
}

}  // namespace kith::ledger
