// Finding the scenario and printing what it says.
#include "app/sim_command.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

#include "app/exit.hpp"
#include "sim/scenario.hpp"

namespace kith::app {
namespace {

std::string help() {
  std::string out = "Scenarios:\n";
  for (const auto& scenario : sim::scenarios())
    out += "  " + std::string(scenario.name) + "\n      " + scenario.help + "\n";
  return out + "Example: kith sim swarm --nodes 1000 --seed 7";
}

/// Edits that make one word the other: letters put in, left out or changed.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

const sim::Scenario& nearest(std::string_view name) {
  const auto all = sim::scenarios();
  return *std::min_element(all.begin(), all.end(),
                           [&](const auto& a, const auto& b) { return edits(name, a.name) < edits(name, b.name); });
}

int play(const std::string& name, const sim::ScenarioSettings& settings) {
  const auto& scenario = nearest(name);
  if (name != scenario.name) {
    std::cerr << "kith sim: there is no scenario '" << name << "'; did you mean '" << scenario.name << "'?\n";
    return exit_usage;
  }
  const bool went_well = scenario.run(settings, [](const std::string& line) { std::cout << line << std::endl; });
  return went_well ? exit_ok : exit_failure;
}

}  // namespace

void add_sim(CLI::App& app, std::function<int()>& run) {
  struct Wanted {
    std::string name;
    sim::ScenarioSettings settings;
  };
  auto* command = app.add_subcommand("sim", "Run a simulated network of true nodes and print its figures");
  command->footer(help());
  const auto wanted = std::make_shared<Wanted>();
  command->add_option("SCENARIO", wanted->name, "What is to happen")->required();
  command->add_option("--nodes", wanted->settings.nodes, "How many nodes")
      ->capture_default_str()
      ->check(CLI::Range(sim::least_nodes, sim::most_nodes));
  command->add_option("--seed", wanted->settings.seed, "Same seed, same run")->capture_default_str();
  const std::map<std::string, sim::Fidelity> fidelities{{"bytes", sim::Fidelity::bytes},
                                                        {"messages", sim::Fidelity::messages}};
  command->add_option("--fidelity", wanted->settings.fidelity, "How much of the wire is real: bytes, or messages alone")
      ->transform(CLI::CheckedTransformer(fidelities, CLI::ignore_case))
      ->default_str("bytes");
  command->callback([&run, wanted] { run = [wanted] { return play(wanted->name, wanted->settings); }; });
}

}  // namespace kith::app
