// Options: the one registry of what can be set. Flags, environment, configuration file, help and the table of the
// documentation are all made from its rows.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ledger/chain.hpp"
#include "model/address.hpp"
#include "model/block.hpp"
#include "shell/socks.hpp"

namespace kith::app {

enum class ChainName : u8 { none, regtest, mainnet, testnet4, signet, simnet };
/// What is checked of a block's body: all of it where this build can, all of it, or what needs no coins and scripts.
enum class Validation : u8 { automatic, full, headers };
enum class LogLevel : u8 { debug, info, warning, error };
enum class LogFormat : u8 { text, json };

/// In the place of addresses: on loopback, at the port that each wire is known by.
inline constexpr const char* usual_listen = "usual";
inline constexpr u16 usual_lean_port = 7513;
/// The original's is that of lean.
inline constexpr u16 usual_spacemesh_port = 7514;

/// All settings of a node, read and checked.
struct Settings {
  std::filesystem::path data_dir;
  std::string network;
  ChainName chain = ChainName::none;
  Validation validation = Validation::automatic;
  /// The words of the wires that are spoken.
  std::vector<std::string> wires;
  std::vector<Address> listen;
  /// Not said: see usual_listen.
  bool listens_as_usual = false;
  std::vector<Endpoint> bootstrap;
  /// Of those: where datagrams are heard.
  std::vector<Address> contacts;
  /// Loopback.
  Address rpc;
  std::size_t outbound = 0;
  std::size_t inbound = 0;
  /// Megabytes.
  std::size_t mempool = 0;
  bool v2transport = true;
  bool seeds = true;
  bool sign_all = false;
  bool findable = true;
  u32 spacemesh_network = 1;
  std::vector<std::string> spacemesh_protocols;
  bool insecure_zero_key = false;
  Work minimum_work;
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  std::vector<std::string> kinds;
  /// Mean time between two pings of a peer.
  Duration ping_every{};
  std::optional<ledger::Anchor> anchor;
  /// A list of coins; empty for none.
  std::filesystem::path coins;
  std::optional<shell::Proxy> proxy;
  std::vector<Address> external;
  bool map_port = false;
  /// Of the description of the gateway that maps them; empty to search for it.
  std::string gateway;
  /// Empty if none is given; what it says is in network, chain and bootstrap.
  std::filesystem::path network_file;
  /// The file that was read for settings, and which it gave, for the log; empty if there was none.
  std::string from_file;
};

struct Option {
  /// The key in a file; the flag is --name, the variable KITH_NAME with - as _.
  const char* name;
  /// For the reader of a help text, such as "addresses".
  const char* type;
  /// Several values: a flag given again, or values with commas between; a list in a file.
  bool is_list;
  const char* fallback;
  const char* help;
  const char* example;
  /// Reads the values (one, unless is_list) into the settings. False if they are not what `type` says.
  bool (*read)(std::span<const std::string> values, Settings& into);
};

std::span<const Option> options();
std::string flag_of(const Option& option);
std::string variable_of(const Option& option);

/// Values by option name, as somebody wrote them.
using Values = std::map<std::string, std::vector<std::string>>;

/// Where settings may come from, the strongest first.
struct Sources {
  Values flags;
  /// Every variable of the environment, as NAME=value.
  std::vector<std::string> environment;
  /// --config; without it <data-dir>/kith.toml is read if it is there.
  std::optional<std::filesystem::path> file;
};

bool parse_chain(const std::string& text, ChainName& into);
const char* to_text(ChainName chain);
/// "ip:port" or "user:password@ip:port".
std::optional<shell::Proxy> parse_proxy(const std::string& text);

/// What is wrong, and with which source; one line for the operator.
struct BadOption {
  std::string text;
};
std::expected<Settings, BadOption> read_settings(const Sources& sources);

/// This process's environment, as Sources wants it.
std::vector<std::string> process_environment();

/// The name that `wrong` is most likely meant to be, as ", did you mean X?"; empty if none is near.
std::string suggestion(const std::string& wrong, std::span<const std::string> names);

/// "127.0.0.1:7580" or "[::1]:7580"; nothing if it is neither.
std::optional<Address> parse_ip_port(std::string_view text);
std::string ip_port(const Address& address);

/// The options as a Markdown table.
std::string options_table();

}  // namespace kith::app
