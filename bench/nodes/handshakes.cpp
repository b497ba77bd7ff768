// Connections from TCP's connect to the session that both hosts have opened: all pairs of diallers and listeners once,
// so that nobody meets an identity that it knows.
#include <atomic>

#include <fmt/format.h>

#include "base/check.hpp"
#include "nodes/node.hpp"
#include "nodes/parts.hpp"

namespace kith::bench {
namespace {

constexpr std::size_t diallers = 32;
constexpr std::size_t listeners = 64;
constexpr int rounds = 5;
/// One handshake: each end has four exchanges and makes one key pair.
constexpr int exchanges = 8;
constexpr int pairs = 2;

/// A name, so that there is something to talk about.
class Silence : public core::Protocol {
 public:
  std::vector<Name> names() const override { return {{"silence/1", 0, Priority::item}}; }
  void mounted(u16) override {}
  void on_message(core::ProtocolTurn&, const core::PeerInfo&, const Message&) override {}
};

Protocols silence() {
  Protocols out;
  out.push_back(std::make_unique<Silence>());
  return out;
}

/// Dials one listener after the other, and leaves each as soon as there is a session.
class Dialler {
 public:
  Dialler(u64 seed, const std::vector<std::unique_ptr<Node>>& to, std::function<void()> done)
      : to_(to),
        done_(std::move(done)),
        node_({.seed = seed, .listens = false, .protocols = silence, .on_event = [this](const auto& event) {
                 heard(event);
               }}) {}

  void next() {
    if (at_ == to_.size()) return done_();
    node_.connect(to_[at_++]->address());
  }

 private:
  void heard(const core::Event& event) {
    check(!std::holds_alternative<core::NotOpened>(event), "a session");
    const auto* up = std::get_if<core::PeerUp>(&event);
    if (!up) return;
    const Peer peer = up->info.peer;
    node_.command([peer](core::Host& host, core::Turn& turn) { host.disconnect(turn, peer); });
    next();
  }

  const std::vector<std::unique_ptr<Node>>& to_;
  std::function<void()> done_;
  std::size_t at_ = 0;
  Node node_;
};

/// CPU seconds of all handshakes, of both ends.
double round_of(u64 seed) {
  Watch watch;
  std::size_t opened = 0;
  std::size_t finished = 0;
  std::vector<std::unique_ptr<Node>> to;
  for (std::size_t i = 0; i < listeners; ++i)
    to.push_back(std::make_unique<Node>(
        NodeSettings{.seed = seed++, .protocols = silence, .on_event = [&](const core::Event& event) {
                       if (std::holds_alternative<core::PeerUp>(event)) watch.change([&] { ++opened; });
                     }}));
  std::vector<std::unique_ptr<Dialler>> from;
  for (std::size_t i = 0; i < diallers; ++i)
    from.push_back(std::make_unique<Dialler>(seed++, to, [&] { watch.change([&] { ++finished; }); }));
  const double begun = cpu_seconds();
  for (const auto& dialler : from) dialler->next();
  watch.until([&] { return finished == diallers && opened == diallers * listeners; }, "all handshakes");
  return cpu_seconds() - begun;
}

/// What a handshake of nothing but X25519 would cost, in CPU seconds.
double floor_seconds() {
  constexpr int count = 2000;
  crypto::Key secret{1};
  const auto pair = crypto::exchange_pair(secret);
  double begun = cpu_seconds();
  for (int i = 0; i < count; ++i) secret = crypto::x25519(secret, pair.public_key).value();
  const double exchange = (cpu_seconds() - begun) / count;
  begun = cpu_seconds();
  for (int i = 0; i < count; ++i) secret = crypto::exchange_pair(secret).public_key;
  const double make = (cpu_seconds() - begun) / count;
  return exchanges * exchange + pairs * make;
}

}  // namespace

void handshakes(Figures& out) {
  say(
      fmt::format("handshakes: {} diallers, each of them one after the other to {} listeners; the curve alone is {} "
                  "exchanges and {} key pairs",
                  diallers, listeners, exchanges, pairs));
  std::vector<double> rates;
  std::vector<double> shares;
  for (int round = 0; round < rounds; ++round) {
    const double alone = 1 / floor_seconds();
    const double rate = static_cast<double>(diallers * listeners) / round_of(1000 * (static_cast<u64>(round) + 1));
    rates.push_back(rate);
    shares.push_back(rate / alone);
    say(fmt::format("handshakes: {:.0f} per CPU second of both ends; the curve alone {:.0f}; share {:.3f}", rate, alone,
                    rate / alone));
  }
  out.push_back({"handshakes per CPU second of both ends", "1/s", median(rates), 2200, Better::more,
                 "rust-libp2p 1,080, go 550"});
  out.push_back({"handshakes as a share of the curve's rate alone", "1", median(shares), 0.65, Better::more});
}

}  // namespace kith::bench
