// Maker: makes blocks that a network without difficulty accepts, for tests, simulations and devnets.
#pragma once

#include "ledger/bitcoin/params.hpp"

namespace kith::ledger::bitcoin {

/// Most bytes by which a block is made larger.
inline constexpr std::size_t max_payload = 999'000;

/// A block of one coinbase at `height` on `parent`, dated `time` (seconds since 1970). `tag` tells siblings apart and
/// `payload` bytes make it larger. Tries nonces until the easiest target is met: two, on regtest.
Buffer make_block(const Params& params, const Hash& parent, u32 height, i64 time, u64 tag = 0, std::size_t payload = 0);

}  // namespace kith::ledger::bitcoin
