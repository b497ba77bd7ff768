// Tags.
#include "gossip/kinds.hpp"

#include "base/reader.hpp"
#include "crypto/hash.hpp"

namespace kith::gossip {

KindTag tag_of(std::string_view kind) {
  const Hash hash = crypto::sha256(as_bytes(kind));
  return Reader(hash).u32be();
}

}  // namespace kith::gossip
