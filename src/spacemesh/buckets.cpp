// Two rounds of double SHA-256 each: which of a group's buckets, and which bucket that is.
#include "spacemesh/buckets.hpp"

#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "spacemesh/groups.hpp"

namespace kith::spacemesh {
namespace {

u64 hash(const Hash& secret, std::string_view group, Bytes rest) {
  Buffer text = to_buffer(secret);
  append(text, as_bytes(group));
  append(text, rest);
  return Reader(crypto::sha256d(text)).u64le();
}

u64 hash(const Hash& secret, std::string_view group, u64 which) {
  Buffer rest;
  Writer(rest).u64le(which);
  return hash(secret, group, rest);
}

}  // namespace

u32 new_bucket(const Hash& secret, const NodeInfo& node, const NodeInfo& source) {
  const auto from = group(source.ip);
  const u64 which = hash(secret, group(node.ip), as_bytes(from)) % new_buckets_per_source;
  return static_cast<u32>(hash(secret, from, which) % new_buckets);
}

u32 tried_bucket(const Hash& secret, const NodeInfo& node) {
  const u64 which = hash(secret, {}, ip_bytes(node)) % tried_buckets_per_group;
  return static_cast<u32>(hash(secret, group(node.ip), which) % tried_buckets);
}

}  // namespace kith::spacemesh
