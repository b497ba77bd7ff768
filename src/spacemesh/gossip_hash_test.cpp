// Names of gossip messages as the original makes them.
#include "spacemesh/gossip_hash.hpp"

#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

TEST(GossipHash, is_that_of_the_original) {
  for (const auto& each : list(vectors("gossip_hash")))
    EXPECT_EQ(to_hex(gossip_hash(hex(each.at("payload")), text(each.at("protocol")))), text(each.at("hash12")));
}

TEST(GossipHash, does_not_tell_where_the_protocol_begins) {
  EXPECT_EQ(gossip_hash(as_bytes("ab"), "c"), gossip_hash(as_bytes("a"), "bc"));
}

}  // namespace
}  // namespace kith::spacemesh
