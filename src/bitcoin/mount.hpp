// Mount: the protocols that a node speaks on the Bitcoin network, one line each.
#pragma once

#include <memory>
#include <vector>

#include "bitcoin/transactions.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

/// Mean times between pings of one peer, and for which announcements of transactions wait.
struct Pace {
  Duration ping = std::chrono::minutes(2);
  Trickle trickle;
};

/// `pool` is that of the node whose protocols they are.
std::vector<std::unique_ptr<core::Protocol>> protocols(const Pace& pace, const PoolView& pool = {});

}  // namespace kith::bitcoin
