// Two ends of a connection and the bytes between them, and a v2 side that a test drives by hand, for the tests of this
// folder: no socket, no clock.
#pragma once

#include "base/give_back.hpp"
#include "bitcoin/transport.hpp"
#include "crypto/hash.hpp"

namespace kith::bitcoin::testing {

inline constexpr Magic regtest{0xfa, 0xbf, 0xb5, 0xda};
inline constexpr Magic mainnet{0xf9, 0xbe, 0xb4, 0xd9};

inline crypto::Aead& aead() {
  static crypto::Aead all;
  return all;
}

/// One line an event, for comparisons.
inline std::string to_text(const TransportEvent& event) {
  if (const auto* message = std::get_if<NetMessage>(&event))
    return message->type + ":" + to_hex(crypto::sha256(message->payload.bytes())).substr(0, 8);
  if (const auto* left = std::get_if<core::Left>(&event)) return "left " + std::to_string(left->bytes);
  if (const auto* erred = std::get_if<core::Erred>(&event))
    return "erred " + std::string(row(erred->error.fault).name) + ": " + erred->error.what;
  const auto& error = std::get<core::Closed>(event).error;
  return "closed " + std::string(row(error.fault).name) + ": " + error.what;
}

/// One end, its dice, and what it has reported.
struct End {
  Transport transport;
  Rng rng;
  std::vector<TransportEvent> events{};

  void collect() {
    while (auto event = transport.take()) events.push_back(std::move(*event));
  }
  void receive(Bytes bytes, std::size_t chunk = 1 << 20) {
    for (std::size_t at = 0; at < bytes.size(); at += chunk)
      transport.receive(rng, bytes.subspan(at, std::min(chunk, bytes.size() - at)));
    collect();
  }
  Buffer pull(std::size_t room = 1 << 23) {
    Buffer out;
    transport.pull(out, room);
    collect();
    return out;
  }
  bool say(std::string_view type, Body payload = {}) {
    const bool taken = transport.say(type, std::move(payload));
    collect();
    return taken;
  }

  template <typename E>
  std::vector<E> all() const {
    std::vector<E> out;
    for (const auto& event : events)
      if (const auto* one = std::get_if<E>(&event)) out.push_back(*one);
    return out;
  }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const auto& message : all<NetMessage>()) out.push_back(message.type);
    return out;
  }
  std::size_t left() const {
    std::size_t out = 0;
    for (const auto& left : all<core::Left>()) out += left.bytes;
    return out;
  }
  std::optional<Fault> closed() const {
    const auto ends = all<core::Closed>();
    return ends.empty() ? std::nullopt : std::optional(ends.front().error.fault);
  }
  /// All that was reported but what left.
  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& event : events)
      if (!std::holds_alternative<core::Left>(event)) out.push_back(to_text(event));
    return out;
  }
};

inline End dial_v1(const Magic& magic = regtest) { return {Transport::dial_v1(aead(), magic), Rng::seeded(1)}; }
inline End dial_v2(const Magic& magic = regtest, u64 seed = 1) {
  auto rng = Rng::seeded(seed);
  auto transport = Transport::dial_v2(aead(), rng, magic);
  return {std::move(transport), rng};
}
inline End answer(const Magic& magic = regtest, u64 seed = 1000) {
  return {Transport::answer(aead(), magic), Rng::seeded(seed)};
}

/// Carries bytes both ways, `chunk` at a time, until nothing moves.
inline void carry(End& a, End& b, std::size_t chunk = 1 << 20) {
  const auto move = [chunk](End& from, End& to) {
    const Buffer bytes = from.pull();
    to.receive(bytes, chunk);
    return !bytes.empty();
  };
  bool moved = true;
  while (moved) {
    moved = move(a, b);
    moved |= move(b, a);
  }
}

inline Body body_of(std::size_t size, u8 fill = 7) { return Body(Buffer(size, fill)); }

/// A v2 dialler that says what a test wants it to say, right or wrong.
struct Puppet {
  V2Draw draw;
  V2Handshake handshake;
  std::optional<Agreed> agreed = std::nullopt;

  static Puppet with_garbage(Buffer garbage, const Magic& magic = regtest) {
    auto rng = Rng::seeded(77);
    V2Draw draw{crypto::ellswift_create(rng), std::move(garbage)};
    V2Handshake handshake(magic, true, draw);
    return {std::move(draw), std::move(handshake)};
  }
  /// Takes the key of the other side, off the front of what it said.
  void hear(Bytes bytes) { agreed.emplace(handshake.take_key(bytes).value().value()); }
  Buffer packet(Bytes contents, Bytes ad = {}, bool decoy = false) {
    Buffer out;
    agreed->session.send.write(aead(), ad, decoy, {contents}, out);
    return out;
  }
};

/// A responder and the puppet that knows its key.
struct Heard {
  Puppet puppet;
  End end;
};
inline Heard heard(Buffer garbage = {}) {
  Heard out{Puppet::with_garbage(std::move(garbage)), answer()};
  out.end.receive(out.puppet.handshake.first_flight());
  out.puppet.hear(out.end.pull());
  return out;
}
/// The same with the connection open.
inline Heard opened() {
  auto out = heard();
  out.end.receive(out.puppet.handshake.second_flight(aead(), out.puppet.agreed->session, {}));
  return out;
}

}  // namespace kith::bitcoin::testing
