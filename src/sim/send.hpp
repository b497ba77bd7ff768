// Send: letters between random nodes that are not neighbours, while nodes die and come back.
#pragma once

#include "sim/scenario.hpp"

namespace kith::sim {

/// One pair for each node. False if fewer than 99 % are acknowledged, if somebody else could read one, if a letter to a
/// key that nobody has costs more than its bounds, or if an honest node was blamed.
bool send(const ScenarioSettings& settings, const Print& print);

}  // namespace kith::sim
