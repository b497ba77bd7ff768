// Questions for headers and blocks, and their answers, told from announcements by what they follow.
#include "bitcoin/blocks.hpp"

#include <algorithm>

#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/headers.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/chain.hpp"

namespace kith::bitcoin {
namespace {

using ledger::bitcoin::header_size;
using ledger::bitcoin::id_of;

Hash parent_of(Bytes header) { return take_array<32>(header.subspan(4)); }

}  // namespace

void Blocks::on_peer(core::ProtocolTurn& turn, Peer peer) {
  rows_.try_emplace(peer);
  turn.say(peer, message_of(names_.sendheaders));
}

void Blocks::on_gone(Peer peer) {
  rows_.erase(peer);
  if (lister_ != peer) return;
  lister_.reset();
  listing_ = {};
}

Time Blocks::next() const {
  Time first = never;
  for (const auto& [peer, row] : rows_) first = std::min(first, row.deadline);
  return first;
}

void Blocks::on_tick(core::ProtocolTurn& turn) {
  for (auto& [peer, row] : rows_) {
    if (row.deadline > turn.now) continue;
    row.deadline = never;
    if (row.question && !row.is_silent)
      ask_old_way(turn, peer, row, row.question->locator);
    else
      end_old_way(turn, peer, row);
  }
}

void Blocks::ask(core::ProtocolTurn& turn, const Ask& ask) {
  const auto at = rows_.find(ask.peer);
  if (at == rows_.end()) return;
  auto& row = at->second;
  if (ask.what == What::headers) {
    row.question = Question{ask.number, ask.hashes};
    return row.is_silent ? ask_old_way(turn, ask.peer, row, ask.hashes) : ask_headers(turn, ask.peer, row);
  }
  if (ask.what != What::blocks) return;
  std::vector<Hash> wanted;
  for (const auto& id : ask.hashes) {
    const auto told = lister_ == ask.peer ? listing_.told.extract(id) : decltype(listing_.told)::node_type{};
    if (told) {
      turn.act(core::GotBlock{ask.peer, told.mapped(), ask.number});
      continue;
    }
    row.asked.insert_or_assign(id, ask.number);
    if (lister_ == ask.peer && listing_.in_flight.contains(id)) continue;
    if (!compact_->ask(turn, ask.peer, id)) wanted.push_back(id);
  }
  fetch(turn, ask.peer, wanted);
}

void Blocks::cancel(u64 ask) {
  for (auto& [peer, row] : rows_) {
    std::erase_if(row.asked, [&](const auto& entry) { return entry.second == ask; });
    if (row.question && row.question->ask == ask) row.question.reset();
  }
}

void Blocks::ask_headers(core::ProtocolTurn& turn, Peer peer, Row& row) {
  row.deadline = turn.now + silent_after;
  turn.say(peer, message_of(names_.getheaders, encode(Locator{.hashes = row.question->locator})));
}

void Blocks::ask_old_way(core::ProtocolTurn& turn, Peer peer, Row& row, std::vector<Hash> locator) {
  row.is_silent = true;
  row.deadline = turn.now + empty_after;
  if (lister_ && lister_ != peer) return;
  lister_ = peer;
  listing_.wanted.clear();
  listing_.in_flight.clear();
  turn.say(peer, message_of(names_.getblocks, encode(Locator{.hashes = std::move(locator)})));
}

/// It has no more, or did not get its turn: an answer without headers, to be asked again some day.
void Blocks::end_old_way(core::ProtocolTurn& turn, Peer peer, Row& row) {
  if (lister_ == peer) {
    lister_.reset();
    listing_ = {};
  }
  row.is_silent = false;
  if (row.question) answer(turn, peer, row, {});
}

void Blocks::fetch(core::ProtocolTurn& turn, Peer peer, std::span<const Hash> ids) {
  if (ids.empty()) return;
  std::vector<Inv> entries;
  for (const auto& id : ids) entries.push_back({InvType::witness_block, id});
  turn.say(peer, message_of(names_.getdata, encode_inventory(entries)));
}

void Blocks::answer(core::ProtocolTurn& turn, Peer peer, Row& row, std::vector<Buffer> headers) {
  std::optional<u64> ask;
  if (row.question) ask = std::exchange(row.question, std::nullopt)->ask;
  turn.act(core::HaveHeaders{peer, std::move(headers), ask});
}

void Blocks::announce(core::ProtocolTurn& turn, Peer peer, std::span<const Buffer> headers) {
  const auto at = rows_.find(peer);
  if (at == rows_.end() || headers.empty()) return;
  if (headers.size() == 1 && compact_->announce(turn, peer, id_of(headers[0]))) return;
  if (at->second.wants_headers && headers.size() <= max_announced_headers)
    return turn.say(peer, message_of(names_.headers, encode_headers(headers)));
  turn.say(peer, message_of(names_.inv, encode_inventory({{{InvType::block, id_of(headers.back())}}})));
}

void Blocks::on_sendheaders(Peer peer) {
  if (const auto at = rows_.find(peer); at != rows_.end()) at->second.wants_headers = true;
}

void Blocks::on_headers(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  auto headers = decode_headers(payload);
  if (!headers) return object(turn, peer, headers.error());
  auto& row = at->second;
  // Nothing in the message says which it is: an answer goes on from where we asked, or has nothing.
  const auto* question = row.question ? &*row.question : nullptr;
  const bool answers =
      question && (headers->empty() ||
                   std::ranges::find(question->locator, parent_of(headers->front())) != question->locator.end());
  if (!answers) return turn.act(core::HaveHeaders{peer, std::move(*headers), std::nullopt});
  row.is_silent = false;
  row.deadline = never;
  answer(turn, peer, row, std::move(*headers));
}

void Blocks::on_named(core::ProtocolTurn& turn, Peer peer, std::span<const Hash> ids) {
  const auto at = rows_.find(peer);
  if (at == rows_.end() || ids.empty()) return;
  const auto* chain = turn.chain();
  const std::size_t listed = listing_.wanted.size() + listing_.in_flight.size();
  if (!chain || lister_ != peer || listed + ids.size() > 2 * max_told_blocks)
    return turn.act(core::NamedBlocks{peer, {ids.begin(), ids.end()}});
  for (const auto& id : ids)
    if (!chain->find(id)) listing_.wanted.push_back(id);
  at->second.deadline = turn.now + empty_after;
  fetch_listed(turn, peer, at->second);
}

void Blocks::fetch_listed(core::ProtocolTurn& turn, Peer peer, const Row& row) {
  std::vector<Hash> wanted;
  while (!listing_.wanted.empty() && listing_.in_flight.size() < old_way_window) {
    const auto id = listing_.wanted.front();
    listing_.wanted.pop_front();
    listing_.in_flight.insert(id);
    if (!row.asked.contains(id)) wanted.push_back(id);
  }
  fetch(turn, peer, wanted);
}

void Blocks::on_block(core::ProtocolTurn& turn, Peer peer, const Body& body) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  auto& row = at->second;
  if (body.size() < header_size) return object(turn, peer, {Fault::malformed, "block"});
  const Hash id = id_of(body.bytes().first(header_size));
  if (lister_ == peer && listing_.in_flight.erase(id) > 0) return take_listed(turn, peer, row, id, body);
  const auto asked = row.asked.extract(id);
  // What is new altogether, such as a block that a miner's program pushes, brings its own header.
  if (!asked && turn.chain() && !turn.chain()->find(id))
    turn.act(core::HaveHeaders{peer, {to_buffer(body.bytes().first(header_size))}, std::nullopt});
  compact_->given(peer, id);
  turn.act(core::GotBlock{peer, body, asked ? std::optional(asked.mapped()) : std::nullopt});
}

