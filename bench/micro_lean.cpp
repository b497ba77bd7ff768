// What a lean connection costs, both ends together, without a socket.
#include <benchmark/benchmark.h>

#include "base/check.hpp"
#include "lean/envelope.hpp"
#include "lean/wire.hpp"

using namespace kith;

namespace {

constexpr Utc utc{std::chrono::milliseconds{1'700'000'000'000}};

struct Node {
  crypto::Identity identity;
  lean::Shared shared{.identity = identity};
  core::Offer offer;
  Rng rng;

  explicit Node(u8 fill)
      : identity([&] {
          std::array<u8, 32> seed{};
          seed.fill(fill);
          return seed;
        }()),
        rng(Rng::seeded(fill)) {
    offer.hello.id = PeerId{identity.public_key()};
    offer.names = {{"bench/1", 8'000'000, Priority::bulk}};
  }
  core::Turn turn() { return {Time{}, utc, rng}; }
};

/// Moves what one side has to say; the number of bytes.
std::size_t move(Node& from, core::Wire& source, Node& to, core::Wire& target) {
  Buffer bytes;
  auto sending = from.turn();
  source.pull(sending, bytes, 65'536);
  auto receiving = to.turn();
  if (!bytes.empty()) target.receive(receiving, bytes);
  return bytes.size();
}

struct Session {
  Node a{1}, b{2};
  std::unique_ptr<lean::Wire> dialler, listener;

  Session() { open(); }
  void open() {
    auto turn = a.turn();
    dialler = std::make_unique<lean::Wire>(a.shared, a.offer, turn, PeerId{b.identity.public_key()}, false);
    listener = std::make_unique<lean::Wire>(b.shared, b.offer, b.turn());
    for (std::size_t moved = 1; moved > 0;) moved = move(a, *dialler, b, *listener) + move(b, *listener, a, *dialler);
  }
};

void handshake(benchmark::State& state) {
  Session session;
  for (auto _ : state) session.open();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(handshake);

void messages(benchmark::State& state) {
  Session session;
  const Body body(Buffer(static_cast<std::size_t>(state.range(0)), 7));
  Lane lane = 1;
  for (auto _ : state) {
    for (std::size_t sent = 0; sent < 1'000'000; sent += body.size()) {
      auto turn = session.a.turn();
      session.dialler->say(turn, {lane += 2, 0, Role::letter, 0, body});
    }
    while (move(session.a, *session.dialler, session.b, *session.listener) > 0)
      while (session.listener->take()) {
      }
    while (session.dialler->take()) {
    }
  }
  state.SetBytesProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(messages)->Arg(256)->Arg(4096)->Arg(1'000'000);

void envelope_verify(benchmark::State& state) {
  const Node author(1);
  lean::Envelope note{.author = {},
                      .version = 1,
                      .time = utc,
                      .protocol = "note",
                      .type = 1,
                      .payload = Buffer(256, 1),
                      .signature = {}};
  lean::sign_envelope(note, author.identity, Hash{});
  const auto bytes = lean::encode_envelope(note);
  for (auto _ : state) check(lean::verify_envelope(bytes, Hash{}), "a signature of our own");
}
BENCHMARK(envelope_verify);

}  // namespace
