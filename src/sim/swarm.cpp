// Addresses far apart, and who knows whom at the start.
#include "sim/swarm.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::sim {
namespace {

/// First bytes of the addresses begin here, and are so many: all of them global.
constexpr u32 first_byte = 11;
constexpr u32 first_bytes = 80;
constexpr u32 second_bytes = 256;

template <typename Choose>
void add_nodes(Network& network, std::size_t count, const NodeSpec& like, Choose choose) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto index = static_cast<NodeIndex>(network.size());
    NodeSpec spec = like;
    spec.ip = ip_of(index);
    if (index > 0) spec.config.neighbours[0].bootstrap = {network.endpoint(choose(index))};
    network.add(std::move(spec));
  }
}

}  // namespace

Ip ip_of(NodeIndex index) {
  check(index < first_bytes * second_bytes, "more nodes than addresses");
  return Ip::v4(static_cast<u8>(first_byte + index % first_bytes), static_cast<u8>(index / first_bytes), 0, 1);
}

void add_swarm(Network& network, std::size_t count, const NodeSpec& spec) {
  add_nodes(network, count, spec, [&](NodeIndex index) { return static_cast<NodeIndex>(network.rng().below(index)); });
}

void add_star(Network& network, std::size_t count, const NodeSpec& spec) {
  add_nodes(network, count, spec, [](NodeIndex) { return NodeIndex{0}; });
}

void start_all(Network& network, Duration over) {
  std::vector<std::pair<Time, NodeIndex>> when;
  for (NodeIndex node = 0; node < network.size(); ++node) {
    const auto after = Duration{static_cast<i64>(network.rng().below(static_cast<u64>(over.count()) + 1))};
    if (!network.is_up(node)) when.emplace_back(network.now() + after, node);
  }
  std::sort(when.begin(), when.end());
  for (const auto& [at, node] : when) {
    network.run_for(at - network.now());
    network.start(node);
  }
}

}  // namespace kith::sim
