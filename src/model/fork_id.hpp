// ForkId: which changes of a chain's rules a node went past, and which it expects next. EIP-2124.
#pragma once

#include "base/bytes.hpp"

namespace kith {

struct ForkId {
  /// CRC-32 of the genesis block's id and of the height of each change that the node's tip is past.
  u32 hash = 0;
  /// The height of the next change that it knows of; 0 if of none.
  u64 next = 0;
  auto operator<=>(const ForkId&) const = default;
};

}  // namespace kith
