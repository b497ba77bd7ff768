// Source: what sync knows of one connected peer: which chain it claims to have, and what it was asked for.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "model/block.hpp"

namespace kith::sync {

/// Most blocks for which one peer is passed over at a time.
inline constexpr std::size_t max_avoided = 256;

struct HeadersAsk {
  u64 number = 0;
  Time deadline = never;
};

struct Source {
  bool outbound = false;
  /// The most work among the headers that it told us of, while they are valid.
  std::optional<BlockRef> claim;
  /// The last tip that we told it of.
  std::optional<BlockRef> told;
  std::optional<HeadersAsk> asked;
  /// It answered a question for headers.
  bool answered = false;
  /// It was asked from our tip as well, because it had nothing beyond the headers that we know.
  bool asked_from_tip = false;
  /// When to ask it for headers, and from where; an empty locator means our best header.
  Time headers_at = never;
  std::vector<Hash> locator;
  /// Announcements that do not connect cause no question before this.
  Time unconnected_at = Time::min();
  /// Blocks that it did not have, or gave badly or too late, and until when it is not asked for them.
  std::map<Hash, Time> avoids;
  /// Blocks that it was asked for, ever.
  u64 asks = 0;

  void avoid(const Hash& id, Time until) {
    if (avoids.size() >= max_avoided) avoids.erase(avoids.begin());
    avoids.insert_or_assign(id, until);
  }
};

}  // namespace kith::sync
