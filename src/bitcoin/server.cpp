// What of our chain and of our transactions is told to whom, and in which form.
#include "bitcoin/server.hpp"

#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/headers.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/strip.hpp"
#include "ledger/chain.hpp"

namespace kith::bitcoin {
namespace {

using ledger::bitcoin::id_of;

/// Blocks of one peer that are read at once, so that a slow link does not pile up bodies in memory.
constexpr std::size_t max_reading = 4;

/// Headers behind the locator, up to its stop.
std::vector<Buffer> headers_for(const ledger::Chain& chain, const Locator& locator, std::size_t most) {
  if (locator.hashes.empty()) {
    const auto one = chain.header(locator.stop);
    return one ? std::vector<Buffer>{*one} : std::vector<Buffer>{};
  }
  auto out = chain.after(locator.hashes, most);
  // Most ask for all there are, and an id costs two hashes.
  if (!chain.find(locator.stop)) return out;
  const auto stop = std::ranges::find(out, locator.stop, [](const Buffer& header) { return id_of(header); });
  if (stop != out.end()) out.erase(stop + 1, out.end());
  return out;
}

bool is_block(InvType type) {
  return type == InvType::block || type == InvType::witness_block || type == InvType::compact_block;
}
bool is_tx(InvType type) { return type == InvType::tx || type == InvType::witness_tx || type == InvType::wtx; }

}  // namespace

void Server::on_getheaders(core::ProtocolTurn& turn, Peer peer, Bytes payload) const {
  const auto locator = decode_locator(payload);
  if (!locator) return object(turn, peer, locator.error());
  if (const auto* chain = turn.chain(); chain && turn.room(peer))
    turn.say(peer, message_of(names_.headers, encode_headers(headers_for(*chain, *locator, ledger::max_headers))));
}

void Server::on_getblocks(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto locator = decode_locator(payload);
  if (!locator) return object(turn, peer, locator.error());
  const auto* chain = turn.chain();
  if (!chain || !turn.room(peer)) return;
  std::vector<Inv> entries;
  for (const auto& header : headers_for(*chain, *locator, max_told_blocks))
    entries.push_back({InvType::block, id_of(header)});
  if (entries.empty()) return;
  if (entries.size() == max_told_blocks) rows_[peer].goes_on_at = entries.back().hash;
  turn.say(peer, message_of(names_.inv, encode_inventory(entries)));
}

void Server::on_getdata(core::ProtocolTurn& turn, Peer peer, Bytes payload) {
  const auto wanted = decode_inventory(payload);
  if (!wanted) return object(turn, peer, wanted.error());
  auto& row = rows_[peer];
  if (row.waiting.size() + wanted->size() > max_serving) return object(turn, peer, {Fault::flood, "data asked for"});
  for (const auto& entry : *wanted) row.waiting.push_back(entry);
  on_room(turn, peer);
}

void Server::on_room(core::ProtocolTurn& turn, Peer peer) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  auto& row = at->second;
  std::vector<Inv> missing;
  std::size_t said = 0;
  // What is said leaves after the turn, so room() does not see it yet.
  while (!row.waiting.empty() && row.reading < max_reading && said < max_reading * max_asked && turn.room(peer)) {
    const auto next = row.waiting.front();
    row.waiting.pop_front();
    if (is_tx(next.type)) {
      give_tx(turn, peer, next, missing);
      ++said;
    } else if (is_block(next.type)) {
      ++row.reading;
      turn.act(core::ReadBlock{peer, static_cast<Lane>(next.type), next.hash});
    }
  }
  if (!missing.empty()) turn.say(peer, message_of(names_.notfound, encode_inventory(missing)));
  if (row.waiting.empty() && row.reading == 0 && !row.goes_on_at) rows_.erase(at);
}

void Server::give_tx(core::ProtocolTurn& turn, Peer peer, const Inv& wanted, std::vector<Inv>& missing) {
  const auto body = transactions_->wanted(turn, peer, wanted);
  if (!body) return missing.push_back(wanted);
  const bool whole = wanted.type != InvType::tx;
  turn.say(peer, {only_lane, names_.tx, Role::letter, 0, whole ? *body : ledger::bitcoin::stripped_tx(*body)});
}

void Server::on_served(core::ProtocolTurn& turn, Peer peer, Lane form, const Hash& id,
                       const std::optional<Body>& body) {
  const auto at = rows_.find(peer);
  if (at == rows_.end()) return;
  auto& row = at->second;
  --row.reading;
  const auto type = static_cast<InvType>(form);
  if (!body)
    turn.say(peer, message_of(names_.notfound, encode_inventory({{{type, id}}})));
  else if (type == InvType::compact_block)
    turn.say(peer, compact_->compact_or_whole(turn, id, *body));
  else
    turn.say(peer, {only_lane, names_.block, Role::letter, 0,
                    type == InvType::block ? ledger::bitcoin::stripped_block(*body) : *body});
  if (row.goes_on_at == id) {
    row.goes_on_at.reset();
    turn.say(peer, message_of(names_.inv, encode_inventory({{{InvType::block, turn.chain()->tip().id}}})));
  }
  on_room(turn, peer);
}

}  // namespace kith::bitcoin
