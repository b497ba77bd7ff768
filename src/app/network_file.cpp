// TOML in and out. The genesis and the id can be computed; they stand in the file so that a change of it shows.
#include "app/network_file.hpp"

#include <algorithm>
#include <array>

#include <toml++/toml.h>

#include "app/chains.hpp"
#include "app/node.hpp"
#include "codec/multiaddr.hpp"
#include "lean/port.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

constexpr std::size_t nonce_digits = 16;
const std::vector<std::string> keys{"name", "nonce", "chain", "genesis", "id", "bootstrap"};

using Read = std::expected<NetworkFile, std::string>;
std::unexpected<std::string> bad(std::string why) { return std::unexpected(std::move(why)); }

std::optional<ledger::bitcoin::BitcoinRules> rules_of(ChainName chain) {
  const auto* params = params_of(chain);
  return params ? std::optional(ledger::bitcoin::BitcoinRules(*params)) : std::nullopt;
}

bool is_nonce(const std::string& text) {
  return text.size() == nonce_digits && from_hex(text).has_value() &&
         std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'F'; });
}

/// The text of `key`; empty if it is not there or no text.
std::string text_of(const toml::table& table, const char* key) {
  return table[key].value_exact<std::string>().value_or("");
}

std::expected<std::vector<Endpoint>, std::string> read_bootstrap(const toml::table& table) {
  std::vector<Endpoint> out;
  const auto* list = table["bootstrap"].as_array();
  if (!list || list->size() > max_network_bootstrap) return bad("bootstrap: a list of at most 100 is expected");
  for (const auto& each : *list) {
    const auto text = each.value_exact<std::string>().value_or("");
    const auto endpoint = codec::parse_endpoint(text);
    if (!endpoint || endpoint->address.wire != lean::wire_word || !endpoint->address.id)
      return bad("bootstrap: '" + text + "' is no lean multiaddr with /p2p/ID");
    out.push_back(*endpoint);
  }
  return out;
}

Read from_table(const toml::table& table) {
  for (const auto& [key, node] : table)
    if (const std::string name(key.str()); std::ranges::find(keys, name) == keys.end())
      return bad("line " + std::to_string(node.source().begin.line) + ": " + name + ": there is no such key" +
                 suggestion(name, keys));
  NetworkFile out{.name = text_of(table, "name"), .nonce = text_of(table, "nonce"), .bootstrap = {}};
  if (!is_network_name(out.name)) return bad("name: 1 to 40 letters, digits, '.', '_' or '-' are expected");
  if (!is_nonce(out.nonce)) return bad("nonce: 16 hexadecimal digits in small letters are expected");
  if (!parse_chain(text_of(table, "chain"), out.chain)) return bad("chain: none, regtest or mainnet is expected");
  auto bootstrap = read_bootstrap(table);
  if (!bootstrap) return bad(bootstrap.error());
  out.bootstrap = std::move(*bootstrap);
  if (text_of(table, "genesis") != genesis_of(out.chain))
    return bad("genesis: that of chain " + std::string(to_text(out.chain)) + " is '" + genesis_of(out.chain) + "'");
  if (text_of(table, "id") != to_hex(id_of(out)))
    return bad(
        "id: this is not the id of this name, nonce and genesis: the file was changed or is cut off; "
        "get it again from who made the network");
  return out;
}

}  // namespace

bool is_network_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= max_network_name && std::ranges::all_of(text, fits);
}

std::string genesis_of(ChainName chain) {
  const auto rules = rules_of(chain);
  if (!rules) return {};
  const auto genesis = rules->parse(rules->genesis_header());
  return genesis ? to_display(genesis->id) : std::string();
}

Hash id_of(const NetworkFile& network) {
  const auto rules = rules_of(network.chain);
  return network_id(network.network(), rules ? &*rules : nullptr);
}

std::string to_toml(const NetworkFile& network) {
  std::string out =
      "# A network of kith nodes. Give this file to each of them: kith node --network-file network.toml\n";
  const auto line = [&](const char* key, const std::string& value) {
    out += std::string(key) + " = \"" + value + "\"\n";
  };
  line("name", network.name);
  line("nonce", network.nonce);
  line("chain", to_text(network.chain));
  line("genesis", genesis_of(network.chain));
  line("id", to_hex(id_of(network)));
  out += "# Whom to ask first. More may be added; the rest of the file cannot be changed.\nbootstrap = [\n";
  for (const auto& each : network.bootstrap) out += "  \"" + codec::to_text(each) + "\",\n";
  return out + "]\n";
}

Read read_network_file(const std::filesystem::path& file) {
  const auto bytes = shell::read_file(file, max_network_file);
  if (!bytes)
    return bad(file.string() + ": " + std::string(to_text(bytes.error().fault)) + " (" + bytes.error().what + ")");
  try {
    auto read = from_table(toml::parse(as_text(*bytes)));
    if (!read) return bad(file.string() + ": " + read.error());
    return read;
  } catch (const toml::parse_error& error) {
    return bad(file.string() + " line " + std::to_string(error.source().begin.line) + ": " +
               std::string(error.description()));
  }
}

}  // namespace kith::app
