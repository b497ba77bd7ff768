// Groups: which addresses the original's address book takes, and which of them it counts as one party's. Not those of
// model/address.hpp: tunnels count as what is inside them, Tor is a network of IPv6, and multicast is routable.
// go-spacemesh, p2p/discovery/network.go.
// parity: 24 | the same ranges and groups; besides, nobody is told of addresses nearer than his own | Groups.are_those_of_the_original, Groups.ranges_end_where_they_end, PeerBook.refuses_addresses_that_cannot_be_and_such_of_less_reach_than_their_source
#pragma once

#include <optional>
#include <string>

#include "model/address.hpp"

namespace kith::spacemesh {

/// Neither absent nor zero nor broadcast.
bool is_valid(const std::optional<Ip>& ip);
/// Loopback, and IPv4 that begins with 0.
bool is_local(const std::optional<Ip>& ip);
/// Valid, not local and in no reserved range.
bool is_routable(const std::optional<Ip>& ip);
/// "localNode", "unroutable", "tor:" and a number; else the /16 of IPv4, also of one inside IPv6, and the /32 of IPv6,
/// at he.net the /36, as the text of an address.
std::string group(const std::optional<Ip>& ip);

}  // namespace kith::spacemesh
