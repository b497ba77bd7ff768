// The rows of the registry, and how each reads its values.
#include "app/options.hpp"

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "app/address_text.hpp"
#include "codec/multiaddr.hpp"
#include "core/kind.hpp"
#include "lean/port.hpp"
#include "lean/sealed.hpp"
#include "shell/upnp.hpp"

namespace kith::app {
namespace {

using Given = std::span<const std::string>;

/// What one connection costs bounds what anybody may ask for.
constexpr std::size_t most_connections = 10'000;
/// A terabyte.
constexpr std::size_t most_megabytes = 1'000'000;
constexpr auto least_ping = std::chrono::milliseconds(10);
constexpr auto most_ping = std::chrono::milliseconds(60'000);

bool read_text(const std::string& text, std::size_t most, std::string& into) {
  into = text;
  return !text.empty() && text.size() <= most;
}

bool read_count(const std::string& text, std::size_t& into, std::size_t most = most_connections) {
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, into);
  return error == std::errc{} && at == end && into <= most;
}

template <typename T, std::size_t N>
bool read_word(const std::string& text, const std::array<std::pair<const char*, T>, N>& words, T& into) {
  for (const auto& [word, value] : words) {
    if (text != word) continue;
    into = value;
    return true;
  }
  return false;
}

bool read_wires(Given values, Settings& into) {
  for (const auto& value : values) {
    if (!is_spoken(value)) return false;
    if (std::ranges::find(into.wires, value) == into.wires.end()) into.wires.push_back(value);
  }
  return !into.wires.empty();
}

bool read_listen(Given values, Settings& into) {
  into.listens_as_usual = values.size() == 1 && values[0] == usual_listen;
  if (into.listens_as_usual) return true;
  for (const auto& value : values) {
    const auto address = codec::parse_address(value);
    if (!address || !is_spoken(address->wire) || address->id) return false;
    into.listen.push_back(*address);
  }
  return true;
}

bool read_protocols(Given values, Settings& into) {
  for (const auto& value : values) {
    if (value.empty() || value.size() > max_name_text || into.spacemesh_protocols.size() == core::max_kinds)
      return false;
    into.spacemesh_protocols.push_back(value);
  }
  return true;
}

bool read_bootstrap(Given values, Settings& into) {
  for (const auto& value : values) {
    auto place = parse_place(value);
    if (!place) return false;
    into.bootstrap.push_back(std::move(place->endpoint));
    if (place->datagrams) into.contacts.push_back(*place->datagrams);
  }
  return true;
}

bool read_rpc(Given values, Settings& into) {
  const auto at = parse_ip_port(values[0]);
  if (!at || !at->ip.is_loopback()) return false;
  into.rpc = *at;
  return true;
}

bool read_work(Given values, Settings& into) {
  const auto& digits = values[0];
  if (digits.empty() || digits.size() > 64) return false;
  const auto bytes = from_hex(std::string(64 - digits.size(), '0') + digits);
  if (!bytes) return false;
  into.minimum_work.bytes = take_array<32>(*bytes);
  return true;
}

bool read_kinds(Given values, Settings& into) {
  std::string kind;
  for (const auto& value : values) {
    // The node's own kind, for letters to one node.
    if (!read_text(value, max_name_text, kind) || kind == lean::sealed_word) return false;
    if (std::find(into.kinds.begin(), into.kinds.end(), kind) == into.kinds.end()) into.kinds.push_back(kind);
  }
  return into.kinds.size() <= core::max_kinds;
}

template <typename T>
bool read_number(std::string_view text, int base, T& into) {
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, into, base);
  return error == std::errc{} && at == end;
}

bool read_ping(Given values, Settings& into) {
  u32 millis = 0;
  if (!read_number(values[0], 10, millis) || millis < least_ping.count() || millis > most_ping.count()) return false;
  into.ping_every = std::chrono::milliseconds(millis);
  return true;
}

/// HEIGHT:HASH:BITS:TIME
bool read_anchor(Given values, Settings& into) {
  std::vector<std::string_view> parts;
  std::string_view rest = values[0];
  if (rest.empty()) return true;
  for (auto colon = rest.find(':'); colon != std::string_view::npos; colon = rest.find(':')) {
    parts.push_back(rest.substr(0, colon));
    rest.remove_prefix(colon + 1);
  }
  parts.push_back(rest);
  if (parts.size() != 4) return false;
  ledger::Anchor anchor;
  const auto hash = from_display(parts[1]);
  if (!hash || !read_number(parts[0], 10, anchor.height) || !read_number(parts[2], 16, anchor.bits) ||
      !read_number(parts[3], 10, anchor.time))
    return false;
  anchor.id = *hash;
  into.anchor = anchor;
  return true;
}

bool read_proxy(Given values, Settings& into) {
  if (values.empty() || values[0].empty()) return true;
  into.proxy = parse_proxy(values[0]);
  return into.proxy.has_value();
}

bool read_external(Given values, Settings& into) {
  for (const auto& value : values) {
    const auto address = codec::parse_address(value);
    const bool can_be = address && is_spoken(address->wire) && !address->id && address->port != 0;
    if (!can_be || address->ip == Ip{} || address->ip == Ip::v4(0, 0, 0, 0)) return false;
    into.external.push_back(*address);
  }
  return true;
}

constexpr std::array<std::pair<const char*, ChainName>, 6> chains{{{"none", ChainName::none},
                                                                   {"regtest", ChainName::regtest},
                                                                   {"mainnet", ChainName::mainnet},
                                                                   {"testnet4", ChainName::testnet4},
                                                                   {"signet", ChainName::signet},
                                                                   {"simnet", ChainName::simnet}}};
constexpr std::array<std::pair<const char*, Validation>, 3> validations{
    {{"auto", Validation::automatic}, {"full", Validation::full}, {"headers", Validation::headers}}};
constexpr std::array<std::pair<const char*, bool>, 2> signs{{{"none", false}, {"all", true}}};
constexpr std::array<std::pair<const char*, bool>, 2> answers{{{"yes", true}, {"no", false}}};
constexpr std::array<std::pair<const char*, LogLevel>, 4> levels{
    {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning}, {"error", LogLevel::error}}};
