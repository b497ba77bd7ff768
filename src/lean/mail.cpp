// mail/1. docs/protocol/lean.md §6.6.
#include "lean/mail.hpp"

#include "base/check.hpp"
#include "codec/xdr.hpp"
#include "crypto/keys.hpp"
#include "lean/envelope.hpp"
#include "lean/sealed.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_letter = 1, type_acknowledgement = 2 };
/// Whoever sent it tries another way long before this; then only the lane is forgotten.
constexpr auto patience = 60s;
constexpr u64 letters_per_second = 16;
constexpr u64 letters_burst = 128;
/// Version of the author in envelopes of sealed letters: of their form, which nobody reads yet.
constexpr Version sealed_version = version(0, 1, 0);

}  // namespace

void Mail::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  letters_.emplace(peer.peer, TokenBucket(letters_per_second, letters_burst, turn.now));
}

void Mail::on_gone(core::ProtocolTurn&, Peer peer) {
  letters_.erase(peer);
  handed_.gone(peer);
}

void Mail::on_hand(core::ProtocolTurn& turn, Peer peer, const Letter& letter) {
  if (!letters_.contains(peer)) return turn.act(core::LetterNotTaken{peer, letter.number});
  Buffer body;
  codec::XdrWriter write(body);
  write.u64(letter.number);
  if (!letter.acknowledgement) write.string(letter.protocol).opaque(letter.bytes.bytes());
  const Lane lane = turn.open(peer);
  const u32 type = letter.acknowledgement ? type_acknowledgement : type_letter;
  turn.say(peer, {lane, name_, Role::request, type, Body(std::move(body))});
  handed_.issue(peer, lane, turn.now + patience, letter.number);
}

void Mail::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.role == Role::answer) return answered(turn, peer, message);
  if (message.role == Role::refusal) return not_taken(turn, peer.peer, message.lane);
  const bool known = message.type == type_letter || message.type == type_acknowledgement;
  if (message.role == Role::request && known) return came(turn, peer, message);
  turn.act(core::Blamed{peer.peer, {Fault::unknown_type, "mail/1"}});
}

void Mail::came(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const auto room = letters_.find(peer.peer);
  if (room == letters_.end() || !peer.hello.id) return;
  codec::XdrReader in(message.body.bytes());
  Letter letter{.who = *peer.hello.id, .number = in.u64()};
  if (message.type == type_letter) {
    letter.protocol = in.string(max_name_text);
    const Bytes bytes = in.opaque(max_letter);
    letter.bytes = Body(to_buffer(bytes));
    if (letter.protocol.empty()) in.fail();
  }
  if (const auto done = in.done("letter"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  Message out{message.lane, name_, Role::answer, message.type, {}};
  if (!room->second.take(turn.now))
    out.role = Role::refusal;
  else if (message.type == type_acknowledgement)
    turn.act(core::LetterTaken{peer.peer, letter.number});
  else
    turn.act(core::LetterCame{std::move(letter)});
  turn.say(peer.peer, std::move(out));
}

void Mail::answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (!message.body.empty()) return turn.act(core::Blamed{peer.peer, {Fault::malformed, "answer to a letter"}});
  if (const auto number = handed_.finish(peer.peer, message.lane)) turn.act(core::LetterTaken{peer.peer, *number});
}

void Mail::not_taken(core::ProtocolTurn& turn, Peer peer, Lane lane) {
  if (const auto number = handed_.finish(peer, lane)) turn.act(core::LetterNotTaken{peer, *number});
}

void Mail::on_seal(core::ProtocolTurn& turn, const Letter& letter) {
  const auto kind = turn.kind(sealed_word);
  if (!kind) return;
  const auto e = crypto::exchange_pair(turn.rng.bytes<32>());
  // Only who may be found says where it is, and only of a letter is there anything to acknowledge.
  const auto contact = parts_.findable && !letter.acknowledgement ? own_contact(turn, parts_) : Buffer{};
  auto payload = seal_letter(letter, contact, *parts_.identity, parts_.network, e);
  if (!payload) return;
  check(payload->size() <= max_sealed_payload, "a letter within its limit fits");
  Envelope envelope{.author = {},
                    .version = sealed_version,
                    .time = turn.utc,
                    .protocol = std::string(sealed_word),
                    .type = 1,
                    .payload = std::move(*payload)};
  sign_envelope(envelope, *parts_.identity, parts_.network);
  turn.act(core::PublishItem{*kind, Body(encode_envelope(envelope))});
}

}  // namespace kith::lean
