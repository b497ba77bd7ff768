// The scenarios: each builds a network, lets it happen, and prints the figures last.
#include "sim/scenario.hpp"

#include <fmt/format.h>

#include "sim/blocks.hpp"
#include "sim/change.hpp"
#include "sim/report.hpp"
#include "sim/send.hpp"
#include "sim/swarm.hpp"

namespace kith::sim {
namespace {

/// Nodes are switched on within this.
constexpr Duration switched_on_within = 10s;
/// How long a swarm is left alone before something is asked of it.
constexpr Duration settles_within = 60s;
/// By then a block is everywhere, or it will never be.
constexpr Duration block_limit = 10min;
constexpr Duration swarm_limit = 30min;
/// How long a swarm lives until its graph is measured, counted from when it is one component.
constexpr Duration swarm_matures = 3min;

/// Seconds with three decimals.
std::string seconds(Duration duration) {
  const i64 millis = std::chrono::floor<std::chrono::milliseconds>(duration).count();
  return fmt::format("{}.{:03}", millis / 1000, millis % 1000);
}

u64 bytes_sent(const Network& network) {
  u64 out = 0;
  for (NodeIndex node = 0; node < network.size(); ++node) out += network.traffic(node).sent;
  return out;
}

void print_end(const Network& network, const Print& print) {
  print(fmt::format("blamed {}", network.blamed().size()));
  print(fmt::format("happenings {}", network.happenings()));
  print(fmt::format("digest {}", to_hex(network.digest())));
}

/// Runs until the nodes are one component; how long it took since the first was switched on.
std::optional<Duration> until_whole(Network& network) {
  while (network.now() < Time{} + swarm_limit) {
    if (figures_of(graph_of(network)).components == 1) return network.now() - Time{};
    network.run_for(1s);
  }
  return std::nullopt;
}

bool block_reaches_everyone(const ScenarioSettings& settings, const Print& print) {
  Network network(settings.seed, {.fidelity = settings.fidelity});
  add_swarm(network, settings.nodes);
  start_all(network, switched_on_within);
  network.run_for(settles_within);
  print(fmt::format("{} nodes, {} s after the first was switched on", network.size(), seconds(network.now() - Time{})));

  const u64 before = bytes_sent(network);
  const Time mined = network.now();
  std::vector<Duration> times;
  network.watch([&](NodeIndex, const core::Event& event) {
    if (std::holds_alternative<core::TipMoved>(event)) times.push_back(network.now() - mined);
  });
  const auto miner = static_cast<NodeIndex>(network.rng().below(network.size()));
  if (const auto block = mine(network, miner); !block) return print("the miner's block was refused"), false;
  const auto everyone = [&] { return times.size() == network.size(); };
  const bool reached = network.run_until(everyone, block_limit);
  const auto share = [&](std::size_t percent) {
    const std::size_t at = (network.size() * percent + 99) / 100;
    return at <= times.size() ? seconds(times[at - 1]) : "never";
  };
  print(fmt::format("seconds until 50 % have the block {}", share(50)));
  print(fmt::format("seconds until 99 % have the block {}", share(99)));
  print(fmt::format("seconds until 100 % have the block {}", share(100)));
  print(fmt::format("bytes sent per node meanwhile {}", (bytes_sent(network) - before) / network.size()));
  print(fmt::format("bytes sent per node before {}", before / network.size()));
  print_end(network, print);
  return reached;
}

bool swarm(const ScenarioSettings& settings, const Print& print) {
  Network network(settings.seed, {.fidelity = settings.fidelity});
  add_swarm(network, settings.nodes);
  start_all(network, switched_on_within);
  const auto whole = until_whole(network);
  if (!whole) return print(fmt::format("not one component within {} s", seconds(swarm_limit))), false;
  network.run_for(swarm_matures);
  const auto figures = figures_of(graph_of(network));
  const u64 share = largest_known_share(network);
  print(fmt::format("{} nodes, {} s after the first was switched on", network.size(), seconds(network.now() - Time{})));
  print(fmt::format("seconds until one component {}", seconds(*whole)));
  print(fmt::format("components {}", figures.components));
  print(fmt::format("connections of a node: least {}, median {}, most {}", figures.least_degree, figures.median_degree,
                    figures.most_degree));
  print(fmt::format("diameter {}", figures.diameter));
  print(fmt::format("largest share of the others that a node knows {}.{} %", share / 10, share % 10));
  print(fmt::format("one component without the best-connected 5 %: {}", figures.whole_without_hubs ? "yes" : "no"));
  print(fmt::format("bytes sent per node {}", bytes_sent(network) / network.size()));
  print_end(network, print);
  return figures.components == 1;
}

constexpr Scenario all[] = {
    {"block_reaches_everyone", "a swarm forms, one node mines a block: how long until everybody has it",
     block_reaches_everyone},
    {"fork", "half of the nodes change a rule at a height: two networks come of it, and nobody is banned for it", fork},
    {"send", "letters between nodes that are not neighbours, while a tenth of the nodes dies and comes back", send},
    {"subnetwork", "one node in twenty gossips votes: they find each other, and nobody else is sent one", subnetwork},
    {"swarm", "nodes that each know one other find the rest: the graph that they make", swarm},
    {"upgrade", "nodes restart one by one as the next version while blocks and items flow: nothing is lost", upgrade},
};

}  // namespace

std::span<const Scenario> scenarios() { return all; }

}  // namespace kith::sim