constexpr std::array<std::pair<const char*, LogFormat>, 2> formats{
    {{"text", LogFormat::text}, {"json", LogFormat::json}}};

bool read_map_port(Given values, Settings& into) {
  const bool is_word = read_word(values[0], answers, into.map_port);
  if (is_word) return true;
  into.map_port = true;
  into.gateway = values[0];
  return shell::parse_gateway_url(into.gateway).has_value();
}

const std::array rows{
    Option{"data-dir", "directory", false, "~/.kith",
           "Where the key, the address book, the blocks and the log are kept", "./n1",
           [](Given values, Settings& into) {
             into.data_dir = values[0];
             return !values[0].empty();
           }},
    Option{"network", "name", false, "devnet", "Nodes of different networks do not talk to each other", "testers",
           [](Given values, Settings& into) { return read_text(values[0], 64, into.network); }},
    Option{"chain", "none|regtest|mainnet|testnet4|signet|simnet", false, "none",
           "The chain to sync, to keep and to serve", "regtest",
           [](Given values, Settings& into) { return read_word(values[0], chains, into.chain); }},
    Option{"validation", "auto|full|headers", false, "auto",
           "Whether blocks' coins and scripts are checked too (full) or not (headers); auto: full if this build can",
           "headers", [](Given values, Settings& into) { return read_word(values[0], validations, into.validation); }},
    Option{"wire", "lean|bitcoin|spacemesh, or several", true, "lean",
           "The languages that the node speaks: kith's own, that of the Bitcoin network of its chain, and that of "
           "Spacemesh's first stack",
           "lean", read_wires},
    Option{
        "listen", "multiaddrs", true, usual_listen,
        "Where to listen, one address for each wire; port 0 takes a free one. usual: on 127.0.0.1, lean at port 7513, "
        "bitcoin at the port of its chain's network, spacemesh at port 7514; nowhere, if empty",
        "/ip4/0.0.0.0/tcp/7513/lean", read_listen},
    Option{"bootstrap", "multiaddrs, lean ones with /p2p/ID; spacemesh://KEY@IP:PORT", true, "",
           "Whom to ask for addresses while nobody is known",
           "/dns4/seed.example/tcp/7513/lean/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp", read_bootstrap},
    Option{"rpc", "loopback ip:port", false, "127.0.0.1:7580", "Where `kith ctl` finds the node", "127.0.0.1:0",
           read_rpc},
    Option{"outbound", "number", false, "8", "Connections of our own choice to keep", "4",
           [](Given values, Settings& into) { return read_count(values[0], into.outbound); }},
    Option{"inbound", "number", false, "64", "Most connections that others may make", "200",
           [](Given values, Settings& into) { return read_count(values[0], into.inbound); }},
    Option{"mempool", "megabytes", false, "300",
           "Memory for transactions that wait for a block, of nodes that keep a chain; 0 takes none", "50",
           [](Given values, Settings& into) { return read_count(values[0], into.mempool, most_megabytes); }},
    Option{"v2transport", "yes|no", false, "yes",
           "Whether connections on the Bitcoin network are encrypted where the other side can (BIP 324), or never",
           "no", [](Given values, Settings& into) { return read_word(values[0], answers, into.v2transport); }},
    Option{"seeds", "yes|no", false, "yes",
           "Whether a node of the bitcoin wire that knows nobody asks the seeds of its network (mainnet, testnet4, "
           "signet) for addresses",
           "no", [](Given values, Settings& into) { return read_word(values[0], answers, into.seeds); }},
    Option{"sign", "none|all", false, "none", "Whether every message is signed, or authored items only", "all",
           [](Given values, Settings& into) { return read_word(values[0], signs, into.sign_all); }},
    Option{"findable", "yes|no", false, "yes", "Whether neighbours may say where this node is to who asks by its id",
           "no", [](Given values, Settings& into) { return read_word(values[0], answers, into.findable); }},
    Option{"spacemesh-network", "number", false, "1", "The Spacemesh network whose nodes are spoken to", "1",
           [](Given values, Settings& into) {
             std::size_t id = 0;
             const bool read = read_count(values[0], id, std::numeric_limits<u32>::max());
             into.spacemesh_network = static_cast<u32>(id);
             return read;
           }},
    Option{"spacemesh-protocols", "names", true, "",
           "Protocols of messages to one neighbour and of requests, beside those of kinds (wire spacemesh)",
           "/chat/1.0/", read_protocols},
    Option{"insecure-zero-key", "yes|no", false, "no",
           "Whether the spacemesh wire may leave this machine, though anybody can read and forge all that it says",
           "no", [](Given values, Settings& into) { return read_word(values[0], answers, into.insecure_zero_key); }},
    Option{"minimum-work", "hexadecimal number", false, "0", "Work below which a chain's headers are not kept",
           "100010001", read_work},
    Option{"log-level", "debug|info|warning|error", false, "info", "What is logged", "debug",
           [](Given values, Settings& into) { return read_word(values[0], levels, into.log_level); }},
    Option{"log-format", "text|json", false, "text", "Lines for people or for machines", "json",
           [](Given values, Settings& into) { return read_word(values[0], formats, into.log_format); }},
    Option{"kinds", "names", true, "note", "Kinds of authored items that are gossiped", "note,chat", read_kinds},
    Option{"ping-every", "milliseconds", false, "30000", "Mean time between two pings of a peer", "5000", read_ping},
    Option{"anchor", "HEIGHT:HASH:BITS:TIME", false, "",
           "A block of the chain that is trusted in the place of genesis: nothing below it is fetched, checked or "
           "served, and validation is headers; all nodes of a network need the same one",
           "831327:000000000000000000034927d1cf6d7f940b35cf922f5a1c91cf7063b4d5a597:170371b1:1708475255", read_anchor},
    Option{"coins", "file", false, "",
           "Outputs that may be spent, one `TXID:OUTPUT VALUE SCRIPT` a line: transactions that spend them are checked "
           "and gossiped, as the kind tx",
           "./coins.txt",
           [](Given values, Settings& into) {
             into.coins = values[0];
             return true;
           }},
    Option{"network-file", "file", false, "",
           "The network to be in, as `kith network new` wrote it; in place of network and chain", "./network.toml",
           [](Given values, Settings& into) {
             into.network_file = values.empty() ? "" : values[0];
             return true;
           }},
    Option{"proxy", "[user:password@]ip:port", false, "",
           "The SOCKS5 proxy through which everything is dialled; it resolves names, too", "127.0.0.1:9050",
           read_proxy},
    Option{"external", "multiaddrs without /p2p", true, "",
           "Where others reach this node, such as behind a router; told to them in place of what they find out",
           "/ip4/198.51.100.7/tcp/7513/lean", read_external},
    Option{
        "map-port", "yes|no|http://IP/…", false, "no",
        "Whether the router in front of this machine is asked, by UPnP, to open the ports that are listened on while "
        "the node runs; the URL of its description where a search does not find it",
        "yes", read_map_port},
};

}  // namespace

