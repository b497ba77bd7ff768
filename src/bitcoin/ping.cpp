// One ping at a time, and patience as long as Bitcoin Core's.
#include "bitcoin/ping.hpp"

#include "bitcoin/messages/ping.hpp"

namespace kith::bitcoin {
namespace {

/// Bitcoin Core, net.h, TIMEOUT_INTERVAL.
constexpr auto patience = 20min;

}  // namespace

void Ping::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  rows_.emplace(peer.peer, Row{turn.now});
  next_due_ = turn.now;
}

void Ping::on_gone(core::ProtocolTurn&, Peer peer) {
  rows_.erase(peer);
  find_next();
}

void Ping::find_next() {
  next_due_ = never;
  for (const auto& [peer, row] : rows_) next_due_ = std::min(next_due_, row.due);
}

void Ping::on_tick(core::ProtocolTurn& turn) {
  if (next_due_ > turn.now) return;
  for (auto& [peer, row] : rows_) {
    if (row.due > turn.now) continue;
    if (row.nonce != 0) {
      turn.act(core::Blamed{peer, {Fault::timed_out, "ping"}});
    } else {
      row.nonce = turn.rng() | 1;
      row.sent = turn.now;
      turn.say(peer, message_of(ping_, encode_nonce(row.nonce)));
    }
    row.due = turn.now + patience;
  }
  find_next();
}

void Ping::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.name == pong_) return on_pong(turn, peer.peer, message.body.bytes());
  // A ping without a nonce is from before BIP 31 and wants no answer.
  if (const auto nonce = decode_nonce(message.body.bytes()))
    turn.say(peer.peer, message_of(pong_, encode_nonce(*nonce)));
}

void Ping::on_pong(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto at = rows_.find(peer);
  if (at == rows_.end() || at->second.nonce == 0) return;
  auto& row = at->second;
  const auto nonce = decode_nonce(payload);
  // Another nonce may belong to a ping of somebody's own; one that is cut ends ours all the same.
  if (nonce && *nonce != row.nonce) return;
  if (nonce) turn.act(core::Measured{peer, turn.now - row.sent});
  row.nonce = 0;
  row.due = row.sent + turn.rng.around(every_);
  find_next();
}

}  // namespace kith::bitcoin
