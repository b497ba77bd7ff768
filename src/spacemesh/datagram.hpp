// Datagram: one message over UDP. The original takes the key of the first datagram from an address for that of all that
// follow from there; here each has its own. go-spacemesh, p2p/udp.go.
#pragma once

#include "spacemesh/message.hpp"

namespace kith::spacemesh {

/// Most bytes of a datagram: the original's buffer for one.
inline constexpr std::size_t max_datagram = 30'000;

struct Datagram {
  /// Whoever sends claims it.
  crypto::Key key{};
  ProtocolMessage message;
};

/// key[32] | seal of the message
Buffer encode(const Datagram& datagram, const crypto::BoxNonce& nonce);
/// Fails with oversize, bad_record or malformed: it is dropped, and an answer would tell more than the original does.
Result<Datagram> decode_datagram(Bytes bytes);

/// Whether a datagram is for this network. Its timestamp is not looked at. Fails with wrong_network: it is dropped.
Result<> acceptable(const Metadata& theirs, u32 network_id, std::string_view least_version);

}  // namespace kith::spacemesh
