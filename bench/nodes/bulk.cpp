// One connection as fast as it goes, by turns with a bare loop that moves the same bytes in the same records and
// writes.
#include <future>

#include <fmt/format.h>

#include "base/check.hpp"
#include "nodes/bare.hpp"
#include "nodes/node.hpp"
#include "nodes/parts.hpp"

namespace kith::bench {
namespace {

constexpr std::size_t mebi = 1 << 20;
/// What is moved before the clock starts, and what the sender may be ahead of the receiver: of the smallest messages
/// half as many as may wait on a connection.
constexpr std::size_t warm_up = 32 * mebi;
constexpr std::size_t ahead = 2 * mebi;
/// Bytes of messages that one grant asks for.
constexpr std::size_t grant = mebi;
constexpr int rounds = 5;

/// One side grants, the other says a mebibyte of messages for each grant.
class Stream : public core::Protocol {
 public:
  struct Plan {
    std::size_t message = 0;
    std::size_t total = 0;
  };
  Stream(Plan plan, std::promise<double>* done) : plan_(plan), body_(Buffer(plan.message, 7)), done_(done) {}

  std::vector<Name> names() const override { return {{"stream/1", 2 * mebi, Priority::bulk}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override {
    if (!done_) return;
    for (std::size_t granted = 0; granted < ahead; granted += grant) ask(turn, peer.peer);
  }
  void on_gone(core::ProtocolTurn&, Peer) override {
    check(!done_ || received_ >= warm_up + plan_.total, "a connection that stays");
  }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    if (!done_) {
      for (std::size_t said = 0; said < grant; said += body_.size())
        turn.say(peer.peer, {turn.open(peer.peer), name_, Role::letter, 0, body_});
      return;
    }
    const auto before = received_;
    received_ += message.body.size();
    if (before < warm_up && received_ >= warm_up) begun_ = cpu_seconds();
    if (before < warm_up + plan_.total && received_ >= warm_up + plan_.total) done_->set_value(cpu_seconds() - begun_);
    if (before / grant != received_ / grant) ask(turn, peer.peer);
  }

 private:
  void ask(core::ProtocolTurn& turn, Peer peer) {
    if (granted_ >= warm_up + plan_.total) return;
    granted_ += grant;
    turn.say(peer, {turn.open(peer), name_, Role::letter, 0, {}});
  }

  Plan plan_;
  Body body_;
  /// Of the receiving side.
  std::promise<double>* done_;
  u16 name_ = 0;
  std::size_t granted_ = 0;
  std::size_t received_ = 0;
  double begun_ = 0;
};

/// CPU seconds per GiB of both ends.
double lean_round(const Stream::Plan& plan) {
  std::promise<double> done;
  auto waits = done.get_future();
  const auto with = [&](std::promise<double>* end) {
    return [plan, end] {
      Protocols out;
      out.push_back(std::make_unique<Stream>(plan, end));
      return out;
    };
  };
  Node receiver({.seed = 1, .protocols = with(&done)});
  Node sender({.seed = 2, .listens = false, .protocols = with(nullptr)});
  sender.connect(receiver.address());
  return waits.get() * static_cast<double>(1024 * mebi) / static_cast<double>(plan.total);
}

void compare(Figures& out, const Stream::Plan& plan, const char* what, double goal, const char* peers) {
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    const double bare = bare_round(plan.total);
    const double lean = lean_round(plan);
    ratios.push_back(lean / bare);
    say(fmt::format("{}: bare loop {:.3f}, lean {:.3f} CPU seconds per GiB, ratio {:.3f}", what, bare, lean,
                    lean / bare));
  }
  out.push_back({what, "times the bare loop", median(ratios), goal, Better::less, peers});
}

}  // namespace

void bulk(Figures& out) {
  say(fmt::format("bare loop: TCP over loopback, ChaCha20-Poly1305, records of {} bytes, {} bytes a write and a read",
                  bare_record, bare_write));
  compare(out, {mebi, 1024 * mebi}, "one connection, 1 MiB messages", 1.2, "go-libp2p about 2");
  compare(out, {256, 256 * mebi}, "one connection, 256 B messages", 1.5, "");
}

}  // namespace kith::bench
