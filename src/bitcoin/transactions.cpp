// Between item ids, which are the first bytes of the id with witnesses, and the ids that a peer speaks of.
#include "bitcoin/transactions.hpp"

#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/handshake.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::bitcoin {
namespace {

ItemHash hash_of(const Hash& id) { return take_array<20>(id); }

}  // namespace

void Transactions::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  auto& row = rows_[peer.peer];
  row.by_wtxid = peer.hello.shares(names_.wtxidrelay);
  row.trickle = peer.inbound ? trickle_.inbound : trickle_.outbound;
  row.tell_at = turn.now + turn.rng.around(row.trickle);
  if (pool_.least_rate && peer.hello.kinds) say_feefilter(turn, peer.peer, row);
}

Time Transactions::next() const {
  Time first = never;
  for (const auto& [peer, row] : rows_)
    first = std::min({first, row.feefilter_at, row.untold.empty() ? never : row.tell_at});
  return first;
}

void Transactions::on_tick(core::ProtocolTurn& turn) {
  for (auto& [peer, row] : rows_) {
    if (row.feefilter_at <= turn.now) say_feefilter(turn, peer, row);
    if (row.tell_at > turn.now) continue;
    row.tell_at = turn.now + turn.rng.around(row.trickle);
    if (!row.untold.empty() && turn.room(peer)) announce(turn, peer, row);
  }
}

/// BIP 133.
void Transactions::say_feefilter(core::ProtocolTurn& turn, Peer peer, Row& row) const {
  row.feefilter_at = turn.now + turn.rng.around(feefilter_every);
  turn.say(peer, message_of(names_.feefilter, encode_feefilter(pool_.least_rate())));
}

void Transactions::on_feefilter(Peer peer, Bytes payload) {
  const auto at = rows_.find(peer);
  const auto rate = decode_feefilter(payload);
  if (at != rows_.end() && rate) at->second.least_rate = *rate;
}

/// What is not in the pool any more, or never was, is told all the same: who asks for it gets it.
bool Transactions::pays(const Row& row, const ItemHash& item) const {
  if (row.least_rate == 0 || !pool_.rate) return true;
  return pool_.rate(item).value_or(row.least_rate) >= row.least_rate;
}

Transactions::Ids& Transactions::ids(Time now, const ItemHash& hash) {
  ids_.insert(now, hash);
  return *ids_.find(now, hash);
}

/// Both ids of a transaction that is whole.
Transactions::Ids& Transactions::learn(Time now, Bytes bytes) {
  Reader in(bytes);
  const auto tx = ledger::bitcoin::read_tx(in);
  named_.insert(now, hash_of(tx.id), Named{tx.id, std::nullopt});
  named_.find(now, hash_of(tx.id))->item = hash_of(tx.witness_id);
  auto& out = ids(now, hash_of(tx.witness_id));
  out.txid = tx.id;
  out.wtxid = tx.witness_id;
  return out;
}

void Transactions::on_named(core::ProtocolTurn& turn, Peer peer, std::span<const Inv> entries) {
  const auto at = rows_.find(peer);
  const auto kind = turn.kind(tx_kind);
  if (at == rows_.end() || !kind) return;
  std::vector<ItemId> named;
  for (const auto& [type, hash] : entries) {
    if (named.size() == max_named) break;
    // Each side speaks of the ids that were agreed on; the others are ignored (BIP 339).
    if ((type == InvType::wtx) != at->second.by_wtxid) continue;
    if (type == InvType::wtx) {
      ids(turn.now, hash_of(hash)).wtxid = hash;
      named.push_back({*kind, hash_of(hash)});
    } else {
      named_.insert(turn.now, hash_of(hash), Named{hash, std::nullopt});
      named.push_back({*kind, named_.find(turn.now, hash_of(hash))->item.value_or(hash_of(hash))});
    }
  }
  turn.act(core::Announced{peer, std::move(named)});
}

void Transactions::on_needs(core::ProtocolTurn& turn, Peer peer, u16 kind, std::span<const Hash> txids) {
  if (!rows_.contains(peer) || kind != turn.kind(tx_kind)) return;
  std::vector<ItemId> named;
  for (const auto& txid : txids) {
    named_.insert(turn.now, hash_of(txid), Named{txid, std::nullopt});
    // One that was here already is known to gossip by its other id.
    if (!named_.find(turn.now, hash_of(txid))->item) named.push_back({kind, hash_of(txid)});
  }
  if (!named.empty()) turn.act(core::Announced{peer, std::move(named)});
}

void Transactions::ask(core::ProtocolTurn& turn, const Ask& ask) {
  const auto at = rows_.find(ask.peer);
  const auto kind = turn.kind(tx_kind);
  if (at == rows_.end() || !kind) return;
  std::vector<Inv> entries;
  std::vector<ItemId> lost;
  for (const auto& item : ask.items) {
    if (item.kind != *kind) continue;
    const auto entry = question(turn.now, at->second, item.hash);
    if (!entry) {
      lost.push_back(item);
      continue;
    }
    at->second.asked.insert_or_assign(item.hash, ask.number);
    entries.push_back(*entry);
  }
  for (std::size_t i = 0; i < entries.size(); i += max_asked)
    turn.say(ask.peer, message_of(names_.getdata, encode_inventory(std::span(entries).subspan(
                                                      i, std::min(max_asked, entries.size() - i)))));
  if (!lost.empty()) turn.act(core::MissedItems{ask.peer, ask.number, std::move(lost)});
}

