// Scenario: what `kith sim` can show, one entry each.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sim/network.hpp"

namespace kith::sim {

/// Fewer nodes are no network, and more do not fit into a machine.
inline constexpr std::size_t least_nodes = 2;
inline constexpr std::size_t most_nodes = 10'000;

struct ScenarioSettings {
  std::size_t nodes = 1000;
  u64 seed = 7;
  Fidelity fidelity = Fidelity::bytes;
};

/// Takes a line of the report.
using Print = std::function<void(const std::string& line)>;

struct Scenario {
  const char* name;
  const char* help;
  /// False if what should happen did not; the last line says what.
  bool (*run)(const ScenarioSettings& settings, const Print& print);
};

std::span<const Scenario> scenarios();

}  // namespace kith::sim
