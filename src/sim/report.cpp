// Breadth-first walks over the graph of connections.
#include "sim/report.hpp"

#include <algorithm>
#include <set>

namespace kith::sim {
namespace {

constexpr std::size_t unseen = ~std::size_t{0};

/// Steps from `from` to each node, through those that `stands`; `unseen` where there is no way.
std::vector<std::size_t> distances(const Graph& graph, NodeIndex from, const std::vector<bool>& stands) {
  std::vector<std::size_t> out(graph.size(), unseen);
  std::vector<NodeIndex> reached{from};
  out[from] = 0;
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (const NodeIndex next : graph[reached[i]]) {
      if (!stands[next] || out[next] != unseen) continue;
      out[next] = out[reached[i]] + 1;
      reached.push_back(next);
    }
  return out;
}

/// The first node of each component, with the component's size.
std::vector<std::pair<NodeIndex, std::size_t>> components(const Graph& graph, const std::vector<bool>& stands) {
  std::vector<std::pair<NodeIndex, std::size_t>> out;
  std::vector<bool> seen(graph.size());
  for (NodeIndex node = 0; node < graph.size(); ++node) {
    if (!stands[node] || seen[node]) continue;
    const auto steps = distances(graph, node, stands);
    std::size_t size = 0;
    for (NodeIndex other = 0; other < graph.size(); ++other)
      if (steps[other] != unseen) seen[other] = true, ++size;
    out.emplace_back(node, size);
  }
  return out;
}

std::vector<NodeIndex> by_degree(const Graph& graph) {
  std::vector<NodeIndex> out;
  for (NodeIndex node = 0; node < graph.size(); ++node) out.push_back(node);
  std::sort(out.begin(), out.end(), [&](auto a, auto b) {
    return graph[a].size() != graph[b].size() ? graph[a].size() > graph[b].size() : a < b;
  });
  return out;
}

}  // namespace

Graph graph_of(const Network& network) {
  std::vector<std::set<NodeIndex>> edges(network.size());
  for (NodeIndex node = 0; node < network.size(); ++node) {
    if (!network.is_up(node)) continue;
    for (const auto& [peer, row] : network.host(node).connections().rows()) {
      const auto other = row.open && row.info.hello.id ? network.find(*row.info.hello.id) : std::nullopt;
      if (!other || *other == node) continue;
      edges[node].insert(*other);
      edges[*other].insert(node);
    }
  }
  Graph out;
  for (const auto& neighbours : edges) out.emplace_back(neighbours.begin(), neighbours.end());
  return out;
}

GraphFigures figures_of(const Graph& graph) {
  GraphFigures out;
  if (graph.empty()) return out;
  std::vector<bool> stands(graph.size(), true);
  const auto parts = components(graph, stands);
  out.components = parts.size();
  const auto order = by_degree(graph);
  out.most_degree = graph[order.front()].size();
  out.median_degree = graph[order[order.size() / 2]].size();
  out.least_degree = graph[order.back()].size();
  const auto largest =
      std::max_element(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto inside = distances(graph, largest->first, stands);
  for (NodeIndex node = 0; node < graph.size(); ++node) {
    if (inside[node] == unseen) continue;
    for (const std::size_t steps : distances(graph, node, stands))
      if (steps != unseen) out.diameter = std::max(out.diameter, steps);
  }
  for (std::size_t i = 0; i < graph.size() / 20; ++i) stands[order[i]] = false;
  out.whole_without_hubs = components(graph, stands).size() == 1;
  return out;
}

u64 largest_known_share(const Network& network) {
  std::size_t most = 0;
  for (NodeIndex node = 0; node < network.size(); ++node) {
    if (!network.is_up(node)) continue;
    std::size_t known = 0;
    for (const auto& entry : network.host(node).neighbours()[0].book().entries()) {
      const auto whom = entry.address.id ? network.find(*entry.address.id) : std::nullopt;
      if (whom && *whom != node) ++known;
    }
    most = std::max(most, known);
  }
  return network.size() < 2 ? 0 : most * 1000 / (network.size() - 1);
}

}  // namespace kith::sim
