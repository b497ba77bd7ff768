// Files of the original Spacemesh node, as text and as values: its identity (id.json) and its address book
// (peers.json). What is damaged is told and left as it is. go-spacemesh, node/localnodestore.go and
// p2p/discovery/store.go.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "spacemesh/buckets.hpp"

namespace kith::app {

/// Largest files, in bytes: a full book has less than half of it.
inline constexpr std::size_t max_spacemesh_id_file = 4096;
inline constexpr std::size_t max_spacemesh_peers_file = 128 * 1024 * 1024;

/// {"pubKey", "priKey"} in Base58. The secret stands in clear: the file is for its owner alone.
std::string to_id_json(const crypto::KeyPair& identity);
/// Fails with bad_config, also if the keys are not of each other.
Result<crypto::KeyPair> read_id_json(std::string_view text);

/// A date that the original writes for "never": the year 1, in seconds since 1970.
inline constexpr i64 spacemesh_never = -62'135'596'800;

/// Dates are in seconds since 1970.
struct SpacemeshPeer {
  spacemesh::NodeInfo node;
  spacemesh::NodeInfo source;
  i64 attempts = 0;
  i64 last_seen = spacemesh_never;
  i64 last_attempt = spacemesh_never;
  i64 last_success = spacemesh_never;
  bool operator==(const SpacemeshPeer&) const = default;
};

using SpacemeshBuckets = std::vector<std::vector<spacemesh::NodeInfo>>;

struct SpacemeshBook {
  /// The key of its buckets.
  Hash secret{};
  std::vector<SpacemeshPeer> peers;
  /// spacemesh::new_buckets and spacemesh::tried_buckets of them. Each node in them is one of `peers`.
  SpacemeshBuckets new_table = SpacemeshBuckets(spacemesh::new_buckets);
  SpacemeshBuckets tried_table = SpacemeshBuckets(spacemesh::tried_buckets);
  bool operator==(const SpacemeshBook&) const = default;
};

std::string to_peers_json(const SpacemeshBook& book);
/// Fails with storage if the file is too large, and with malformed.
Result<SpacemeshBook> read_peers_json(std::string_view text);

}  // namespace kith::app