void Blocks::take_listed(core::ProtocolTurn& turn, Peer peer, Row& row, const Hash& id, const Body& body) {
  row.deadline = turn.now + empty_after;
  const auto header = body.bytes().first(header_size);
  // Behind each list that is full comes the tip, far ahead of what is known: only what goes on from there is of use.
  const bool goes_on =
      listing_.headers.empty() ? turn.chain()->find(parent_of(header)).has_value() : parent_of(header) == listing_.last;
  if (goes_on) {
    listing_.headers.push_back(to_buffer(header));
    listing_.last = id;
    if (listing_.bodies.emplace(id, body).second) listing_.bytes += body.size();
  }
  const bool whole = listing_.wanted.empty() && listing_.in_flight.empty();
  if (!whole && listing_.bytes < most_held) return fetch_listed(turn, peer, row);
  if (listing_.headers.empty()) return;
  // The chain takes the headers first, and then asks for the bodies that are here; what it did not want by the next
  // time is let go.
  listing_.told = std::exchange(listing_.bodies, {});
  listing_.bytes = 0;
  answer(turn, peer, row, std::exchange(listing_.headers, {}));
  if (whole) return ask_old_way(turn, peer, row, {listing_.last});
  fetch_listed(turn, peer, row);
}

void Blocks::on_missing(core::ProtocolTurn& turn, Peer peer, std::span<const Hash> ids) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  for (const auto& id : ids) {
    // Who lists what it does not have is asked for the rest of its list no more.
    if (lister_ == peer && listing_.in_flight.contains(id)) listing_ = {};
    if (const auto asked = at->second.asked.extract(id)) turn.act(core::MissedBlocks{peer, asked.mapped(), {id}});
  }
}

}  // namespace kith::bitcoin
