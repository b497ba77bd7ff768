// Report: the figures of a network: who is connected with whom, how well that holds together, and who knows how much.
#pragma once

#include "sim/network.hpp"

namespace kith::sim {

/// For each node its neighbours, ascending; no node has itself or anybody twice. Nodes that are off have none.
using Graph = std::vector<std::vector<NodeIndex>>;

/// Open connections, of either direction.
Graph graph_of(const Network& network);

struct GraphFigures {
  std::size_t components = 0;
  std::size_t least_degree = 0;
  std::size_t median_degree = 0;
  std::size_t most_degree = 0;
  /// Longest of all shortest paths, of the largest component.
  std::size_t diameter = 0;
  /// Still one component without the best-connected 5 %.
  bool whole_without_hubs = false;
};
GraphFigures figures_of(const Graph& graph);

/// The largest share of the other nodes that one node's book holds, in thousandths.
u64 largest_known_share(const Network& network);

}  // namespace kith::sim
