// Multiaddrs: one address has one spelling, in binary and in text, and each form reads back from the other.
#include "codec/multiaddr.hpp"

#include "base/check.hpp"
#include "target.hpp"

namespace kith {
namespace {

void round_trip(const Endpoint& endpoint) {
  const auto text = codec::parse_endpoint(codec::to_text(endpoint));
  check(text && *text == endpoint, "an endpoint reads back from its text");
  const Buffer bytes = codec::encode_multiaddr(endpoint);
  check(bytes.size() <= codec::max_multiaddr, "an endpoint fits its bound");
  const auto binary = codec::decode_multiaddr(bytes);
  check(binary && *binary == endpoint, "an endpoint reads back from its binary form");
}

}  // namespace
}  // namespace kith

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  const Bytes input(data, size);
  if (const auto endpoint = codec::decode_multiaddr(input)) {
    check(codec::encode_multiaddr(*endpoint) == to_buffer(input), "decode then encode gives the same bytes");
    round_trip(*endpoint);
  }
  if (const auto endpoint = codec::parse_endpoint(as_text(input))) round_trip(*endpoint);
  if (const auto id = codec::parse_peer_id(as_text(input)))
    check(codec::to_text(*id) == as_text(input), "an id has one text");
  return 0;
}
