// Change: the scenarios of how a network changes while it lives: versions, rules, and kinds of items that not all take.
#pragma once

#include <set>

#include "sim/network.hpp"
#include "sim/report.hpp"
#include "sim/scenario.hpp"

namespace kith::sim {

/// Nodes restart one by one as the next version, while blocks and items flow.
bool upgrade(const ScenarioSettings& settings, const Print& print);
/// From a height on half of the nodes follow other rules.
bool fork(const ScenarioSettings& settings, const Print& print);
/// A twentieth of the nodes gossips what the others do not take.
bool subnetwork(const ScenarioSettings& settings, const Print& print);

/// In how many components the nodes of `which` are, as far as their connections among `through` tell.
std::size_t components_of(const Network& network, const std::vector<bool>& which, const std::vector<bool>& through);

/// Signs an item of the kind `text` at a node and gossips it: `size` bytes that begin with `number`. Its hash.
Result<ItemHash> publish_item(Network& network, NodeIndex node, std::string_view text, u64 number, std::size_t size);

/// Which items each node accepted, in all its lives.
class Accepted {
 public:
  /// Watches from now on; must not end before the last run of `network`.
  explicit Accepted(Network& network);
  Accepted(const Accepted&) = delete;
  Accepted& operator=(const Accepted&) = delete;
  bool has(NodeIndex node, const ItemHash& item) const { return items_.contains({node, item}); }

 private:
  std::set<std::pair<NodeIndex, ItemHash>> items_;
};

}  // namespace kith::sim
