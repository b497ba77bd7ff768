// Where settings come from: flags before the environment before the file before what the registry says.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <toml++/toml.h>
#include <unistd.h>

#include "app/chains.hpp"
#include "app/network_file.hpp"
#include "app/node.hpp"
#include "app/options.hpp"
#include "bitcoin/dialect.hpp"
#include "lean/port.hpp"
#include "spacemesh/node_info.hpp"

namespace kith::app {
namespace {

template <typename T = void>
using Read = std::expected<T, BadOption>;

std::unexpected<BadOption> bad(std::string text) { return std::unexpected(BadOption{std::move(text)}); }

const Option* option_named(std::string_view name) {
  const auto all = options();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Option& each) { return each.name == name; });
  return at == all.end() ? nullptr : &*at;
}

std::vector<std::string> names_of(std::string (*name)(const Option&)) {
  std::vector<std::string> out;
  for (const auto& option : options()) out.push_back(name(option));
  return out;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');)
    if (!part.empty()) out.push_back(part);
  return out;
}

/// A list may stand in one value, with commas.
std::vector<std::string> values_of(const Option& option, const std::vector<std::string>& given) {
  if (!option.is_list) return given;
  std::vector<std::string> out;
  for (const auto& each : given)
    for (auto& part : split(each)) out.push_back(std::move(part));
  return out;
}

Read<Values> from_environment(const std::vector<std::string>& environment) {
  Values out;
  const auto names = names_of(variable_of);
  for (const auto& line : environment) {
    if (!line.starts_with("KITH_")) continue;
    const auto equals = line.find('=');
    const auto name = line.substr(0, equals);
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return bad(name + ": there is no such variable" + suggestion(name, names));
    const auto& option = options()[static_cast<std::size_t>(at - names.begin())];
    out[option.name] = {equals == std::string::npos ? "" : line.substr(equals + 1)};
  }
  return out;
}

std::optional<std::string> scalar(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return text;
  if (const auto number = node.value_exact<i64>()) return std::to_string(*number);
  return std::nullopt;
}

Read<std::vector<std::string>> from_node(const Option& option, const toml::node& node) {
  std::vector<std::string> out;
  if (const auto* list = node.as_array(); list && option.is_list) {
    for (const auto& each : *list) {
      const auto value = scalar(each);
      if (!value) return bad("a list of " + std::string(option.type) + " is expected");
      out.push_back(*value);
    }
  } else if (const auto value = scalar(node)) {
    out.push_back(*value);
  } else {
    return bad(std::string(option.type) + " is expected");
  }
  return out;
}

Read<Values> from_file(const std::filesystem::path& file) {
  Values out;
  try {
    const auto names = names_of([](const Option& option) -> std::string { return option.name; });
    for (const auto& [key, node] : toml::parse_file(file.string())) {
      const std::string name(key.str());
      const auto where = file.string() + " line " + std::to_string(node.source().begin.line) + ": " + name;
      const auto* option = option_named(name);
      if (!option) return bad(where + ": there is no such key" + suggestion(name, names));
      auto values = from_node(*option, node);
      if (!values) return bad(where + ": " + values.error().text);
      out[name] = std::move(*values);
    }
  } catch (const toml::parse_error& error) {
    return bad(file.string() + " line " + std::to_string(error.source().begin.line) + ": " +
               std::string(error.description()));
  }
  return out;
}

constexpr const char* no_line_end = "; it has no end of line at its end: is it whole?";

bool ends_well(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.empty() || text.back() == '\n';
}

std::string text_of_keys(const Values& values) {
  std::string out;
  for (const auto& [key, value] : values) out += (out.empty() ? "" : ", ") + key;
  return out.empty() ? "nothing" : out;
}

std::filesystem::path expand(const std::filesystem::path& path) {
  const auto text = path.string();
  const char* home = std::getenv("HOME");
  if (!text.starts_with("~/") || !home) return path;
  return std::filesystem::path(home) / text.substr(2);
}

/// The file that is read without being asked for lies in the directory that the stronger sources name. What was read
/// is told: a file that was cut off at the end of a line reads as one that says less.
Read<Values> from_files(const Sources& sources, const Values& environment, std::string& told) {
  const auto tell = [&](const std::filesystem::path& file, const Read<Values>& values) {
    if (values) told = file.string() + ": " + text_of_keys(*values) + (ends_well(file) ? "" : no_line_end);
  };
  if (sources.file) {
    auto out = from_file(*sources.file);
    tell(*sources.file, out);
    return out;
  }
  std::string directory = option_named("data-dir")->fallback;
  for (const auto* stronger : {&environment, &sources.flags})
    if (const auto at = stronger->find("data-dir"); at != stronger->end()) directory = at->second.back();
  const auto file = expand(directory) / config_file;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return Values{};
  auto out = from_file(file);
  tell(file, out);
  if (out && out->contains("data-dir"))
    return bad(file.string() + ": data-dir cannot be set in the file that is found by it");
  return out;
}

