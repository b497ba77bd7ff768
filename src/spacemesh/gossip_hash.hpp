// Gossip hash: what a gossip message is known by, so that it is taken once. go-spacemesh, common/types/message.go.
#pragma once

#include "crypto/hash.hpp"

namespace kith::spacemesh {

using GossipHash = std::array<u8, 12>;

/// The first bytes of SHA-256 of the payload and the name of its protocol behind it. Where the one ends and the other
/// begins is not told: "ab" of "c" is "a" of "bc".
inline GossipHash gossip_hash(Bytes payload, std::string_view protocol) {
  return take_array<GossipHash{}.size()>(crypto::sha256({payload, as_bytes(protocol)}));
}

}  // namespace kith::spacemesh
