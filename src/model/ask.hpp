// Ask: a question that the host decided to put to one peer; the protocol says it in its dialect.
#pragma once

#include <vector>

#include "model/item.hpp"
#include "model/peer.hpp"

namespace kith {

enum class What : u8 { headers, blocks, items };

struct Ask {
  /// Never used again; an answer names it.
  u64 number = 0;
  Peer peer;
  What what = What::headers;
  /// Block ids; for headers the locator, newest first.
  std::vector<Hash> hashes;
  std::vector<ItemId> items;
};

}  // namespace kith
