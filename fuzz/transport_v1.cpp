// The plain transport: any bytes behind a dialler's first message. A cut of the stream changes nothing, and memory
// follows what came.
#include "base/check.hpp"
#include "bitcoin/transport.hpp"
#include "target.hpp"

using namespace kith;

namespace {

constexpr bitcoin::Magic magic{0xfa, 0xbf, 0xb5, 0xda};

struct Seen {
  std::vector<std::string> types;
  std::size_t payloads = 0;
  std::size_t faults = 0;
  bool ended = false;

  bool operator==(const Seen&) const = default;
};

Seen receive(Bytes bytes, std::size_t chunk) {
  static crypto::Aead aead;
  Rng rng = Rng::seeded(1);
  auto transport = bitcoin::Transport::answer(aead, magic);
  Seen seen;
  std::size_t came = 0;
  while (came < bytes.size()) {
    const auto part = bytes.subspan(came, std::min(chunk, bytes.size() - came));
    transport.receive(rng, part);
    came += part.size();
    check(transport.held() <= came, "more is held than came");
    while (const auto event = transport.take()) {
      check(!seen.ended, "something after the end");
      if (const auto* message = std::get_if<bitcoin::NetMessage>(&*event)) {
        check(message->type.size() <= bitcoin::type_size, "a type beyond its bound");
        seen.types.push_back(message->type);
        seen.payloads += message->payload.size();
      }
      if (std::holds_alternative<core::Erred>(*event)) ++seen.faults;
      seen.ended = std::holds_alternative<core::Closed>(*event);
    }
  }
  check(seen.payloads <= bytes.size(), "more is handed over than came");
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  Buffer stream;
  bitcoin::write_v1(stream, magic, "version", {});
  append(stream, {data, size});
  const auto whole = receive(stream, stream.size());
  check(whole == receive(stream, 1) && whole == receive(stream, 19), "a cut changes the messages");

  // What is read is written again in the same bytes, if nothing was wrong with it.
  bitcoin::V1Reader reader(magic);
  Bytes rest = stream;
  while (!rest.empty()) {
    const Bytes before = rest;
    const auto message = reader.take(rest);
    if (!message || !*message) break;
    Buffer again;
    bitcoin::write_v1(again, magic, (*message)->type, (*message)->payload.bytes());
    check(equal(again, before.first(before.size() - rest.size())), "a message has one spelling");
  }
  return 0;
}