std::span<const Option> options() { return rows; }

std::string flag_of(const Option& option) { return std::string("--") + option.name; }

std::string variable_of(const Option& option) {
  std::string out = std::string("KITH_") + option.name;
  for (char& each : out) {
    if (each == '-') each = '_';
    if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
  }
  return out;
}

bool parse_chain(const std::string& text, ChainName& into) { return read_word(text, chains, into); }

const char* to_text(ChainName chain) {
  const auto at = std::ranges::find(chains, chain, [](const auto& row) { return row.second; });
  return at->first;
}

std::optional<shell::Proxy> parse_proxy(const std::string& text) {
  const auto fits = [](const std::string& part) { return !part.empty() && part.size() <= shell::max_socks_text; };
  const auto at = text.rfind('@');
  const auto where = parse_ip_port(std::string_view(text).substr(at == std::string::npos ? 0 : at + 1));
  if (!where || where->port == 0) return std::nullopt;
  shell::Proxy out{where->ip, where->port};
  if (at == std::string::npos) return out;
  const auto colon = text.find(':');
  if (colon > at) return std::nullopt;
  out.login = shell::SocksLogin{text.substr(0, colon), text.substr(colon + 1, at - colon - 1)};
  return fits(out.login->user) && fits(out.login->password) ? std::optional(out) : std::nullopt;
}

std::optional<Address> parse_ip_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = parse_ip(host);
  if (!ip || ip->is_v4() == bracketed) return std::nullopt;
  Address out{.ip = *ip, .wire = {}, .id = {}};
  const auto port = text.substr(colon + 1);
  const auto [at, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc{} || at != port.data() + port.size()) return std::nullopt;
  return out;
}

std::string ip_port(const Address& address) {
  const auto ip = to_text(address.ip);
  return (address.ip.is_v4() ? ip : "[" + ip + "]") + ":" + std::to_string(address.port);
}

std::string options_table() {
  std::string out =
      "| key | flag | variable | value | default | what it does | example |\n|---|---|---|---|---|---|---|\n";
  for (const auto& row : rows) {
    std::string type = row.type;
    for (std::size_t at = 0; (at = type.find('|', at)) != std::string::npos; at += 2) type.insert(at, 1, '\\');
    const std::string fallback = row.fallback[0] ? fmt::format("`{}`", row.fallback) : "";
    out += fmt::format("| `{}` | `{}` | `{}` | {} | {} | {} | `{}` |\n", row.name, flag_of(row), variable_of(row), type,
                       fallback, row.help, row.example);
  }
  return out;
}

}  // namespace kith::app
