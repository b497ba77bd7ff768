// Figures of graphs that one can draw.
#include "sim/report.hpp"

#include <gtest/gtest.h>

namespace kith::sim {
namespace {

/// Nodes in a row, each joined to the next.
Graph row_of(NodeIndex count) {
  Graph out(count);
  for (NodeIndex node = 0; node + 1 < count; ++node) {
    out[node].push_back(node + 1);
    out[node + 1].push_back(node);
  }
  return out;
}

/// One node in the middle, joined to all others.
Graph star_of(NodeIndex count) {
  Graph out(count);
  for (NodeIndex node = 1; node < count; ++node) {
    out[0].push_back(node);
    out[node].push_back(0);
  }
  return out;
}

TEST(Figures, of_a_row_have_its_length_as_diameter) {
  const auto figures = figures_of(row_of(10));
  EXPECT_EQ(figures.components, 1u);
  EXPECT_EQ(figures.diameter, 9u);
  EXPECT_EQ(figures.least_degree, 1u);
  EXPECT_EQ(figures.median_degree, 2u);
  EXPECT_EQ(figures.most_degree, 2u);
}

TEST(Figures, tell_a_network_that_hangs_on_its_hubs) {
  const auto star = figures_of(star_of(40));
  EXPECT_EQ(star.components, 1u);
  EXPECT_EQ(star.diameter, 2u);
  EXPECT_FALSE(star.whole_without_hubs);
  Graph ring = row_of(40);
  ring[0].push_back(39);
  ring[39].push_back(0);
  ring[0].push_back(20);
  ring[20].push_back(0);
  EXPECT_FALSE(figures_of(ring).whole_without_hubs);
  Graph full(40);
  for (NodeIndex a = 0; a < 40; ++a)
    for (NodeIndex b = 0; b < 40; ++b)
      if (a != b) full[a].push_back(b);
  EXPECT_TRUE(figures_of(full).whole_without_hubs);
}

TEST(Figures, count_what_is_not_joined) {
  Graph two = row_of(4);
  two.emplace_back();
  const auto figures = figures_of(two);
  EXPECT_EQ(figures.components, 2u);
  EXPECT_EQ(figures.least_degree, 0u);
  EXPECT_EQ(figures.diameter, 3u);
}

}  // namespace
}  // namespace kith::sim
