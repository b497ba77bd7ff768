// Dialect: how the protocols of this wire stand in a host's table of names: each is a name there, as it is in a
// message.
#pragma once

#include "core/protocol.hpp"
#include "spacemesh/message.hpp"
#include "spacemesh/node_info.hpp"

namespace kith::spacemesh {

inline Name spoken(std::string_view protocol, Priority priority = Priority::item) {
  return {std::string(protocol), max_payload, priority, std::string(wire_word)};
}

}  // namespace kith::spacemesh
