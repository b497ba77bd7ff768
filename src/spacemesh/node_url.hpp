// Node URL: a node as an operator writes it, spacemesh://KEY@IP:PORT?disc=PORT. The second port is that of discovery,
// and stands only where it differs; IPv6 stands in brackets. go-spacemesh, p2p/node/node.go.
// parity: 2 | the same is read and written; elsewhere multiaddrs | NodeInfo.is_that_of_the_original_in_bytes_and_text, NodeUrl.reads_ports_and_addresses_as_the_original_does, Multiaddr.has_the_published_forms
#pragma once

#include "base/error.hpp"
#include "spacemesh/node_info.hpp"

namespace kith::spacemesh {

/// Longest URL, in bytes.
inline constexpr std::size_t max_node_url = 128;

/// Without an address it is the key alone, which does not read back.
std::string to_url(const NodeInfo& info);
/// Names in place of the IP are refused. IPv4 is not mapped, however it is written. Fails with bad_address, naming the
/// part.
Result<NodeInfo> parse_url(std::string_view text);

}  // namespace kith::spacemesh
