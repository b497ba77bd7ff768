// Devnet table: how a devnet fares, drawn as a live table on a terminal and as a line a second elsewhere.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "app/devnet_nodes.hpp"

namespace kith::app {

/// What is shown of a devnet at one moment.
struct DevnetPicture {
  std::string stage;
  std::chrono::duration<double> elapsed{};
  double blocks_per_second = 0;
  std::span<const NodeState> states;
  /// For each node how long blocks took to reach it, in ms; may be shorter than `states`.
  std::span<const std::vector<i64>> delays;
};

class DevnetTable {
 public:
  /// Draws over what was drawn before. The `last` picture is a table also where nobody watches.
  void draw(const DevnetPicture& picture, bool last);
  /// What was drawn stays; the next picture begins below it.
  void leave() { lines_ = 0; }

 private:
  std::size_t lines_ = 0;
};

/// The value below which `percent` of 100 lie; 0 if there are none.
i64 percentile(std::vector<i64> values, std::size_t percent);

}  // namespace kith::app
