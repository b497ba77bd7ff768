// Mount: the sub-protocols that a node speaks over the lean wire, one line each.
#pragma once

#include <memory>

#include "core/protocol.hpp"

namespace kith::lean {

/// Mean times between questions to one peer.
struct Pace {
  Duration ping = std::chrono::seconds(30);
  Duration addresses = std::chrono::minutes(2);
};

/// Block protocols only for a node with a ledger: a node offers what it can answer.
std::vector<std::unique_ptr<core::Protocol>> protocols(const Pace& pace, bool with_ledger);

}  // namespace kith::lean
