// Buckets: where the original's address book keeps an address, by a secret key. Addresses count as stored: IPv4 in 4
// bytes and the same in 16 have different tried buckets, ports and node keys have no part. go-spacemesh,
// p2p/discovery/addrbook.go.
#pragma once

#include "spacemesh/node_info.hpp"

namespace kith::spacemesh {

inline constexpr u32 new_buckets = 1024;
inline constexpr u32 tried_buckets = 64;
/// Buckets that what one source group says can reach, and that one address group can.
inline constexpr u64 new_buckets_per_source = 64;
inline constexpr u64 tried_buckets_per_group = 8;

u32 new_bucket(const Hash& secret, const NodeInfo& node, const NodeInfo& source);
u32 tried_bucket(const Hash& secret, const NodeInfo& node);

}  // namespace kith::spacemesh
