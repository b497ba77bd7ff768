// The handshake: any bytes as the first message, the second message and a Hello. A responder answers only what
// decrypts.
#include "base/check.hpp"
#include "lean/hello.hpp"
#include "lean/wire.hpp"
#include "target.hpp"

using namespace kith;

namespace {

crypto::Identity identity(u8 fill) {
  std::array<u8, 32> seed{};
  seed.fill(fill);
  return crypto::Identity(seed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  const Bytes bytes(data, size);
  static const auto ours = identity(1);
  static const auto theirs = identity(2);
  lean::Shared shared{.identity = ours};
  core::Offer offer;
  offer.hello.id = PeerId{ours.public_key()};
  Rng rng = Rng::seeded(1);
  core::Turn turn{Time{}, Utc{}, rng};

  if (const auto hello = lean::decode_hello(bytes))
    check(equal(lean::encode_hello(*hello), bytes), "a hello has one spelling");

  lean::Wire listener(shared, offer, turn);
  listener.receive(turn, bytes);
  check(!listener.has_output(), "an answer to bytes that nobody encrypted");
  lean::Wire dialler(shared, offer, turn, PeerId{theirs.public_key()}, false);
  dialler.receive(turn, bytes);
  while (const auto report = dialler.take())
    check(!std::holds_alternative<core::Opened>(*report), "a session with nobody");
  return 0;
}
