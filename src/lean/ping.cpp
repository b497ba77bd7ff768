// ping/1. docs/protocol/lean.md §6.1.
#include "lean/ping.hpp"

#include "codec/address_xdr.hpp"
#include "codec/xdr.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_ping = 1, type_called_back = 2 };
constexpr auto patience = 20s;

/// The address, or nothing where its sender knows none: an array of at most one.
void write_maybe(codec::XdrWriter& out, const std::optional<Address>& address) {
  out.u32(address ? 1 : 0);
  if (address) codec::write_address(out, *address);
}
std::optional<Address> read_maybe(codec::XdrReader& in) {
  return in.boolean() ? std::optional(codec::read_address(in)) : std::nullopt;
}

}  // namespace

void Ping::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  due_[peer.peer] = turn.now;
  next_due_ = turn.now;
}

void Ping::on_gone(core::ProtocolTurn&, Peer peer) {
  due_.erase(peer);
  sent_.gone(peer);
  next_due_ = never;
  for (const auto& [other, due] : due_) next_due_ = std::min(next_due_, due);
}

void Ping::send(core::ProtocolTurn& turn, Peer peer) {
  Buffer body;
  codec::XdrWriter out(body);
  write_maybe(out, turn.own_address(peer));
  const Lane lane = turn.open(peer);
  turn.say(peer, {lane, name_, Role::request, type_ping, Body(std::move(body))});
  sent_.issue(peer, lane, turn.now + patience, turn.now);
}

void Ping::on_tick(core::ProtocolTurn& turn) {
  for (const auto& [key, when] : sent_.expired(turn.now)) turn.act(core::Blamed{key.first, {Fault::timed_out, "ping"}});
  if (next_due_ > turn.now) return;
  next_due_ = never;
  for (auto& [peer, due] : due_) {
    if (due <= turn.now) {
      send(turn, peer);
      due = turn.now + turn.rng.around(every_);
    }
    next_due_ = std::min(next_due_, due);
  }
}

Time Ping::next() const { return std::min(sent_.next(), next_due_); }

void Ping::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.role == Role::answer) return answered(turn, peer, message);
  if (message.role == Role::request && message.type == type_ping) return answer(turn, peer, message);
  if (message.role == Role::letter && message.type == type_called_back) return called_back(turn, peer, message);
  if (message.role != Role::refusal) turn.act(core::Blamed{peer.peer, {Fault::unknown_type, "ping/1"}});
}

void Ping::answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  read_maybe(in);
  if (const auto done = in.done("ping"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  Buffer body;
  codec::XdrWriter out(body);
  write_maybe(out, peer.address);
  turn.say(peer.peer, {message.lane, name_, Role::answer, type_ping, Body(std::move(body))});
}

void Ping::answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const auto seen = read_maybe(in);
  if (const auto done = in.done("pong"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  const auto when = sent_.finish(peer.peer, message.lane);
  if (!when) return;
  turn.act(core::Measured{peer.peer, turn.now - *when});
  if (seen) turn.act(core::Reached{peer.peer, *seen, std::nullopt});
}

void Ping::on_probed(core::ProtocolTurn& turn, Peer peer, const Address& address, bool reached) {
  Buffer body;
  codec::XdrWriter out(body);
  codec::write_address(out, address);
  out.boolean(reached);
  turn.say(peer, {turn.open(peer), name_, Role::letter, type_called_back, Body(std::move(body))});
}

void Ping::called_back(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const auto address = codec::read_address(in);
  const bool reached = in.boolean();
  if (const auto done = in.done("called back"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  turn.act(core::Reached{peer.peer, address, reached});
}

}  // namespace kith::lean
