// Envelopes: what decodes is encoded to the same bytes, and no signature holds that was not made.
#include "lean/envelope.hpp"

#include "base/check.hpp"
#include "target.hpp"

using namespace kith;

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  const Bytes bytes(data, size);
  const auto envelope = lean::decode_envelope(bytes, 4096);
  if (!envelope) return 0;
  check(envelope->payload.size() <= 4096, "a payload beyond its bound");
  check(equal(lean::encode_envelope(*envelope), bytes), "an envelope has one spelling");
  return 0;
}
