// headers/1 and blocks/1. docs/protocol/lean.md §6.4.
#include "lean/sync.hpp"

#include "codec/xdr.hpp"
#include "ledger/chain.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_get = 1, type_announce = 2 };
/// The host asks elsewhere long before this; then only the lane is forgotten.
constexpr auto patience = 120s;
/// Blocks of one peer that are read at once, so that a slow link does not pile up bodies in memory.
constexpr std::size_t max_reading = 4;

Body encode_headers(std::span<const Buffer> headers) {
  Buffer body;
  codec::XdrWriter out(body);
  out.u32(static_cast<u32>(headers.size()));
  for (const auto& header : headers) out.opaque(header);
  return Body(std::move(body));
}

}  // namespace

void Sync::on_gone(core::ProtocolTurn&, Peer peer) {
  asked_headers_.gone(peer);
  asked_blocks_.gone(peer);
  serving_.erase(peer);
}

void Sync::on_tick(core::ProtocolTurn& turn) {
  asked_headers_.expired(turn.now);
  asked_blocks_.expired(turn.now);
}

void Sync::on_ask(core::ProtocolTurn& turn, const Ask& ask) {
  if (ask.what == What::headers) {
    Buffer body;
    codec::XdrWriter out(body);
    out.u32(static_cast<u32>(ask.hashes.size()));
    for (const auto& hash : ask.hashes) out.fixed(hash);
    const Lane lane = turn.open(ask.peer);
    turn.say(ask.peer, {lane, headers_, Role::request, type_get, Body(std::move(body))});
    asked_headers_.issue(ask.peer, lane, turn.now + patience, ask.number);
  }
  if (ask.what == What::blocks) {
    for (const auto& hash : ask.hashes) {
      const Lane lane = turn.open(ask.peer);
      turn.say(ask.peer, {lane, blocks_, Role::request, type_get, Body(to_buffer(hash))});
      asked_blocks_.issue(ask.peer, lane, turn.now + patience, {ask.number, hash});
    }
  }
}

void Sync::on_cancel(core::ProtocolTurn& turn, u64 ask) {
  for (const auto& [peer, lane] : asked_blocks_.cancel([&](const Fetch& fetch) { return fetch.ask == ask; }))
    turn.act(core::GiveUp{peer, lane});
}

void Sync::on_announce(core::ProtocolTurn& turn, Peer peer, std::span<const Buffer> headers) {
  turn.say(peer, {turn.open(peer), headers_, Role::letter, type_announce, encode_headers(headers)});
}

void Sync::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.name == headers_)
    on_headers(turn, peer.peer, message);
  else
    on_blocks(turn, peer.peer, message);
}

void Sync::on_headers(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  if (message.role == Role::answer) return take_headers(turn, peer, message, asked_headers_.finish(peer, message.lane));
  // A peer that refuses has nothing to tell: the same as an empty answer.
  if (message.role == Role::refusal) {
    if (const auto ask = asked_headers_.finish(peer, message.lane)) turn.act(core::HaveHeaders{peer, {}, *ask});
    return;
  }
  if (message.role == Role::request && message.type == type_get) return give_headers(turn, peer, message);
  if (message.role == Role::letter && message.type == type_announce)
    return take_headers(turn, peer, message, std::nullopt);
  turn.act(core::Blamed{peer, {Fault::unknown_type, "headers/1"}});
}

void Sync::take_headers(core::ProtocolTurn& turn, Peer peer, const Message& message, std::optional<u64> ask) {
  codec::XdrReader in(message.body.bytes());
  const u32 count = in.u32();
  const std::size_t most = message.role == Role::letter ? max_announced_headers : ledger::max_headers;
  if (count > most) return turn.act(core::Blamed{peer, {Fault::oversize, "headers in a message"}});
  std::vector<Buffer> headers;
  for (u32 i = 0; i < count && in.ok(); ++i) headers.push_back(to_buffer(in.opaque(ledger::max_header)));
  if (const auto done = in.done("headers"); !done) return turn.act(core::Blamed{peer, done.error()});
  turn.act(core::HaveHeaders{peer, std::move(headers), ask});
}

void Sync::give_headers(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  codec::XdrReader in(message.body.bytes());
  const u32 count = in.u32();
  if (count > ledger::max_locator) return turn.act(core::Blamed{peer, {Fault::oversize, "hashes in a locator"}});
  std::vector<Hash> locator;
  for (u32 i = 0; i < count && in.ok(); ++i) locator.push_back(in.fixed<32>());
  if (const auto done = in.done("locator"); !done) return turn.act(core::Blamed{peer, done.error()});
  if (!turn.room(peer)) return refuse(turn, peer, message);
  turn.say(peer, {message.lane, headers_, Role::answer, type_get,
                  encode_headers(turn.headers_after(locator, ledger::max_headers))});
}

void Sync::on_blocks(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  if (message.role == Role::request && message.type == type_get) return give_block(turn, peer, message);
  if (message.role == Role::letter) return turn.act(core::Blamed{peer, {Fault::unknown_type, "blocks/1"}});
  if (message.role == Role::request) return refuse(turn, peer, message);
  const auto fetch = asked_blocks_.finish(peer, message.lane);
  if (message.role == Role::refusal) {
    if (fetch) turn.act(core::MissedBlocks{peer, fetch->ask, {fetch->id}});
    return;
  }
  turn.act(core::GotBlock{peer, message.body, fetch ? std::optional(fetch->ask) : std::nullopt});
}

void Sync::give_block(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  if (message.body.size() != 32) return turn.act(core::Blamed{peer, {Fault::malformed, "block id"}});
  auto& serving = serving_[peer];
  if (serving.waiting.size() + serving.reading.size() >= max_serving) return refuse(turn, peer, message);
  serving.waiting.emplace_back(message.lane, take_array<32>(message.body.bytes()));
  on_room(turn, peer);
}

void Sync::on_room(core::ProtocolTurn& turn, Peer peer) {
  const auto at = serving_.find(peer);
  if (at == serving_.end()) return;
  auto& [waiting, reading] = at->second;
  while (!waiting.empty() && reading.size() < max_reading && turn.room(peer)) {
    const auto [lane, id] = waiting.front();
    waiting.pop_front();
    reading.emplace(lane, true);
    turn.act(core::ReadBlock{peer, lane, id});
  }
  if (waiting.empty() && reading.empty()) serving_.erase(at);
}

void Sync::on_served(core::ProtocolTurn& turn, Peer peer, Lane lane, const Hash&, const std::optional<Body>& body) {
  const auto at = serving_.find(peer);
  if (at == serving_.end()) return;
  // Read but given up meanwhile: nothing to say.
  if (const auto reading = at->second.reading.extract(lane); !reading.empty() && reading.mapped())
    turn.say(peer, {lane, blocks_, body ? Role::answer : Role::refusal, type_get, body.value_or(Body())});
  on_room(turn, peer);
}

void Sync::on_reset(core::ProtocolTurn& turn, Peer peer, Lane lane) {
  asked_headers_.finish(peer, lane);
  if (const auto fetch = asked_blocks_.finish(peer, lane)) turn.act(core::MissedBlocks{peer, fetch->ask, {fetch->id}});
  const auto at = serving_.find(peer);
  if (at == serving_.end()) return;
  at->second.waiting.erase_if([&](const auto& entry) { return entry.first == lane; });
  if (const auto reading = at->second.reading.find(lane); reading != at->second.reading.end()) reading->second = false;
  on_room(turn, peer);
}

void Sync::refuse(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  turn.say(peer, {message.lane, message.name, Role::refusal, message.type, {}});
}

}  // namespace kith::lean
