// Base58: what decodes encodes to the same text, every value comes back, and the bound holds.
#include "codec/base58.hpp"

#include "base/check.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  constexpr std::size_t max_input = 512;
  const Bytes input(data, std::min(size, max_input));
  for (const std::size_t max : {std::size_t{0}, std::size_t{38}, max_input}) {
    const auto bytes = codec::from_base58(as_text(input), max);
    if (!bytes) continue;
    check(bytes->size() <= max, "decoded more than was allowed");
    check(codec::to_base58(*bytes) == as_text(input), "decode then encode gives the same text");
  }
  const auto back = codec::from_base58(codec::to_base58(input), input.size());
  check(back && equal(*back, input), "encode then decode gives the same bytes");
  return 0;
}
