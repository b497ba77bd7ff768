// Dialect: how Bitcoin's messages stand in a host's table of names: one name for each type of message, all on one lane.
// What a peer negotiated or offers is a name as well, without messages: who does not share it is not sent what needs
// it.
#pragma once

#include <string>

#include "bitcoin/message_type.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

/// The word for this wire in an address.
inline constexpr std::string_view wire_word = "bitcoin";

/// There are no lanes on this wire.
inline constexpr Lane only_lane = 0;

inline Name spoken(std::string_view type, Priority priority = Priority::item) {
  return {std::string(type), max_payload, priority, std::string(wire_word)};
}

/// What a version message offers, as names.
namespace offers {
/// It has all blocks, with witnesses.
inline constexpr std::string_view all_blocks = "NODE_NETWORK";
/// It has the last 288 blocks (BIP 159).
inline constexpr std::string_view late_blocks = "NODE_NETWORK_LIMITED";
}  // namespace offers

/// What follows from a message that is not as it should be. One that cannot be read costs itself alone: Bitcoin Core,
/// net_processing.cpp, ProcessMessages.
inline void object(core::ProtocolTurn& turn, Peer peer, const Error& error) {
  if (error.fault != Fault::malformed) turn.act(core::Blamed{peer, error});
}

inline Message message_of(u16 name, Buffer payload = {}) {
  return {only_lane, name, Role::letter, 0, Body(std::move(payload))};
}

}  // namespace kith::bitcoin
