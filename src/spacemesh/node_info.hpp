// NodeInfo: a node as discovery tells of it: its key and where it listens. go-spacemesh, p2p/node/node.go.
#pragma once

#include <optional>

#include "codec/xdr.hpp"
#include "crypto/keys.hpp"
#include "model/address.hpp"

namespace kith::spacemesh {

/// The word for this wire in an address.
inline constexpr std::string_view wire_word = "spacemesh";

/// key opaque[32] | ip opaque<16> of 0, 4 or 16 bytes | TCP port unsigned | UDP port unsigned
struct NodeInfo {
  crypto::Key key{};
  /// Absent where none is known.
  std::optional<Ip> ip;
  /// An IPv4 address stands in 16 bytes and not in 4: the original does both, and hashes what it has. False for IPv6.
  bool mapped = false;
  u16 tcp_port = 0;
  u16 udp_port = 0;
  bool operator==(const NodeInfo&) const = default;
};

/// The address as the original stores it: none, 4 or 16 bytes, in `info`.
Bytes ip_bytes(const NodeInfo& info);

void write_node_info(codec::XdrWriter& out, const NodeInfo& info);
/// Fails `in` also on an address of another length and on a port beyond 16 bits.
NodeInfo read_node_info(codec::XdrReader& in);

}  // namespace kith::spacemesh
