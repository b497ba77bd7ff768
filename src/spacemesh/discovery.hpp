// Discovery: the bodies of its requests and answers, over UDP: pings with the sender's own node, and addresses.
// go-spacemesh, p2p/discovery/.
#pragma once

#include <span>
#include <vector>

#include "base/error.hpp"
#include "spacemesh/node_info.hpp"

namespace kith::spacemesh {

inline constexpr std::string_view discovery_protocol = "/udp/v2/discovery";
/// Types of its messages. The body of a request for addresses is empty.
inline constexpr u32 type_ping = 0;
inline constexpr u32 type_get_addresses = 1;
/// Most nodes in an answer.
inline constexpr std::size_t max_addresses = 300;

/// What a node says of itself: it does not know its own address, and says 0.0.0.0 in 16 bytes.
NodeInfo own_info(const crypto::Key& key, u16 tcp_port, u16 udp_port);

/// The body of a ping, and the data of its answer.
Buffer encode(const NodeInfo& info);
/// A ping tells an address, which is not that of its sender, and both ports. Fails with malformed.
Result<NodeInfo> decode_ping(Bytes body);
/// The answer to a ping: nothing but its key is looked at. Fails with malformed.
Result<NodeInfo> decode_pong(Bytes data);

/// count unsigned | for each: 1 | node. At most max_addresses.
Buffer encode_addresses(std::span<const NodeInfo> nodes);
/// Fails with oversize on more than max_addresses, of which none is taken, and with malformed.
Result<std::vector<NodeInfo>> decode_addresses(Bytes data);

}  // namespace kith::spacemesh
