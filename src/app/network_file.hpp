// Network file: what all nodes of one network share, in a file that is given to each: name, chain, id, whom to ask
// first.
#pragma once

#include <expected>
#include <filesystem>

#include "app/options.hpp"

namespace kith::app {

/// Longest name of a network in a file: with the nonce it fits the setting `network`.
inline constexpr std::size_t max_network_name = 40;
inline constexpr std::size_t max_network_file = 64 * 1024;
inline constexpr std::size_t max_network_bootstrap = 100;

struct NetworkFile {
  /// Letters, digits, '.', '_' and '-'.
  std::string name;
  /// 16 hexadecimal digits of the dice, so that two networks of one name differ.
  std::string nonce;
  ChainName chain = ChainName::none;
  std::vector<Endpoint> bootstrap;

  /// What the nodes call it: the value of the setting `network`.
  std::string network() const { return name + "-" + nonce; }
};

bool is_network_name(std::string_view text);
/// The id of the chain's genesis block as it is displayed; empty without a chain.
std::string genesis_of(ChainName chain);
/// What the handshake compares, see lean.md §3.
Hash id_of(const NetworkFile& network);

/// The file's text: TOML, with a comment that says what it is for.
std::string to_toml(const NetworkFile& network);
/// Every key must be known, be there and fit the others; else a sentence that names the file and the line or key.
std::expected<NetworkFile, std::string> read_network_file(const std::filesystem::path& file);

}  // namespace kith::app
