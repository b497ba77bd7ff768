// Two ends of a lean connection and the bytes between them, for the tests of this folder: no socket, no clock.
#pragma once

#include <functional>

#include "lean/port.hpp"
#include "lean/wire.hpp"

namespace kith::lean::testing {

inline const Hash test_network = [] {
  Hash out{};
  out.fill(0x55);
  return out;
}();
inline constexpr Utc test_utc{std::chrono::milliseconds{1'700'000'000'000}};

inline crypto::Identity identity_of(u8 seed) {
  std::array<u8, 32> bytes{};
  bytes.fill(seed);
  return crypto::Identity(bytes);
}

inline std::vector<Name> test_names() {
  return {{"small/1", 1000, Priority::control}, {"large/1", 8'000'000, Priority::bulk}};
}

/// One node as its wires see it.
struct Node {
  crypto::Identity identity;
  Shared shared{.identity = identity};
  core::Offer offer;
  Rng rng;

  explicit Node(u8 seed, std::vector<Name> names = test_names()) : identity(identity_of(seed)), rng(Rng::seeded(seed)) {
    offer.hello = {.id = PeerId{identity.public_key()},
                   .network = test_network,
                   .time = test_utc,
                   .port = 7513,
                   .version = version(0, 1, 0),
                   .client = "kith-test",
                   .names = {}};
    offer.names = std::move(names);
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  Node(Node&&) = delete;
  Node& operator=(Node&&) = delete;
  ~Node() = default;

  PeerId id() const { return PeerId{identity.public_key()}; }
  core::Turn turn(Time now = Time{}, Utc utc = test_utc) { return {now, utc, rng}; }
};

/// One end of a connection and what it has reported.
struct End {
  Node& node;
  std::unique_ptr<core::Wire> wire;
  std::vector<core::Report> reports{};

  void collect() {
    while (auto report = wire->take()) reports.push_back(std::move(*report));
  }
  Buffer pull(std::size_t room = 65'536) {
    Buffer out;
    auto turn = node.turn();
    wire->pull(turn, out, room);
    collect();
    return out;
  }
  void receive(Bytes bytes) {
    auto turn = node.turn();
    wire->receive(turn, bytes);
    collect();
  }
  void ended() {
    auto turn = node.turn();
    wire->ended(turn);
    collect();
  }
  void say(const Message& message) {
    auto turn = node.turn();
    wire->say(turn, message);
    collect();
  }
  void reset(Lane lane) {
    auto turn = node.turn();
    wire->reset(turn, lane);
    collect();
  }
  void close(Fault why) {
    auto turn = node.turn();
    wire->close(turn, why);
    collect();
  }

  template <typename R>
  std::vector<R> all() const {
    std::vector<R> out;
    for (const auto& report : reports)
      if (const auto* one = std::get_if<R>(&report)) out.push_back(*one);
    return out;
  }
  bool opened() const { return !all<core::Opened>().empty(); }
  std::optional<Fault> closed() const {
    const auto ends = all<core::Closed>();
    return ends.empty() ? std::nullopt : std::optional(ends.front().error.fault);
  }
  std::vector<Message> messages() const {
    std::vector<Message> out;
    for (const auto& arrived : all<core::Arrived>()) out.push_back(arrived.message);
    return out;
  }
};

inline End dial(Node& from, const PeerId& to, bool probe = false) {
  auto turn = from.turn();
  End end{from, std::make_unique<Wire>(from.shared, from.offer, turn, to, probe)};
  end.collect();
  return end;
}
inline End accept(Node& node) { return {node, std::make_unique<Wire>(node.shared, node.offer, node.turn())}; }

/// Carries bytes both ways, `chunk` at a time, until nothing moves.
inline void carry(End& a, End& b, std::size_t chunk = 65'536) {
  const auto move = [chunk](End& from, End& to) {
    Buffer bytes = from.pull();
    for (std::size_t at = 0; at < bytes.size(); at += chunk)
      to.receive(Bytes(bytes).subspan(at, std::min(chunk, bytes.size() - at)));
    return !bytes.empty();
  };
  bool moved = true;
  while (moved) {
    moved = move(a, b);
    moved |= move(b, a);
  }
}

inline Body body_of(std::size_t size, u8 fill = 7) { return Body(Buffer(size, fill)); }

}  // namespace kith::lean::testing
