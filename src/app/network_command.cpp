// `kith network new` and `kith network show`.
#include "app/network_command.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "app/exit.hpp"
#include "app/key.hpp"
#include "app/network_file.hpp"
#include "codec/multiaddr.hpp"
#include "lean/port.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

constexpr std::size_t nonce_bytes = 8;

struct Wanted {
  std::string name;
  std::string chain = "none";
  std::vector<std::string> bootstrap;
  std::string file = "network.toml";
  bool json = false;
};

int complain(const std::string& text, Exit code = exit_failure) {
  std::cerr << "kith network: " << text << "\n";
  return code;
}

boost::json::object describe(const NetworkFile& network) {
  boost::json::array bootstrap;
  for (const auto& each : network.bootstrap) bootstrap.emplace_back(codec::to_text(each));
  return {{"name", network.name},
          {"network", network.network()},
          {"network_id", to_hex(id_of(network))},
          {"chain", to_text(network.chain)},
          {"genesis", genesis_of(network.chain)},
          {"bootstrap", std::move(bootstrap)}};
}

int print(const NetworkFile& network, bool json) {
  if (json) return std::cout << boost::json::serialize(describe(network)) << "\n", exit_ok;
  std::cout << "name       " << network.name << "\nnetwork    " << network.network() << "\nid         "
            << to_hex(id_of(network)) << "\nchain      " << to_text(network.chain) << "\n";
  if (network.chain != ChainName::none) std::cout << "genesis    " << genesis_of(network.chain) << "\n";
  for (const auto& each : network.bootstrap) std::cout << "bootstrap  " << codec::to_text(each) << "\n";
  return exit_ok;
}

int make(const Wanted& wanted) {
  NetworkFile network{.name = wanted.name, .nonce = {}, .bootstrap = {}};
  if (!is_network_name(network.name))
    return complain("'" + network.name + "' is no name: 1 to 40 letters, digits, '.', '_' or '-'", exit_usage);
  if (!parse_chain(wanted.chain, network.chain))
    return complain("--chain: '" + wanted.chain + "' is not what is expected: none, regtest or mainnet", exit_usage);
  if (wanted.bootstrap.size() > max_network_bootstrap) return complain("--bootstrap: at most 100", exit_usage);
  for (const auto& text : wanted.bootstrap) {
    const auto endpoint = codec::parse_endpoint(text);
    if (!endpoint || endpoint->address.wire != lean::wire_word || !endpoint->address.id)
      return complain("--bootstrap: '" + text +
                          "' is no address with an id, such as /ip4/192.0.2.1/tcp/7513/lean/p2p/" +
                          "12D3…; `kith key show` tells a node's id",
                      exit_usage);
    network.bootstrap.push_back(*endpoint);
  }
  network.nonce = to_hex(Bytes(fresh_seed().bytes).first(nonce_bytes));
  std::error_code ignored;
  if (std::filesystem::exists(wanted.file, ignored))
    return complain(wanted.file + " is there already: name another with --out, so that no network is overwritten");
  if (const auto written = shell::write_atomically(wanted.file, as_bytes(to_toml(network))); !written)
    return complain(wanted.file + ": " + std::string(to_text(written.error().fault)) + " (" + written.error().what +
                    ")");
  return print(network, wanted.json);
}

int show(const Wanted& wanted) {
  const auto network = read_network_file(wanted.file);
  return network ? print(*network, wanted.json) : complain(network.error());
}

}  // namespace

void add_network(CLI::App& app, std::function<int()>& run) {
  auto* network = app.add_subcommand("network", "Make a network of your own, or show one");
  network->require_subcommand(1);
  network->footer("Example: kith network new testers --bootstrap /ip4/192.0.2.1/tcp/7513/lean/p2p/12D3KooW…");
  const auto wanted = std::make_shared<Wanted>();
  auto* fresh = network->add_subcommand("new", "Write the file that makes nodes a network");
  fresh->add_option("NAME", wanted->name, "A name for people; two networks of one name differ")->required();
  fresh->add_option("--chain", wanted->chain, "The chain that its nodes sync: none|regtest|mainnet")
      ->capture_default_str();
  fresh->add_option("--bootstrap", wanted->bootstrap, "Whom nodes ask first; may be given again")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  fresh->add_option("--out", wanted->file, "The file to write")->capture_default_str();
  fresh->add_flag("--json", wanted->json, "Print JSON");
  fresh->footer("Example: kith network new testers --bootstrap /ip4/192.0.2.1/tcp/7513/lean/p2p/12D3KooW…");
  fresh->callback([&run, wanted] { run = [wanted] { return make(*wanted); }; });
  auto* shown = network->add_subcommand("show", "Check such a file and show what it says");
  shown->add_option("FILE", wanted->file, "The file")->required();
  shown->add_flag("--json", wanted->json, "Print JSON");
  shown->footer("Example: kith network show network.toml");
  shown->callback([&run, wanted] { run = [wanted] { return show(*wanted); }; });
}

}  // namespace kith::app
