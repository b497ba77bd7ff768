// Devnet, heavy: large real blocks and real transactions through links of 20 Mbit/s, while every node pings its peers.
#pragma once

#include "app/devnet_network.hpp"

namespace kith::app {

/// Files, as data/README.md describes them.
struct HeavyFiles {
  /// Consecutive blocks; their first one's parent is trusted.
  std::string blocks;
  /// One block, and what the inputs of its transactions spend.
  std::string transactions;
  std::string spent;
};

/// All stages. False if one fails, with the reason noted in `network`, whose nodes do not run yet.
bool devnet_heavy(DevnetNetwork& network, const HeavyFiles& files);

}  // namespace kith::app
