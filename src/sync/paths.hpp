// Paths: questions about two chains in the tree of headers, answered in logarithmic time.
#pragma once

#include <span>

#include "ledger/chain.hpp"

namespace kith::sync {

/// Whether `block` is `descendant` or one of its ancestors.
bool leads_to(const ledger::Chain& chain, const BlockRef& block, const BlockRef& descendant);

/// Height of the highest block that `a` and `b` have in common.
u32 fork_height(const ledger::Chain& chain, const BlockRef& a, const BlockRef& b);

/// Blocks in state `header` on the way to `to` (as Chain::missing, which knows the way to best() only): lowest first,
/// at most `most`, and looked for no further than `window` above the lowest block that is not accepted.
std::vector<BlockRef> missing_towards(const ledger::Chain& chain, const BlockRef& to, std::size_t most, u32 window);

/// Height of the first of `headers`, which the chain refused, that it does not have or found invalid; past all heights
/// if nobody knows where they stand.
u64 failing_height(const ledger::Chain& chain, std::span<const Buffer> headers);

}  // namespace kith::sync
