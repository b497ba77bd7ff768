// Session: what the two sides of an encrypted connection (BIP 324) share once each knows the other's key.
#pragma once

#include "bitcoin/packet.hpp"

namespace kith::bitcoin {

/// Ends the garbage of one side.
using Terminator = std::array<u8, 16>;

struct Session {
  PacketWriter send;
  PacketReader receive;
  /// The same on both sides, and on no other connection: what people compare who fear somebody in between.
  Hash id{};
};

struct Agreed {
  Session session;
  Terminator ours{};
  Terminator theirs{};
};

/// Derives all of it from the secret of crypto::bip324_exchange. Another network's magic gives other keys.
Agreed agree(const Magic& magic, const crypto::Secret<32>& shared, bool initiator);

}  // namespace kith::bitcoin