/// What the network's file says stands beside no other word on the same.
Read<> join_network(const Sources& sources, const Values& environment, const Values& file, Settings& out) {
  if (out.network_file.empty()) return {};
  for (const char* key : {"network", "chain"})
    if (sources.flags.contains(key) || environment.contains(key) || file.contains(key))
      return bad(std::string(key) + " cannot be set beside network-file, which says it");
  out.network_file = expand(out.network_file);
  auto network = read_network_file(out.network_file);
  if (!network) return bad(network.error());
  out.network = network->network();
  out.chain = network->chain;
  out.bootstrap.insert(out.bootstrap.end(), network->bootstrap.begin(), network->bootstrap.end());
  return {};
}

/// What is said of addresses fits the wires that are spoken.
Read<> join_wires(Settings& out) {
  const auto spoken = [&](std::string_view word) { return std::ranges::find(out.wires, word) != out.wires.end(); };
  if (spoken(bitcoin::wire_word) && out.chain == ChainName::none)
    return bad("--wire bitcoin needs --chain: regtest, mainnet, testnet4, signet or simnet");
  // Letters to one node travel over the first.
  const auto first = std::ranges::find(out.wires, lean::wire_word);
  if (first != out.wires.end()) std::rotate(out.wires.begin(), first, first + 1);
  const auto usual_port = [&](std::string_view word) {
    if (word == lean::wire_word) return usual_lean_port;
    return word == spacemesh::wire_word ? usual_spacemesh_port : port_of(out.chain);
  };
  for (const auto& word : out.wires)
    if (out.listens_as_usual) out.listen.push_back({Ip::v4(127, 0, 0, 1), usual_port(word), word, std::nullopt});
  std::string wrong;
  const auto look = [&](const char* option, const Address& address) {
    if (spoken(address.wire)) return;
    wrong = option;
    wrong.append(": an address ends with /").append(address.wire).append(", which --wire does not name");
  };
  for (const auto& each : out.listen) look("--listen", each);
  for (const auto& each : out.external) look("--external", each);
  for (const auto& each : out.bootstrap) look("--bootstrap", each.address);
  if (!wrong.empty()) return bad(wrong);
  // It would tell the router what the proxy is there to hide.
  if (out.map_port && out.proxy) return bad("--map-port cannot be set beside --proxy");
  return {};
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto swap = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({swap, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(const std::string& wrong, std::span<const std::string> names) {
  const std::string* best = nullptr;
  std::size_t least = wrong.size() / 3 + 1;
  for (const auto& name : names) {
    const auto far = distance(wrong, name);
    if (far > least || (best && far == least)) continue;
    best = &name;
    least = far;
  }
  return best ? ", did you mean " + *best + "?" : "";
}

std::vector<std::string> process_environment() {
  std::vector<std::string> out;
  for (char** each = environ; *each != nullptr; ++each) out.emplace_back(*each);
  return out;
}

std::expected<Settings, BadOption> read_settings(const Sources& sources) {
  const auto environment = from_environment(sources.environment);
  if (!environment) return std::unexpected(environment.error());
  Settings out;
  const auto file = from_files(sources, *environment, out.from_file);
  if (!file) return std::unexpected(file.error());
  for (const auto& option : options()) {
    std::vector<std::string> given{option.fallback};
    std::string who = "the default of " + std::string(option.name);
    const auto look = [&](const Values& values, const std::string& name) {
      const auto at = values.find(option.name);
      if (at == values.end()) return;
      given = at->second;
      who = name;
    };
    look(*file, option.name);
    look(*environment, variable_of(option));
    look(sources.flags, flag_of(option));
    const auto values = values_of(option, given);
    if ((option.is_list || values.size() == 1) && option.read(values, out)) continue;
    std::string said;
    for (const auto& value : given) said += (said.empty() ? "" : ",") + value;
    who.append(": '").append(said).append("' is not what is expected: ").append(option.type);
    return bad(who.append(", such as ").append(option.example));
  }
  out.data_dir = expand(out.data_dir);
  if (const auto joined = join_network(sources, *environment, *file, out); !joined)
    return std::unexpected(joined.error());
  if (const auto joined = join_wires(out); !joined) return std::unexpected(joined.error());
  return out;
}

}  // namespace kith::app
