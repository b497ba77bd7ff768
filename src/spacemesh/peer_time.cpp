// /peersync/1.0/: rounds of questions. go-spacemesh, timesync/peersync/.
#include "spacemesh/peer_time.hpp"

#include "spacemesh/answer.hpp"

namespace kith::spacemesh {

void PeerTime::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  peers_.insert(peer.peer);
  if (next_round_ == never) next_round_ = turn.now + turn.rng.around(every_);
}

void PeerTime::on_gone(core::ProtocolTurn&, Peer peer) {
  peers_.erase(peer);
  asked_.gone(peer);
  if (peers_.empty()) next_round_ = never;
}

void PeerTime::on_tick(core::ProtocolTurn& turn) {
  // Who does not answer may be without a clock to tell: that is no fault.
  asked_.expired(turn.now);
  if (next_round_ > turn.now) return;
  next_round_ = turn.now + turn.rng.around(every_);
  ++round_;
  for (const Peer peer : peers_) {
    const Lane lane = turn.open(peer);
    turn.say(peer, {lane, name_, Role::request, type_clock, Body(encode_clock_question(round_))});
    asked_.issue(peer, lane, turn.now + time_patience, turn.now);
  }
}

void PeerTime::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.role == Role::request) return answer(turn, peer, message);
  // The original dies of a letter here.
  if (message.role == Role::letter)
    return turn.act(core::Blamed{peer.peer, {Fault::unwelcome, "a letter to who answers requests"}});
  const auto asked = asked_.finish(peer.peer, message.lane);
  if (!asked || message.role == Role::refusal) return;
  const auto theirs = decode_clock_answer(message.body.bytes());
  if (!theirs) return turn.act(core::Blamed{peer.peer, theirs.error()});
  if (theirs->round != round_) return;
  turn.act(core::TellsTime{peer.peer, Utc{std::chrono::floor<Utc::duration>(std::chrono::nanoseconds(theirs->time) +
                                                                            (turn.now - *asked) / 2)}});
}

void PeerTime::answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  // A type that is not known is not answered, as the original does.
  if (message.type != type_clock) return;
  const auto round = decode_clock_question(message.body.bytes());
  if (!round)
    return turn.say(peer.peer,
                    {message.lane, name_, Role::refusal, type_clock, Body(to_buffer(as_bytes(error_bad_request)))});
  turn.say(peer.peer, {message.lane, name_, Role::answer, type_clock,
                       Body(encode(ClockAnswer{*round, to_nanoseconds(turn.utc)}))});
}

}  // namespace kith::spacemesh
