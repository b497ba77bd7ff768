// Mount: the sub-protocols that a node speaks over the lean wire, one line each.
#pragma once

#include <memory>

#include "core/protocol.hpp"
#include "lean/find.hpp"

namespace kith::lean {

/// Mean times between questions to one peer.
struct Pace {
  Duration ping = std::chrono::seconds(30);
  Duration addresses = std::chrono::minutes(2);
};

/// Block protocols only for a node with a ledger, and letters only for one with the parts for them: a node offers what
/// it can answer. Who carries letters gossips sealed_kind() as well.
std::vector<std::unique_ptr<core::Protocol>> protocols(const Pace& pace, bool with_ledger,
                                                       const std::optional<MailParts>& mail = std::nullopt);

}  // namespace kith::lean
