// Devnet chaos: while a devnet syncs, takes new blocks and gossips notes, its nodes are killed and come back; in the
// end all must agree, and nobody may have lost what it had accepted.
#pragma once

#include "app/devnet_chain.hpp"
#include "base/rng.hpp"

namespace kith::app {

/// So many kills for each node of the network.
inline constexpr std::size_t kills_per_node = 3;

/// One kill, as it is drawn beforehand, so that a seed repeats it.
struct Blow {
  std::size_t victim = 0;
  /// After the blow before, and until the node comes back; each waits longer while too many are down.
  std::chrono::milliseconds after{};
  std::chrono::milliseconds down{};
};
/// The blows of a run over `nodes` nodes: the node that holds the blocks and the bootstrap node are always among them.
std::vector<Blow> draw_blows(Rng& dice, std::size_t nodes);

/// From a network in which all nodes answer to one in which all agree, and the figures of that. False if anything was
/// lost or they do not come to agree, with the reason noted in `network`.
bool devnet_chaos(DevnetNetwork& network, const DevnetChain& chain, u64 seed);

}  // namespace kith::app
