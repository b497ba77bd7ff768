// Peer and PeerId: a connection, and an identity that somebody proved.
#pragma once

#include "base/bytes.hpp"

namespace kith {

/// One connection of this process. The number is never used again, so a stale one names nobody.
struct Peer {
  u64 number = 0;
  auto operator<=>(const Peer&) const = default;
};

/// An Ed25519 public key whose owner proved it. Absent where a wire proves none.
struct PeerId {
  std::array<u8, 32> key{};
  auto operator<=>(const PeerId&) const = default;
};

}  // namespace kith
