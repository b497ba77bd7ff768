// Blocks: a miner for simulations, on Bitcoin's regtest.
#pragma once

#include "sim/network.hpp"

namespace kith::sim {

/// `count` blocks on `parent`, each 600 s after the one before; `tag` tells branches apart and `payload` bytes make
/// each larger. `time` is the parent's, in seconds since 1970.
std::vector<Body> make_chain(const BlockRef& parent, i64 time, std::size_t count, u64 tag = 0, std::size_t payload = 0);
/// As above, from the genesis block.
std::vector<Body> make_chain(std::size_t count, u64 tag = 0, std::size_t payload = 0);
/// Lays blocks on the disk of a node that is off, as if it had synced them before.
void preload(Network& network, NodeIndex node, std::span<const Body> blocks);
/// Mines one block on the tip of a node, which publishes it.
Result<Body> mine(Network& network, NodeIndex node, u64 tag = 0, std::size_t payload = 0);

/// The tip of a node.
BlockRef tip(const Network& network, NodeIndex node);
/// Whether all nodes that are up have the same tip, at `height`.
bool all_at(const Network& network, u32 height);

}  // namespace kith::sim
