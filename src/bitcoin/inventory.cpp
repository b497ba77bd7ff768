// Sorting by type, no more.
#include "bitcoin/inventory.hpp"

namespace kith::bitcoin {
namespace {

enum : u16 {
  inv,
  getdata,
  notfound,
  getheaders,
  getblocks,
  headers,
  sendheaders,
  block,
  tx,
  wtxidrelay,
  feefilter,
  sendcmpct,
  cmpctblock,
  getblocktxn,
  blocktxn
};

bool names_block(InvType type) { return type == InvType::block || type == InvType::witness_block; }

}  // namespace

std::vector<Name> Inventory::names() const {
  return {spoken(name::inv, Priority::item),          spoken(name::getdata, Priority::item),
          spoken(name::notfound, Priority::item),     spoken(name::getheaders, Priority::block),
          spoken(name::getblocks, Priority::block),   spoken(name::headers, Priority::block),
          spoken(name::sendheaders, Priority::block), spoken(name::block, Priority::bulk),
          spoken(name::tx, Priority::item),           spoken(name::wtxidrelay, Priority::control),
          spoken(name::feefilter, Priority::control), spoken(name::sendcmpct, Priority::control),
          spoken(name::cmpctblock, Priority::block),  spoken(name::getblocktxn, Priority::block),
          spoken(name::blocktxn, Priority::block)};
}

void Inventory::mounted(u16 first) {
  first_ = first;
  const auto at = [&](u16 name) { return static_cast<u16>(first + name); };
  blocks_.mounted({at(getheaders), at(getblocks), at(headers), at(sendheaders), at(inv), at(getdata)});
  compact_.mounted({at(sendcmpct), at(cmpctblock), at(getblocktxn), at(blocktxn), at(block), at(inv), at(getdata)});
  transactions_.mounted({at(inv), at(getdata), at(tx), at(wtxidrelay), at(feefilter)});
  server_.mounted({at(headers), at(inv), at(block), at(tx), at(notfound)});
}

void Inventory::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  compact_.on_peer(turn, peer);
  blocks_.on_peer(turn, peer.peer);
  transactions_.on_peer(turn, peer);
}

void Inventory::on_gone(core::ProtocolTurn&, Peer peer) {
  compact_.on_gone(peer);
  blocks_.on_gone(peer);
  transactions_.on_gone(peer);
  server_.on_gone(peer);
}

void Inventory::on_tick(core::ProtocolTurn& turn) {
  blocks_.on_tick(turn);
  transactions_.on_tick(turn);
}

void Inventory::on_ask(core::ProtocolTurn& turn, const Ask& ask) {
  if (ask.what == What::items)
    transactions_.ask(turn, ask);
  else
    blocks_.ask(turn, ask);
}

void Inventory::on_cancel(core::ProtocolTurn&, u64 ask) {
  blocks_.cancel(ask);
  transactions_.cancel(ask);
}

void Inventory::on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) {
  // Nothing is sent here that was not asked for.
  for (const Peer peer : peers) transactions_.tell(turn, peer, {{item.id}});
}

void Inventory::on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) {
  transactions_.tell(turn, peer, ids);
}

void Inventory::on_announce(core::ProtocolTurn& turn, Peer peer, std::span<const Buffer> news) {
  compact_.notice(turn);
  blocks_.announce(turn, peer, news);
}

void Inventory::on_served(core::ProtocolTurn& turn, Peer peer, Lane lane, const Hash& id,
                          const std::optional<Body>& body) {
  if (!compact_.on_served(turn, peer, lane, id, body)) server_.on_served(turn, peer, lane, id, body);
}

void Inventory::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const Bytes payload = message.body.bytes();
  compact_.notice(turn);
  switch (message.name - first_) {
    case inv: return on_inv(turn, peer.peer, payload);
    case getdata: return server_.on_getdata(turn, peer.peer, payload);
    case notfound: return on_notfound(turn, peer.peer, payload);
    case getheaders: return server_.on_getheaders(turn, peer.peer, payload);
    case getblocks: return server_.on_getblocks(turn, peer.peer, payload);
    case headers: return blocks_.on_headers(turn, peer.peer, payload);
    case sendheaders: return blocks_.on_sendheaders(peer.peer);
    case block: return blocks_.on_block(turn, peer.peer, message.body);
    case tx: return transactions_.on_tx(turn, peer.peer, message.body);
    case feefilter: return transactions_.on_feefilter(peer.peer, payload);
    case sendcmpct: return compact_.on_sendcmpct(turn, peer.peer, payload);
    case cmpctblock: return compact_.on_cmpctblock(turn, peer.peer, message.body);
    case getblocktxn: return compact_.on_getblocktxn(turn, peer.peer, payload);
    case blocktxn: return compact_.on_blocktxn(turn, peer.peer, message.body);
    default: return;
  }
}

void Inventory::on_inv(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto entries = decode_inventory(payload);
  if (!entries) return object(turn, peer, entries.error());
  std::vector<Hash> named;
  std::vector<Inv> txs;
  for (const auto& entry : *entries) {
    if (names_block(entry.type)) named.push_back(entry.hash);
    if (entry.type == InvType::tx || entry.type == InvType::wtx) txs.push_back(entry);
  }
  blocks_.on_named(turn, peer, named);
  transactions_.on_named(turn, peer, txs);
}

void Inventory::on_notfound(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto entries = decode_notfound(payload);
  if (!entries) return object(turn, peer, entries.error());
  std::vector<Hash> blocks;
  std::vector<Inv> txs;
  for (const auto& entry : *entries) names_block(entry.type) ? blocks.push_back(entry.hash) : txs.push_back(entry);
  blocks_.on_missing(turn, peer, blocks);
  transactions_.on_missing(turn, peer, txs);
}

}  // namespace kith::bitcoin
