// find/1. docs/protocol/lean.md §6.5.
#include "lean/find.hpp"

#include "codec/address_xdr.hpp"
#include "codec/xdr.hpp"
#include "crypto/keys.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_contact = 1, type_where = 2 };
/// Whoever asked looks elsewhere long before this; then only the lane is forgotten.
constexpr auto patience = 60s;
/// Mean time between two tellings of one's contact, well within contact_lasts.
constexpr Duration tell_every = 30min;
/// How often a node that has peers looks whether its own address is another.
constexpr Duration look_every = 15s;
constexpr u64 answers_per_second = 8;
constexpr u64 answers_burst = 64;
/// A signature check each; nobody has as much to tell.
constexpr u64 told_per_second = 1;
constexpr u64 told_burst = 8;

/// Where we see a neighbour ourselves: dialled, or with the port that it names at the address from which it came.
std::optional<Address> seen_at(const core::PeerInfo& peer) {
  if (!peer.inbound) return peer.address;
  if (peer.hello.port == 0) return std::nullopt;
  return Address{peer.address.ip, peer.hello.port, peer.address.wire, peer.hello.id};
}

}  // namespace

Buffer own_contact(const core::ProtocolTurn& turn, const MailParts& parts) {
  Contact contact{
      .id = PeerId{parts.identity->public_key()}, .time = turn.utc, .findable = parts.findable, .addresses = {}};
  const auto address = turn.own_address(Peer{});
  if (parts.findable && address) contact.addresses.push_back(*address);
  return sign_contact(contact, *parts.identity, parts.network);
}

void Find::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  peers_.emplace(peer.peer, State{turn.now, TokenBucket(answers_per_second, answers_burst, turn.now),
                                  TokenBucket(told_per_second, told_burst, turn.now)});
  first_due_ = turn.now;
  look_at_ = std::min(look_at_, turn.now + look_every);
}

void Find::on_gone(core::ProtocolTurn&, Peer peer) {
  peers_.erase(peer);
  asked_.gone(peer);
}

void Find::on_tick(core::ProtocolTurn& turn) {
  asked_.expired(turn.now);
  if (turn.now >= look_at_) {
    look_at_ = peers_.empty() ? never : turn.now + look_every;
    if (turn.own_address(Peer{}) != said_)
      for (auto& [peer, state] : peers_) state.due = first_due_ = turn.now;
  }
  if (first_due_ > turn.now) return;
  first_due_ = never;
  std::optional<Body> contact;
  for (auto& [peer, state] : peers_) {
    if (state.due <= turn.now) {
      if (!contact) contact = Body(own_contact(turn, parts_));
      said_ = turn.own_address(Peer{});
      turn.say(peer, {turn.open(peer), name_, Role::letter, type_contact, *contact});
      state.due = turn.now + turn.rng.around(tell_every);
    }
    first_due_ = std::min(first_due_, state.due);
  }
}

void Find::on_where(core::ProtocolTurn& turn, Peer peer, const PeerId& whom) {
  const auto* info = turn.info(peer);
  if (!info || !std::binary_search(info->hello.names.begin(), info->hello.names.end(), name_))
    return turn.act(core::Found{peer, whom, {}});
  const Lane lane = turn.open(peer);
  turn.say(peer, {lane, name_, Role::request, type_where, Body(to_buffer(whom.key))});
  asked_.issue(peer, lane, turn.now + patience, whom);
}

void Find::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.role == Role::answer) return answered(turn, peer, message);
  if (message.role == Role::refusal) {
    if (const auto whom = asked_.finish(peer.peer, message.lane)) turn.act(core::Found{peer.peer, *whom, {}});
    return;
  }
  if (message.role == Role::letter && message.type == type_contact) return heard(turn, peer, message);
  if (message.role == Role::request && message.type == type_where) return answer(turn, peer, message);
  turn.act(core::Blamed{peer.peer, {Fault::unknown_type, "find/1"}});
}

void Find::heard(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const auto state = peers_.find(peer.peer);
  if (state == peers_.end()) return;
  const Bytes bytes = message.body.bytes();
  auto contact = decode_contact(bytes);
  if (!contact) return turn.act(core::Blamed{peer.peer, contact.error()});
  // Each tells of itself alone: whoever passed on others' would decide whom the world can find.
  if (contact->id != peer.hello.id) return turn.act(core::Blamed{peer.peer, {Fault::bad_item, "another's contact"}});
  if (!state->second.told.take(turn.now)) return turn.act(core::Blamed{peer.peer, {Fault::flood, "contacts"}});
  if (!verify_contact(bytes, parts_.network))
    return turn.act(core::Blamed{peer.peer, {Fault::bad_signature, "contact"}});
  if (is_current(*contact, turn.utc)) contacts_.put(turn.now, std::move(*contact), to_buffer(bytes), seen_at(peer));
}

void Find::answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const auto state = peers_.find(peer.peer);
  if (state == peers_.end()) return;
  codec::XdrReader in(message.body.bytes());
  const PeerId whom{in.fixed<32>()};
  if (const auto done = in.done("where"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  Message out{message.lane, name_, Role::refusal, type_where, {}};
  const auto* row = state->second.answers.take(turn.now) ? contacts_.find(whom, turn.utc) : nullptr;
  if (row) {
    Buffer body;
    codec::XdrWriter write(body);
    write.opaque(row->bytes).u32(row->seen ? 1 : 0);
    if (row->seen) codec::write_address(write, *row->seen);
    out.role = Role::answer;
    out.body = Body(std::move(body));
  }
  turn.say(peer.peer, std::move(out));
}

void Find::answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const Bytes bytes = in.opaque(max_contact);
  const auto seen = in.boolean() ? std::optional(codec::read_address(in)) : std::nullopt;
  if (const auto done = in.done("where"); !done) return turn.act(core::Blamed{peer.peer, done.error()});
  const auto contact = decode_contact(bytes);
  if (!contact) return turn.act(core::Blamed{peer.peer, contact.error()});
  const auto whom = asked_.finish(peer.peer, message.lane);
  if (!whom) return;
  const auto wrong = [&](Fault fault, const char* what) {
    turn.act(core::Found{peer.peer, *whom, {}});
    turn.act(core::Blamed{peer.peer, {fault, what}});
  };
  if (contact->id != *whom) return wrong(Fault::never_asked, "the contact of another");
  if (!contact->findable) return wrong(Fault::bad_item, "the contact of a node that is not to be found");
  if (!verify_contact(bytes, parts_.network)) return wrong(Fault::bad_signature, "contact");
  core::Found found{peer.peer, *whom, {}};
  if (is_current(*contact, turn.utc)) {
    found.addresses = contact->addresses;
    if (seen && seen->id == *whom) found.addresses.push_back(*seen);
  }
  turn.act(std::move(found));
}

}  // namespace kith::lean
