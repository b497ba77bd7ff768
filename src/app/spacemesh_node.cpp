// The original's identity file, and what it needs of a host.
#include "app/spacemesh_node.hpp"

#include <algorithm>

#include "app/key.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

/// Contacts of the book that are asked for addresses in a round.
constexpr std::size_t contacts_at_once = 3;

}  // namespace

Result<crypto::Key> spacemesh_key(const std::filesystem::path& directory) {
  const auto file = directory / spacemesh_key_file;
  std::error_code error;
  if (directory.empty() || !std::filesystem::exists(file, error)) {
    const auto pair = crypto::exchange_pair(fresh_seed().bytes);
    if (directory.empty()) return pair.public_key;
    if (auto written = shell::write_atomically(file, as_bytes(to_id_json(pair))); !written)
      return std::unexpected(written.error());
    return pair.public_key;
  }
  const auto text = shell::read_file(file, max_spacemesh_id_file);
  if (!text) return std::unexpected(text.error());
  const auto pair = read_id_json(as_text(*text));
  if (!pair) return std::unexpected(pair.error());
  return pair->public_key;
}

Buffer to_book(const SpacemeshBook& from, Utc now, Rng& rng) {
  const auto date = [&](i64 seconds) { return from_seconds(std::clamp<i64>(seconds, 0, to_seconds(now))); };
  peers::PeerBook out(rng);
  for (const auto& peer : from.peers) {
    if (!peer.node.ip || peer.node.tcp_port == 0) continue;
    const Address address{*peer.node.ip, peer.node.tcp_port, std::string(spacemesh::wire_word), PeerId{peer.node.key}};
    out.learn(address, peer.source.ip.value_or(address.ip), date(peer.last_seen), now);
    if (peer.last_success > 0) out.good(address, date(peer.last_success));
  }
  return out.save();
}

bool stays_here(std::span<const Address> listen, std::span<const Endpoint> bootstrap) {
  const auto is_here = [](const Address& address) {
    return address.wire != spacemesh::wire_word || address.ip.is_loopback();
  };
  return std::ranges::all_of(listen, is_here) && std::ranges::all_of(bootstrap, is_here, &Endpoint::address);
}

void for_spacemesh(core::NeighboursConfig& config, const crypto::Key& key, std::vector<Address> contacts,
                   bool insecure_zero_key) {
  config.has_ids = true;
  config.proves_ids = false;
  config.id = PeerId{key};
  config.only_loopback = !insecure_zero_key;
  config.inquire_of = contacts_at_once;
  config.inquire_first = std::move(contacts);
}

}  // namespace kith::app
