// Templates: which transactions of a pool the next block takes, so that it pays the most it can.
#pragma once

#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/mempool.hpp"

namespace kith::ledger::bitcoin {

/// What a block keeps free for its header and its coinbase, whose script is at most `max_pay_script` bytes.
inline constexpr u64 reserved_weight = 8'000;
inline constexpr std::size_t max_pay_script = 500;

/// Where the block is to stand.
struct TemplateFacts {
  /// Outlives the draft.
  const Params* params = nullptr;
  Hash parent{};
  u32 height = 0;
  /// Median time past of the parent, and the date, in seconds since 1970: the block bears the later of the date and the
  /// earliest that is allowed.
  i64 median_time = 0;
  i64 time = 0;
  u32 bits = 0;
  /// Who is paid.
  Buffer script;
};

/// A draft whose transactions are chosen by the fee rate of what must come with them, within the block's weight and
/// signature operations. `pool` is that of the chain up to the parent.
Draft make_template(const Mempool& pool, const TemplateFacts& facts);

}  // namespace kith::ledger::bitcoin
