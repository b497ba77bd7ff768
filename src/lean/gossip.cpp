// gossip/1. docs/protocol/lean.md §6.3.
#include "lean/gossip.hpp"

#include "codec/xdr.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_offer = 1, type_announce = 2, type_want = 3 };
/// The host asks elsewhere long before this; then only the lane is forgotten.
constexpr auto patience = 60s;

/// kind string<32>, then the body to the end: the one place where a body follows without a length of its own, so that
/// it is passed on without a copy.
Body encode_offer(const core::Kind& kind, const Body& body) {
  Buffer out;
  codec::XdrWriter(out).string(kind.text);
  append(out, body.bytes());
  return Body(std::move(out));
}

}  // namespace

void Gossip::on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) {
  const Body body = encode_offer(turn.kinds()[item.id.kind], item.body);
  for (const Peer peer : peers) turn.say(peer, {turn.open(peer), name_, Role::letter, type_offer, body});
}

void Gossip::on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) {
  for (std::size_t i = 0; i < ids.size();) {
    const u16 kind = ids[i].kind;
    std::size_t end = i;
    while (end < ids.size() && ids[end].kind == kind && end - i < max_announced) ++end;
    Buffer body;
    codec::XdrWriter out(body);
    out.string(turn.kinds()[kind].text).u32(static_cast<u32>(end - i));
    for (; i < end; ++i) out.fixed(ids[i].hash);
    turn.say(peer, {turn.open(peer), name_, Role::letter, type_announce, Body(std::move(body))});
  }
}

void Gossip::on_ask(core::ProtocolTurn& turn, const Ask& ask) {
  if (ask.what != What::items) return;
  for (const auto& id : ask.items) {
    Buffer body;
    codec::XdrWriter(body).string(turn.kinds()[id.kind].text).fixed(id.hash);
    const Lane lane = turn.open(ask.peer);
    turn.say(ask.peer, {lane, name_, Role::request, type_want, Body(std::move(body))});
    fetching_.issue(ask.peer, lane, turn.now + patience, {ask.number, id});
  }
}

void Gossip::on_cancel(core::ProtocolTurn& turn, u64 ask) {
  for (const auto& [peer, lane] : fetching_.cancel([&](const Fetch& fetch) { return fetch.ask == ask; }))
    turn.act(core::GiveUp{peer, lane});
}

void Gossip::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.role == Role::answer) {
    const auto fetch = fetching_.finish(peer.peer, message.lane);
    return offered(turn, peer.peer, message, fetch);
  }
  if (message.role == Role::refusal) return missed(turn, peer.peer, message.lane);
  if (message.role == Role::request && message.type == type_want) return wanted(turn, peer.peer, message);
  if (message.role == Role::letter && message.type == type_offer)
    return offered(turn, peer.peer, message, std::nullopt);
  if (message.role == Role::letter && message.type == type_announce) return announced(turn, peer.peer, message);
  turn.act(core::Blamed{peer.peer, {Fault::unknown_type, "gossip/1"}});
}

void Gossip::offered(core::ProtocolTurn& turn, Peer peer, const Message& message, const std::optional<Fetch>& fetch) {
  codec::XdrReader in(message.body.bytes());
  const auto kind = turn.kind(in.string(max_name_text));
  const auto size = in.left();
  in.rest();
  if (const auto done = in.done("offer"); !done) return turn.act(core::Blamed{peer, done.error()});
  if (!kind) return;
  core::Offered out{peer, *kind, message.body.from(message.body.size() - size), std::nullopt};
  if (fetch) {
    out.ask = fetch->ask;
    out.asked = fetch->id;
  }
  turn.act(std::move(out));
}

void Gossip::announced(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const auto kind = turn.kind(in.string(max_name_text));
  const u32 count = in.u32();
  if (count > max_announced) return turn.act(core::Blamed{peer, {Fault::oversize, "ids in an announcement"}});
  std::vector<ItemId> ids;
  for (u32 i = 0; i < count && in.ok(); ++i) ids.push_back({kind.value_or(0), in.fixed<20>()});
  if (const auto done = in.done("announcement"); !done) return turn.act(core::Blamed{peer, done.error()});
  if (kind) turn.act(core::Announced{peer, std::move(ids)});
}

void Gossip::wanted(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const auto kind = turn.kind(in.string(max_name_text));
  const auto hash = in.fixed<20>();
  if (const auto done = in.done("want"); !done) return turn.act(core::Blamed{peer, done.error()});
  Message out{message.lane, name_, Role::refusal, type_want, {}};
  if (const auto body = kind && turn.room(peer) ? turn.item(peer, {*kind, hash}) : std::nullopt) {
    out.role = Role::answer;
    out.body = encode_offer(turn.kinds()[*kind], *body);
  }
  turn.say(peer, std::move(out));
}

void Gossip::missed(core::ProtocolTurn& turn, Peer peer, Lane lane) {
  if (const auto fetch = fetching_.finish(peer, lane)) turn.act(core::MissedItems{peer, fetch->ask, {fetch->id}});
}

}  // namespace kith::lean
