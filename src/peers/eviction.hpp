// Eviction: which inbound connection makes room for another, as a pure function of what each has done for us.
#pragma once

#include <optional>
#include <vector>

#include "base/time.hpp"
#include "model/address.hpp"
#include "peers/table.hpp"

namespace kith::peers {

struct Candidate {
  Peer peer;
  Ip ip;
  Time since{};
  /// The least round trip seen; max() if none was.
  Duration round_trip = Duration::max();
  /// When it last gave us an item, or a block, that was new and good; Time{} if never.
  Time last_item{};
  Time last_block{};
};

/// Bitcoin Core's numbers (node/eviction.cpp).
inline constexpr std::size_t protected_by_group = 4;
inline constexpr std::size_t protected_by_round_trip = 8;
inline constexpr std::size_t protected_by_items = 4;
inline constexpr std::size_t protected_by_blocks = 4;

/// Protects who is hard to imitate: of a group that the salt favours, near, useful, and half of the rest by age. Of who
/// is left, the youngest of the most populous group goes. Nothing if all are protected.
std::optional<Peer> evict(std::vector<Candidate> candidates, const Salt& salt);

}  // namespace kith::peers
