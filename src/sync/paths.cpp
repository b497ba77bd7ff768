// Ancestry is monotone along a chain, so forks and gaps are found by halving.
#include "sync/paths.hpp"

#include <algorithm>
#include <limits>

namespace kith::sync {
namespace {

/// The highest of `heights` 0 to `top` for which `holds`, which must hold for 0 and up to some height only.
template <typename Holds>
u32 highest(u32 top, Holds holds) {
  if (holds(top)) return top;
  u32 good = 0;
  u32 bad = top;
  while (bad - good > 1) {
    const u32 middle = good + (bad - good) / 2;
    (holds(middle) ? good : bad) = middle;
  }
  return good;
}

}  // namespace

bool leads_to(const ledger::Chain& chain, const BlockRef& block, const BlockRef& descendant) {
  if (block.height > descendant.height) return false;
  const auto at = chain.ancestor(descendant.id, block.height);
  return at && at->id == block.id;
}

u32 fork_height(const ledger::Chain& chain, const BlockRef& a, const BlockRef& b) {
  return highest(std::min(a.height, b.height),
                 [&](u32 height) { return chain.ancestor(a.id, height) == chain.ancestor(b.id, height); });
}

std::vector<BlockRef> missing_towards(const ledger::Chain& chain, const BlockRef& to, std::size_t most, u32 window) {
  const auto accepted = [&](u32 height) {
    // What lies below the first block of the chain counts as accepted with it.
    const auto block = chain.ancestor(to.id, height);
    return !block || chain.state(block->id) == ledger::BlockState::accepted;
  };
  const u32 from = highest(to.height, accepted);
  std::vector<BlockRef> out;
  for (u32 height = from + 1; height <= to.height && height - from <= window && out.size() < most; ++height) {
    const auto block = chain.ancestor(to.id, height);
    if (block && chain.state(block->id) == ledger::BlockState::header) out.push_back(*block);
  }
  return out;
}

u64 failing_height(const ledger::Chain& chain, std::span<const Buffer> headers) {
  std::optional<BlockRef> below;
  for (const auto& raw : headers) {
    const auto header = chain.rules().parse(raw);
    if (!header) break;
    const auto known = chain.find(header->id);
    const bool good = known && chain.state(known->id) != ledger::BlockState::invalid;
    if (!good && !below) below = chain.find(header->parent);
    if (!good) break;
    below = known;
  }
  return below ? u64{below->height} + 1 : std::numeric_limits<u64>::max();
}

}  // namespace kith::sync
