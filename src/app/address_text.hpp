// Addresses as operators write and read them: multiaddrs, and the node URLs of Spacemesh for nodes of that wire.
#pragma once

#include <optional>
#include <string>

#include "model/address.hpp"

namespace kith::app {

/// Whether `word` is that of a wire that this program speaks.
bool is_spoken(std::string_view word);

std::string show(const Address& address);

/// Somebody to be dialled.
struct Place {
  Endpoint endpoint;
  /// Where the same node hears datagrams, if its wire has such.
  std::optional<Address> datagrams = std::nullopt;
};
/// A multiaddr of lean with /p2p/ID, of bitcoin or spacemesh without, or a node URL. Nothing for anything else.
std::optional<Place> parse_place(std::string_view text);

}  // namespace kith::app
