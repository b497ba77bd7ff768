// The encrypted transport: any bytes as all that a dialler or a responder says; and, from a dialler whom the responder
// has a session with, any bytes as its garbage and as the contents of its packets.
#include "base/check.hpp"
#include "base/reader.hpp"
#include "bitcoin/transport.hpp"
#include "target.hpp"

using namespace kith;

namespace {

constexpr bitcoin::Magic magic{0xfa, 0xbf, 0xb5, 0xda};

crypto::Aead& aead() {
  static crypto::Aead all;
  return all;
}

// The messages that came, as one text.
std::string drain(bitcoin::Transport& transport) {
  std::string out;
  while (const auto event = transport.take())
    if (const auto* message = std::get_if<bitcoin::NetMessage>(&*event))
      out += message->type + ":" + std::to_string(message->payload.size()) + "\n";
    else
      out += std::holds_alternative<core::Closed>(*event) ? "end\n" : "fault\n";
  return out;
}

void say_anything(Bytes bytes, bitcoin::Transport transport) {
  Rng rng = Rng::seeded(1);
  transport.receive(rng, bytes);
  check(transport.held() <= bytes.size(), "more is held than came");
  const auto told = drain(transport);
  check(transport.version() != bitcoin::Transport::Version::v2 || told.empty() || told == "end ",
        "a message that nobody encrypted");
}

// What a dialler says who begins with `garbage` and sends one packet for each of `packets`.
struct Script {
  Buffer first;
  Buffer second;
};
Script script(Bytes garbage, const std::vector<Bytes>& packets, bitcoin::Transport listener) {
  static const auto keys = [] {
    Rng rng = Rng::seeded(2);
    return crypto::ellswift_create(rng);
  }();
  bitcoin::V2Handshake dialler(magic, true, {keys, to_buffer(garbage)});
  Rng rng = Rng::seeded(1);
  listener.receive(rng, dialler.first_flight());
  Buffer key;
  listener.pull(key, 64);
  Bytes rest = key;
  auto agreed = dialler.take_key(rest);
  Script out{dialler.first_flight(), dialler.second_flight(aead(), (*agreed)->session, {})};
  for (const Bytes packet : packets) {
    const bool decoy = !packet.empty() && packet[0] == 0xff;
    (*agreed)->session.send.write(aead(), {}, decoy, {packet}, out.second);
  }
  return out;
}

std::string hear(const Script& said, std::size_t chunk) {
  Rng rng = Rng::seeded(1);
  auto listener = bitcoin::Transport::answer(aead(), magic);
  for (const Bytes all : {Bytes(said.first), Bytes(said.second)})
    for (std::size_t at = 0; at < all.size(); at += chunk)
      listener.receive(rng, all.subspan(at, std::min(chunk, all.size() - at)));
  return drain(listener);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  const Bytes bytes(data, size);
  Rng rng = Rng::seeded(3);
  say_anything(bytes, bitcoin::Transport::answer(aead(), magic));
  say_anything(bytes, bitcoin::Transport::dial_v2(aead(), rng, magic));

  Reader in(bytes);
  const Bytes garbage = in.take(std::min<std::size_t>(in.byte(), in.left()));
  std::vector<Bytes> packets;
  while (in.left() > 0) packets.push_back(in.take(std::min<std::size_t>(in.byte(), in.left())));
  const auto said = script(garbage, packets, bitcoin::Transport::answer(aead(), magic));
  const auto whole = hear(said, said.first.size() + said.second.size());
  check(whole == hear(said, 1), "a cut changes the messages");
  const auto open = std::ranges::count_if(packets, [](Bytes packet) { return packet.empty() || packet[0] != 0xff; });
  check(std::ranges::count(whole, '\n') == open, "each packet is a message or a fault");
  return 0;
}
