// PoolView: what this wire may see of a node's mempool. Each may be empty, for a node that has none.
#pragma once

#include <functional>
#include <optional>

#include "model/body.hpp"
#include "model/item.hpp"

namespace kith::bitcoin {

struct PoolView {
  /// Calls `what` for each transaction, by its id with witnesses.
  std::function<void(const std::function<void(const Hash& witness_id, const Body& tx)>& what)> each = {};
  /// The least fee rate that is taken, in satoshi per 1000 virtual bytes.
  std::function<u64()> least_rate = {};
  /// What an item pays, in the same measure; nothing if it is not there.
  std::function<std::optional<u64>(const ItemHash& item)> rate = {};
};

}  // namespace kith::bitcoin
