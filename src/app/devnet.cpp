// The command: which stages run, one after the other.
#include "app/devnet.hpp"

#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/devnet_chaos.hpp"
#include "app/devnet_heavy.hpp"
#include "app/devnet_traffic.hpp"
#include "app/exit.hpp"
#include "app/key.hpp"
#include "app/validation.hpp"
#include "base/reader.hpp"

namespace kith::app {
namespace {

struct Wanted {
  std::string blocks;
  std::string directory = "devnet";
  std::string transactions;
  std::string spent;
  std::string chain = "mainnet";
  TrafficPlan traffic;
  std::size_t nodes = 8;
  bool heavy = false;
  bool once = false;
  bool stop = false;
  bool chaos = false;
  std::optional<u64> seed;
};

int complain(const std::string& text, Exit code = exit_failure) {
  std::cerr << "kith devnet: " << text << "\n";
  return code;
}

void stay(DevnetNetwork& network) {
  fmt::print("The network stays up until Ctrl-C. Ask a node: kith ctl --data-dir {} peers\n",
             network.nodes()[devnet_holder].directory().string());
  std::fflush(stdout);
  network.leave_table();
  network.set_stage("up");
  while (!DevnetNetwork::interrupted() && network.look())
    std::this_thread::sleep_until(DevnetNetwork::Clock::now() + devnet_look_every);
}

u64 fresh_number() {
  const auto seed = fresh_seed();
  return Reader(seed.bytes).u32le();
}

/// All stages, in their order.
bool run_stages(DevnetNetwork& network, const DevnetChain& chain, const Wanted& wanted) {
  if (!devnet_prepare(network, chain) || !devnet_start(network)) return false;
  if (wanted.chaos) return devnet_chaos(network, chain, wanted.seed.value_or(fresh_number()));
  if (!devnet_sync(network, chain)) return false;
  const auto synced_in = network.elapsed();
  return devnet_release(network, chain) && devnet_report(network, chain, synced_in);
}

int run_network(const Wanted& wanted) {
  std::optional<DevnetChain> chain;
  const bool has_traffic = wanted.chain == "regtest";
  if (!wanted.heavy && !has_traffic) {
    auto read = DevnetChain::read(wanted.blocks);
    if (!read) return complain(read.error());
    chain = std::move(*read);
  }
  DevnetNetwork::watch_signals();
  DevnetNetwork network(wanted.directory, wanted.nodes);
  const bool done = has_traffic ? devnet_traffic(network, wanted.traffic)
                    : chain     ? run_stages(network, *chain, wanted)
                                : devnet_heavy(network, {wanted.blocks, wanted.transactions, wanted.spent});
  if (done && !wanted.once) stay(network);
  if (!network.failure().empty()) return complain(network.failure());
  return DevnetNetwork::interrupted() && wanted.once ? exit_failure : exit_ok;
}

int stop_other(const Wanted& wanted) {
  std::ifstream file(std::filesystem::path(wanted.directory) / "pid");
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1 || ::kill(pid, SIGTERM) != 0)
    return complain("no devnet runs in " + wanted.directory + "; start one with: kith devnet --blocks FILE");
  fmt::print("asked the devnet in {} to end\n", wanted.directory);
  return exit_ok;
}

int devnet(const Wanted& wanted) {
  if (wanted.stop) return stop_other(wanted);
  const bool has_traffic = wanted.chain == "regtest";
  if (has_traffic && !can_validate_fully())
    return complain("--chain regtest: this build cannot check transactions; build with -DKITH_KERNEL=ON", exit_usage);
  if (has_traffic && (wanted.heavy || wanted.chaos))
    return complain("--heavy and --chaos are for the chain of --blocks", exit_usage);
  if (!has_traffic && wanted.blocks.empty())
    return complain("--blocks FILE is needed: the chain that one node holds", exit_usage);
  if (wanted.heavy && (wanted.transactions.empty() || wanted.spent.empty()))
    return complain("--heavy needs --transactions BLOCK and --spent FILE", exit_usage);
  return run_network(wanted);
}

}  // namespace

void add_devnet(CLI::App& app, std::function<int()>& run) {
  auto* command = app.add_subcommand("devnet", "Run a network of node processes on this machine");
  const auto wanted = std::make_shared<Wanted>();
  command->add_option("--blocks", wanted->blocks, "Blocks of mainnet from 0 on, as Bitcoin Core keeps them");
  command
      ->add_option("--chain", wanted->chain,
                   "regtest: a chain of their own, which one node mines while signed transactions come in at all")
      ->check(CLI::IsMember({"mainnet", "regtest"}))
      ->capture_default_str();
  command->add_option("--wire", wanted->traffic.wires, "With --chain regtest: lean, bitcoin, or both")
      ->delimiter(',')
      ->check(CLI::IsMember({"lean", "bitcoin"}))
      ->capture_default_str();
  command->add_flag("--bridge", wanted->traffic.bridge,
                    "With --chain regtest and both wires: each node speaks one of them, but node 1, which joins them");
  command->add_option("--rate", wanted->traffic.rate, "With --chain regtest: transactions a second")
      ->check(CLI::Range(u64{1}, u64{500}))
      ->capture_default_str();
  command->add_option("--seconds", wanted->traffic.seconds, "With --chain regtest: for how long they come")
      ->check(CLI::Range(u64{5}, u64{3600}))
      ->capture_default_str();
  command->add_option("--nodes", wanted->nodes, "How many nodes")
      ->check(CLI::Range(std::size_t{2}, max_devnet_nodes))
      ->capture_default_str();
  command
      ->add_option("--dir", wanted->directory,
                   "Where the nodes keep their data; what an earlier devnet left there goes")
      ->capture_default_str();
  command->add_flag("--once", wanted->once, "End when all nodes agree");
  command->add_flag("--heavy", wanted->heavy,
                    "Large blocks (--blocks) and transactions through links of 20 Mbit/s, while everybody pings");
  command->add_option("--transactions", wanted->transactions, "With --heavy: a block whose transactions are published");
  command->add_option("--spent", wanted->spent, "With --heavy: what they spend, a JSON list");
  command->add_flag("--stop", wanted->stop, "End the devnet that runs in --dir");
  command->add_flag("--chaos", wanted->chaos,
                    "Kill nodes at random while they sync, release and gossip; they must lose nothing");
  command->add_option("--seed", wanted->seed, "Draw the kills of an earlier run again")->needs("--chaos");
  command->footer("Example: kith devnet --blocks data/mainnet-blocks-0-14131.blk --once");
  command->callback([&run, wanted] { run = [wanted] { return devnet(*wanted); }; });
}

}  // namespace kith::app