/// How to ask a peer for an item; nothing if its id is forgotten, or if it has come under its true one.
std::optional<Inv> Transactions::question(Time now, const Row& row, const ItemHash& item) {
  const auto* known = ids_.find(now, item);
  if (row.by_wtxid && known && known->wtxid) return Inv{InvType::wtx, *known->wtxid};
  if (!row.by_wtxid && known && known->txid) return Inv{InvType::witness_tx, *known->txid};
  const auto* named = named_.find(now, item);
  return named && !named->item ? std::optional(Inv{InvType::witness_tx, named->txid}) : std::nullopt;
}

void Transactions::cancel(u64 ask) {
  for (auto& [peer, row] : rows_) std::erase_if(row.asked, [&](const auto& entry) { return entry.second == ask; });
}

void Transactions::on_tx(core::ProtocolTurn& turn, Peer peer, const Body& body) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  Reader in(body.bytes());
  ledger::bitcoin::read_tx(in);
  if (!in.complete()) return object(turn, peer, {Fault::malformed, "tx"});
  offer(turn, peer, at->second, learn(turn.now, body.bytes()), body);
}

void Transactions::offer(core::ProtocolTurn& turn, Peer peer, Row& row, const Ids& of, const Body& body) {
  const auto kind = turn.kind(tx_kind);
  if (!kind) return;
  const ItemHash real = hash_of(*of.wtxid);
  const ItemHash named = hash_of(*of.txid);
  if (const auto asked = row.asked.extract(real))
    return turn.act(core::Offered{peer, *kind, body, asked.mapped(), {*kind, real}});
  // What was asked for by its other id is another item than what came.
  if (const auto asked = row.asked.extract(named)) turn.act(core::MissedItems{peer, asked.mapped(), {{*kind, named}}});
  turn.act(core::Offered{peer, *kind, body, std::nullopt, {}});
}

void Transactions::on_missing(core::ProtocolTurn& turn, Peer peer, std::span<const Inv> entries) {
  const auto at = rows_.find(peer);
  const auto kind = turn.kind(tx_kind);
  if (at == rows_.end() || !kind) return;
  for (const auto& entry : entries)
    if (const auto asked = at->second.asked.extract(hash_of(entry.hash)))
      turn.act(core::MissedItems{peer, asked.mapped(), {{*kind, asked.key()}}});
}

void Transactions::tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> items) {
  const auto at = rows_.find(peer);
  const auto kind = turn.kind(tx_kind);
  if (at == rows_.end() || !kind) return;
  auto& row = at->second;
  for (const auto& item : items) {
    if (item.kind != *kind || row.untold.size() >= max_untold) continue;
    auto& known = ids(turn.now, item.hash);
    if (known.order == 0) known.order = ++last_order_;
    row.untold.insert(item.hash);
  }
}

void Transactions::announce(core::ProtocolTurn& turn, Peer peer, Row& row) {
  const auto kind = turn.kind(tx_kind);
  std::vector<Inv> entries;
  // In the order of their ids, which says nothing of when or whence they came.
  for (const auto& hash : std::exchange(row.untold, {})) {
    const auto body = turn.item(peer, {*kind, hash});
    if (!body || !pays(row, hash)) continue;
    auto* known = &ids(turn.now, hash);
    if (!known->txid || !known->wtxid) known = &learn(turn.now, body->bytes());
    entries.push_back(row.by_wtxid ? Inv{InvType::wtx, *known->wtxid} : Inv{InvType::tx, *known->txid});
  }
  row.told = last_order_;
  for (std::size_t i = 0; i < entries.size(); i += max_asked)
    turn.say(peer, message_of(names_.inv, encode_inventory(
                                              std::span(entries).subspan(i, std::min(max_asked, entries.size() - i)))));
}

std::optional<Body> Transactions::wanted(core::ProtocolTurn& turn, Peer peer, const Inv& entry) {
  const auto at = rows_.find(peer);
  const auto kind = turn.kind(tx_kind);
  if (at == rows_.end() || !kind) return std::nullopt;
  ItemHash hash = hash_of(entry.hash);
  if (entry.type != InvType::wtx) {
    const auto* named = named_.find(turn.now, hash);
    if (!named || !named->item) return std::nullopt;
    hash = *named->item;
  }
  const auto* known = ids_.find(turn.now, hash);
  // Who asks for what it was not told of wants to find out what we have, and since when.
  if (!known || known->order == 0 || known->order > at->second.told) return std::nullopt;
  return turn.item(peer, {*kind, hash});
}

}  // namespace kith::bitcoin
