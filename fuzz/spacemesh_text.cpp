// Spacemesh's texts: any bytes as the URL of a node, as a key and as a version. What is read is written as something
// that reads the same.
#include "base/check.hpp"
#include "spacemesh/groups.hpp"
#include "spacemesh/keys.hpp"
#include "spacemesh/node_url.hpp"
#include "spacemesh/version.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  const auto text = as_text({data, size});
  if (const auto node = spacemesh::parse_url(text)) {
    const auto again = spacemesh::parse_url(spacemesh::to_url(*node));
    check(again && *again == *node, "what is written is read");
    const bool routable = spacemesh::is_routable(node->ip);
    check(!routable || spacemesh::is_valid(node->ip), "what is routable is valid");
    const auto group = spacemesh::group(node->ip);
    check(routable == (group != "unroutable" && group != "localNode"), "what is routable has a group");
  } else {
    check(node.error().fault == Fault::bad_address, "a fault that is not promised");
  }
  if (const auto key = spacemesh::parse_key(text)) check(spacemesh::key_text(*key) == text, "a key has one spelling");
  const auto newer = spacemesh::at_least(text, "0.0.2");
  check(newer || newer.error().fault == Fault::wrong_network, "a fault that is not promised");
  return 0;
}
