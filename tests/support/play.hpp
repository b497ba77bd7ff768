// Play: a scenario of `kith sim`, run once, and what it reported.
#pragma once

#include <gtest/gtest.h>

#include "sim/scenario.hpp"

namespace kith::testing {

class Play {
 public:
  Play(std::string_view name, std::size_t nodes, u64 seed = 7) {
    for (const auto& scenario : sim::scenarios())
      if (scenario.name == name)
        went_well_ =
            scenario.run({.nodes = nodes, .seed = seed}, [&](const std::string& line) { lines_.push_back(line); });
    EXPECT_FALSE(lines_.empty()) << "there is no scenario " << name;
  }
  bool went_well() const { return went_well_; }
  bool says(const std::string& line) const { return std::find(lines_.begin(), lines_.end(), line) != lines_.end(); }
  std::string report() const {
    std::string out;
    for (const auto& line : lines_) out += line + "\n";
    return out;
  }

 private:
  bool went_well_ = false;
  std::vector<std::string> lines_;
};

}  // namespace kith::testing
