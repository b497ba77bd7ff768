// What is asked of a server while somebody else looks at what that costs it. Each returns when the server has answered.
#pragma once

#include "load/connection.hpp"

namespace kith::bench {

/// Connections from addresses all over 127/8, `at_once` of them at a time and at most `per_second` if that is not 0;
/// each ends once both have said verack. Returns how many the server hung up on instead.
std::size_t handshakes(const Target& target, std::size_t count, std::size_t at_once, double per_second);
/// Questions for the 2,000 headers behind genesis over one connection, one after the other.
void headers(const Target& target, const Hash& genesis, std::size_t count);
/// Connections that stay, as orders on standard input say, until that ends: `grow N` to N connections that differ in
/// their address; `announce N` of the same N transactions by each that has not announced yet, none of which is there
/// when it is asked for. After each order a line says that nobody hears anything any more.
void stay(const Target& target);

}  // namespace kith::bench
