// addresses/1. docs/protocol/lean.md §6.2.
#include "lean/addresses.hpp"

#include "codec/address_xdr.hpp"
#include "codec/xdr.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_get = 1, type_get_of_kind = 2 };
/// Longer than a ping takes to find that nobody is there: a lost network is no peer's debt.
constexpr auto patience = 90s;
/// After its first question a peer gets so many answers at once, and one each so many seconds.
constexpr u64 answers_burst = 3;
constexpr u64 answers_per_second = 1;

}  // namespace

void Addresses::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  // Behind the first ping, which was said when the peer came.
  next_due_ = turn.now;
  peers_.emplace(peer.peer, State{turn.now, every_ / 16, TokenBucket(answers_per_second, answers_burst, turn.now)});
}

void Addresses::on_gone(core::ProtocolTurn&, Peer peer) {
  peers_.erase(peer);
  asked_.gone(peer);
  next_due_ = never;
  for (const auto& [other, state] : peers_) next_due_ = std::min(next_due_, state.due);
}

void Addresses::on_tick(core::ProtocolTurn& turn) {
  for (const auto& [key, kind] : asked_.expired(turn.now))
    if (!kind) turn.act(core::Blamed{key.first, {Fault::no_answer, "addresses"}});
  if (next_due_ > turn.now) return;
  next_due_ = never;
  for (auto& [peer, state] : peers_) {
    if (state.due <= turn.now) {
      ask_due(turn, peer);
      state.due = turn.now + turn.rng.around(state.wait);
      state.wait = std::min(every_, 2 * state.wait);
    }
    next_due_ = std::min(next_due_, state.due);
  }
}

void Addresses::ask_due(core::ProtocolTurn& turn, Peer peer) {
  ask(turn, peer, std::nullopt);
  // Who says which kinds it takes knows the question; one kind at a time, since answers are rationed.
  const auto* info = turn.info(peer);
  const auto wanted = info && info->hello.kinds ? turn.kinds_wanted(peer) : std::vector<KindTag>{};
  if (!wanted.empty()) ask(turn, peer, wanted[turn.rng.below(wanted.size())]);
}

void Addresses::ask(core::ProtocolTurn& turn, Peer peer, std::optional<KindTag> kind) {
  Buffer body;
  if (kind) codec::XdrWriter(body).u32(*kind);
  const Lane lane = turn.open(peer);
  turn.say(peer, {lane, name_, Role::request, kind ? type_get_of_kind : type_get, Body(std::move(body))});
  asked_.issue(peer, lane, turn.now + patience, kind);
}

Time Addresses::next() const { return std::min(asked_.next(), next_due_); }

void Addresses::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  switch (message.role) {
    case Role::request: return answer(turn, peer, message);
    case Role::answer: return answered(turn, peer, message);
    case Role::refusal: asked_.finish(peer.peer, message.lane); return;
    case Role::letter: turn.act(core::Blamed{peer.peer, {Fault::unknown_type, "addresses/1"}}); return;
  }
}

void Addresses::answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const auto state = peers_.find(peer.peer);
  if (state == peers_.end()) return;
  Message out{message.lane, name_, Role::answer, message.type, {}};
  codec::XdrReader in(message.body.bytes());
  const bool of_kind = message.type == type_get_of_kind;
  const KindTag kind = of_kind ? in.u32() : 0;
  if (of_kind && !in.done("kind")) return turn.act(core::Blamed{peer.peer, {Fault::malformed, "kind"}});
  if ((!of_kind && (message.type != type_get || !message.body.empty())) || !state->second.answers.take(turn.now)) {
    out.role = Role::refusal;
    return turn.say(peer.peer, out);
  }
  const auto addresses = turn.addresses_for(peer.peer, of_kind ? std::optional(kind) : std::nullopt);
  Buffer body;
  codec::XdrWriter write(body);
  write.u32(static_cast<u32>(addresses.size()));
  for (const auto& [address, seen] : addresses) {
    codec::write_address(write, address);
    write.i64(to_seconds(seen));
  }
  out.body = Body(std::move(body));
  turn.say(peer.peer, out);
}

void Addresses::answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const u32 count = in.u32();
  if (count > max_addresses) return turn.act(core::Blamed{peer.peer, {Fault::oversize, "addresses in an answer"}});
  std::vector<core::TimedAddress> addresses;
  for (u32 i = 0; i < count && in.ok(); ++i) {
    auto address = codec::read_address(in);
    // Any 64-bit number may stand here; the book clamps it to a date that can be.
    const i64 seconds = std::clamp<i64>(in.i64(), 0, i64{1} << 40);
    addresses.push_back({std::move(address), from_seconds(seconds)});
  }
  if (const auto done = in.done("addresses"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  // Only what was asked for is learned: nobody fills the book unasked.
  if (const auto asked = asked_.finish(peer.peer, message.lane))
    turn.act(core::Learned{peer.peer, std::move(addresses), *asked});
}

}  // namespace kith::lean
