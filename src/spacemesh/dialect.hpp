// Dialect: how the protocols of this wire stand in a host's table of names: each is a name there, as it is in a
// message.
// parity: 9 | the same; on lean both name what they speak, and the highest version that both know is used | WireNames.a_name_that_only_one_side_speaks_is_reported_and_ends_nothing, Versions.the_highest_of_each_protocol_stays_whatever_the_order, WireTest.a_protocol_of_a_later_node_costs_nothing_and_one_of_another_wire_is_none_here
#pragma once

#include "core/protocol.hpp"
#include "spacemesh/message.hpp"
#include "spacemesh/node_info.hpp"

namespace kith::spacemesh {

inline Name spoken(std::string_view protocol, Priority priority = Priority::item) {
  return {std::string(protocol), max_payload, priority, std::string(wire_word)};
}

}  // namespace kith::spacemesh
