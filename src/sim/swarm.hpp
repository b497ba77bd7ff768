// Swarm: how a network of strangers begins: nodes that each know one other.
#pragma once

#include "sim/network.hpp"

namespace kith::sim {

/// The address of the `index`-th node: each in a group of its own, for up to 20,480 nodes.
Ip ip_of(NodeIndex index);

/// Adds `count` nodes like `spec`; each has one bootstrap node, drawn from those before it.
void add_swarm(Network& network, std::size_t count, const NodeSpec& spec = {});
/// Adds `count` nodes like `spec`; all have the first node as bootstrap.
void add_star(Network& network, std::size_t count, const NodeSpec& spec = {});
/// Starts all nodes that are off, each within the first `over`.
void start_all(Network& network, Duration over = Duration{0});

}  // namespace kith::sim
