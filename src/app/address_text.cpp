// Which form is whose.
#include "app/address_text.hpp"

#include <algorithm>

#include "bitcoin/dialect.hpp"
#include "codec/multiaddr.hpp"
#include "lean/port.hpp"
#include "spacemesh/node_url.hpp"

namespace kith::app {

bool is_spoken(std::string_view word) {
  return word == lean::wire_word || word == bitcoin::wire_word || word == spacemesh::wire_word;
}

std::string show(const Address& address) {
  if (address.wire != spacemesh::wire_word || !address.id) return codec::to_text(address);
  return spacemesh::to_url({address.id->key, address.ip, false, address.port, address.port});
}

std::optional<Place> parse_place(std::string_view text) {
  if (text.starts_with("spacemesh://")) {
    const auto node = spacemesh::parse_url(text);
    if (!node || !node->ip) return std::nullopt;
    const Address to{*node->ip, node->tcp_port, std::string(spacemesh::wire_word), PeerId{node->key}};
    auto datagrams = to;
    datagrams.port = node->udp_port;
    return Place{{.dns = {}, .family = 0, .address = to}, datagrams};
  }
  const auto endpoint = codec::parse_endpoint(text);
  if (!endpoint || !is_spoken(endpoint->address.wire)) return std::nullopt;
  if (endpoint->address.id.has_value() != (endpoint->address.wire == lean::wire_word)) return std::nullopt;
  Place out{*endpoint};
  if (endpoint->address.wire == spacemesh::wire_word && endpoint->dns.empty()) out.datagrams = endpoint->address;
  return out;
}

}  // namespace kith::app
