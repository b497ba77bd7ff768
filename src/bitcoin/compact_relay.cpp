// The receiving half first: a compact block is a header that may bring its body.
#include "bitcoin/compact_relay.hpp"

#include <algorithm>

#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/chain.hpp"

namespace kith::bitcoin {
namespace {

using ledger::BlockState;
using ledger::bitcoin::id_of;

// For what a block is read, beside the types of inventory.h.
constexpr Lane for_push = 0x100;
constexpr Lane for_picking = 0x101;

Hash parent_of(Bytes header) { return take_array<32>(header.subspan(4)); }

/// How far below the tip a block of its chain stands; nothing if it is not there.
std::optional<u32> depth_of(const core::ProtocolTurn& turn, const Hash& id) {
  const auto* chain = turn.chain();
  const auto block = chain ? chain->find(id) : std::nullopt;
  const auto there = block ? chain->accepted_at(block->height) : std::nullopt;
  if (!there || there->id != id) return std::nullopt;
  return chain->tip().height - block->height;
}

}  // namespace

void CompactRelay::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  rows_[peer.peer].outbound = !peer.inbound;
  if (turn.chain()) turn.say(peer.peer, message_of(names_.sendcmpct, encode(SendCompact{})));
}

void CompactRelay::on_gone(Peer peer) {
  rows_.erase(peer);
  work_.erase(peer);
  high_bandwidth_.gone(peer);
}

void CompactRelay::notice(core::ProtocolTurn& turn) {
  arriving_.reset();
  const auto& [peer, id] = last_given_;
  const auto row = rows_.find(peer);
  const auto* chain = turn.chain();
  if (id == credited_ || row == rows_.end() || !row->second.can || !chain || chain->tip().id != id) return;
  credited_ = id;
  const auto change = high_bandwidth_.gave_block(peer, row->second.outbound);
  if (change.ask) turn.say(*change.ask, message_of(names_.sendcmpct, encode(SendCompact{.high_bandwidth = true})));
  if (change.release) turn.say(*change.release, message_of(names_.sendcmpct, encode(SendCompact{})));
}

void CompactRelay::on_sendcmpct(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  const auto said = decode_sendcmpct(payload);
  if (!said) return object(turn, peer, said.error());
  if (said->version != compact_version) return;
  at->second.can = true;
  at->second.wants_pushed = said->high_bandwidth;
}

void CompactRelay::on_cmpctblock(core::ProtocolTurn& turn, Peer peer, const Body& message) {
  const auto at = rows_.find(peer);
  if (at == rows_.end() || !at->second.can || !turn.chain()) return;
  const auto compact = decode_cmpctblock(message.bytes());
  if (!compact) return object(turn, peer, compact.error());
  turn.act(core::HaveHeaders{peer, {to_buffer(compact->header)}, std::nullopt});
  const Hash id = id_of(compact->header);
  auto& work = work_[peer];
  const bool asked = work.fetching == id;
  if (asked) work.fetching.reset();
  const auto outcome = build(turn, peer, *compact);
  if (outcome == Outcome::of_no_use) work.failed = id;
  if (!asked) return;
  if (outcome == Outcome::of_no_use) fetch(turn, peer, id, false);
  if (outcome == Outcome::lacks_some) ask_missing(turn, peer, work.building.at(id));
}

/// Whether it is worth to put this block together: it may be the next, and few others are about it.
bool CompactRelay::may_build(const core::ProtocolTurn& turn, Peer peer, const Hash& id, const Hash& parent) const {
  const auto* chain = turn.chain();
  const auto state = chain->state(id);
  const auto& building = work_.at(peer).building;
  if ((state != BlockState::unknown && state != BlockState::header) || !chain->find(parent)) return false;
  const auto builders = static_cast<std::size_t>(
      std::ranges::count_if(work_, [&](const auto& each) { return each.second.building.contains(id); }));
  return builders + (rows_.at(peer).outbound ? 0 : 1) < max_builders && !building.contains(id) &&
         building.size() < max_building;
}

CompactRelay::Outcome CompactRelay::build(core::ProtocolTurn& turn, Peer peer, const CompactBlock& compact) {
  const Hash id = id_of(compact.header);
  auto& building = work_.at(peer).building;
  std::erase_if(building, [&](const auto& each) { return turn.chain()->state(each.first) == BlockState::accepted; });
  if (!may_build(turn, peer, id, parent_of(compact.header))) return Outcome::of_no_use;
  auto begun = Reconstruction::begin(compact);
  // Two short ids that are the same.
  if (!begun) return Outcome::of_no_use;
  if (pool_.each) pool_.each([&](const Hash& witness_id, const Body& tx) { begun->offer(witness_id, tx); });
  auto missing = begun->missing();
  Building begun_one{std::move(*begun), std::move(missing)};
  if (begun_one.lacked.empty()) return finish(turn, peer, std::move(begun_one)) ? Outcome::whole : Outcome::of_no_use;
  building.emplace(id, std::move(begun_one));
  return Outcome::lacks_some;
}

/// The chain gets what is whole. False if it does not fit its header: that is nobody's fault.
bool CompactRelay::finish(core::ProtocolTurn& turn, Peer peer, Building building) {
  const Hash id = building.block.id();
  auto body = building.block.whole(true);
  if (!body) return false;
  arriving_ = id;
  lacked_ = {id, std::move(building.lacked)};
  given(peer, id);
  turn.act(core::GotBlock{peer, Body(std::move(*body)), std::nullopt});
  return true;
}

