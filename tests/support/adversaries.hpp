// Adversaries: nodes that do one thing that no honest node does, made of true ones.
#pragma once

#include "sim/network.hpp"

namespace kith::testing {

/// Serves blocks that have the true header and one wrong byte behind it.
sim::NodeSpec liar(sim::NodeSpec spec);
/// Takes questions for blocks and never answers them.
sim::NodeSpec staller(sim::NodeSpec spec);

}  // namespace kith::testing
