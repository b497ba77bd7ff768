// Devnet, traffic: a chain of its own, whose first node mines while signed transactions come in at all of them; in the
// end all tips and all mempools are the same, and nothing is lost.
#pragma once

#include "app/devnet_network.hpp"

namespace kith::app {

struct TrafficPlan {
  /// The words of the wires that every node speaks.
  std::vector<std::string> wires{"lean"};
  /// Node 1 alone speaks all wires, the others one each, in turn: it joins their networks.
  bool bridge = false;
  /// Transactions a second, and for how many seconds.
  u64 rate = 50;
  u64 seconds = 20;
};

/// All stages. False if one fails, with the reason noted in `network`, whose nodes do not run yet.
bool devnet_traffic(DevnetNetwork& network, const TrafficPlan& plan);

}  // namespace kith::app