bool CompactRelay::ask(core::ProtocolTurn& turn, Peer peer, const Hash& id) {
  const auto at = rows_.find(peer);
  if (at == rows_.end() || arriving_ == id) return arriving_ == id;
  const auto work = work_.find(peer);
  if (work != work_.end()) {
    const auto building = work->second.building.find(id);
    if (building != work->second.building.end()) return ask_missing(turn, peer, building->second), true;
    if (work->second.failed == id) return false;
  }
  const auto header = turn.chain()->parsed(id);
  if (!at->second.can || !pool_.each || !header || header->parent != turn.chain()->tip().id) return false;
  work_[peer].fetching = id;
  fetch(turn, peer, id, true);
  return true;
}

void CompactRelay::ask_missing(core::ProtocolTurn& turn, Peer peer, Building& building) {
  if (std::exchange(building.asked, true)) return;
  const GetBlockTxn wanted{building.block.id(), building.lacked};
  turn.say(peer, message_of(names_.getblocktxn, encode(wanted)));
}

void CompactRelay::fetch(core::ProtocolTurn& turn, Peer peer, const Hash& id, bool compact) {
  const auto type = compact ? InvType::compact_block : InvType::witness_block;
  turn.say(peer, message_of(names_.getdata, encode_inventory({{{type, id}}})));
}

void CompactRelay::on_blocktxn(core::ProtocolTurn& turn, Peer peer, const Body& message) {
  const auto sent = decode_blocktxn(message.bytes());
  if (!sent) return object(turn, peer, sent.error());
  const auto work = work_.find(peer);
  if (work == work_.end()) return;
  const auto found = work->second.building.find(sent->block);
  // Nobody asked, or it was answered before.
  if (found == work->second.building.end() || !found->second.asked) return;
  auto building = std::move(found->second);
  work->second.building.erase(found);
  if (const auto filled = building.block.fill(sent->txs); !filled) return object(turn, peer, filled.error());
  if (finish(turn, peer, std::move(building))) return;
  work->second.failed = sent->block;
  fetch(turn, peer, sent->block, false);
}

bool CompactRelay::announce(core::ProtocolTurn& turn, Peer peer, const Hash& id) {
  const auto at = rows_.find(peer);
  if (at == rows_.end() || !at->second.can || !at->second.wants_pushed || turn.chain()->tip().id != id) return false;
  turn.act(core::ReadBlock{peer, for_push, id});
  return true;
}

void CompactRelay::on_getblocktxn(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  auto wanted = decode_getblocktxn(payload);
  if (!wanted) return object(turn, peer, wanted.error());
  if (!rows_.contains(peer) || !depth_of(turn, wanted->block)) return;
  auto& picking = work_[peer].picking;
  if (picking.contains(wanted->block)) return;
  if (picking.size() >= max_picking) return object(turn, peer, {Fault::flood, "transactions of blocks"});
  const Hash id = wanted->block;
  picking.emplace(id, std::move(*wanted));
  turn.act(core::ReadBlock{peer, for_picking, id});
}

bool CompactRelay::on_served(core::ProtocolTurn& turn, Peer peer, Lane form, const Hash& id,
                             const std::optional<Body>& body) {
  if (form != for_push && form != for_picking) return false;
  if (!rows_.contains(peer)) return true;
  if (form == for_picking) {
    const auto wanted = work_[peer].picking.extract(id);
    if (wanted && body) answer_picked(turn, peer, wanted.mapped(), *body);
  } else if (body) {
    turn.say(peer, {only_lane, names_.cmpctblock, Role::letter, 0, compact_of(turn, id, *body)});
  } else {
    turn.say(peer, message_of(names_.inv, encode_inventory({{{InvType::block, id}}})));
  }
  return true;
}

void CompactRelay::answer_picked(core::ProtocolTurn& turn, Peer peer, const GetBlockTxn& wanted, const Body& body) {
  // Who asks of an old block would have us read many of them for a little of each.
  if (depth_of(turn, wanted.block).value_or(max_transactions_depth + 1) > max_transactions_depth)
    return turn.say(peer, {only_lane, names_.block, Role::letter, 0, body});
  const auto picked = pick(body.bytes(), wanted);
  if (!picked) return object(turn, peer, picked.error());
  turn.say(peer, message_of(names_.blocktxn, encode(*picked)));
}

Message CompactRelay::compact_or_whole(core::ProtocolTurn& turn, const Hash& id, const Body& body) {
  if (depth_of(turn, id).value_or(max_compact_depth + 1) > max_compact_depth)
    return {only_lane, names_.block, Role::letter, 0, body};
  return {only_lane, names_.cmpctblock, Role::letter, 0, compact_of(turn, id, body)};
}

/// The same for all who get this block.
Body CompactRelay::compact_of(core::ProtocolTurn& turn, const Hash& id, const Body& body) {
  if (made_.first == id) return made_.second;
  std::vector<u32> also;
  if (lacked_.first == id) {
    const auto txs = ledger::bitcoin::split_txs(body.bytes());
    std::size_t bytes = 0;
    for (const u32 index : lacked_.second) {
      if (!txs || index >= txs->size()) break;
      bytes += (*txs)[index].size();
      if (bytes > max_prefilled) break;
      also.push_back(index);
    }
  }
  const auto compact = make_compact(body.bytes(), turn.rng(), also);
  kith::check(compact.has_value(), "an accepted block that cannot be read");
  made_ = {id, Body(encode(*compact))};
  return made_.second;
}

}  // namespace kith::bitcoin
