// The coins first, then the pool, then those that wait.
#include "ledger/bitcoin/chain_pool.hpp"

#include <utility>

namespace kith::ledger::bitcoin {
namespace {

using Kind = Refusal::Kind;

std::size_t cost_of(const Body& block, const Undo& undo) {
  std::size_t out = block.size();
  for (const auto& coin : undo.spent) out += sizeof(Coin) + coin.script.size();
  return out;
}

}  // namespace

ChainPool::ChainPool(ChainPoolConfig config, Unspent coins, std::vector<std::pair<Body, Undo>> past)
    : config_(config), coins_(std::move(coins)), pool_(config.mempool) {
  for (auto& [block, undo] : past) remember(std::move(block), std::move(undo));
}

std::vector<Undo> ChainPool::undos() const {
  std::vector<Undo> out;
  out.reserve(past_.size());
  for (const auto& past : past_) out.push_back(past.undo);
  return out;
}

void ChainPool::remember(Body block, Undo undo) {
  const auto cost = cost_of(block, undo);
  past_bytes_ += cost;
  past_.push_back({std::move(block), std::move(undo), cost});
  for (; past_bytes_ > config_.undo_bytes; past_.pop_front()) past_bytes_ -= past_.front().cost;
}

Result<> ChainPool::connect(Body block, Time now) {
  if (coins_.bytes() > config_.coin_bytes) return fail(Fault::oversize, "coins");
  const auto read = read_block(block.bytes());
  if (!read) return fail(Fault::malformed, "block");
  auto undo = coins_.connect(*read);
  if (!undo) return std::unexpected(undo.error());
  pool_.block_connected(*read, now);
  orphans_.block_connected(*read);
  for (const auto& tx : read->txs) {
    forget_poor(tx.id);
    release(tx.id, ready_);
  }
  remember(std::move(block), std::move(*undo));
  return {};
}

Result<> ChainPool::disconnect(const Hash& id) {
  if (past_.empty() || coins_.tip() != id) return fail(Fault::unconnected, "how the block is undone is not kept");
  auto [block, undo, cost] = std::move(past_.back());
  past_.pop_back();
  past_bytes_ -= cost;
  const auto read = read_block(block.bytes());
  if (!read) return fail(Fault::malformed, "block");
  if (const auto done = coins_.disconnect(*read, std::move(undo)); !done) return done;
  pool_.block_disconnected(*read);
  return {};
}

std::vector<Body> ChainPool::settle(Time now) {
  pool_.settle(coins_, now);
  return std::exchange(ready_, {});
}

std::expected<Candidate, Refusal> ChainPool::prepare(const Body& tx, Time now) {
  auto out = pool_.prepare(coins_, tx, now);
  if (out) return out;
  if (out.error().kind == Kind::low_fee) {
    auto both = with_child(tx, out.error(), now);
    if (!both) remember_poor(read_entrant(tx)->tx.id, tx);
    return both;
  }
  return out.error().kind == Kind::orphan ? with_parent(tx, out.error(), now) : std::move(out);
}

/// With the first of those that wait for `parent` which pays for both.
std::expected<Candidate, Refusal> ChainPool::with_child(const Body& parent, const Refusal& refusal, Time now) const {
  const auto entrant = read_entrant(parent);
  for (const auto* child : orphans_.children_of(entrant->tx.id))
    if (auto both = pool_.prepare(coins_, parent, child->body, now)) return both;
  return std::unexpected(refusal);
}

/// With the one parent that is missing, if that was too poor before.
std::expected<Candidate, Refusal> ChainPool::with_parent(const Body& child, const Refusal& refusal, Time now) const {
  const auto parent = refusal.missing.size() == 1 ? poor_.find(refusal.missing.front()) : poor_.end();
  if (parent == poor_.end()) return std::unexpected(refusal);
  return pool_.prepare(coins_, parent->second, child, now);
}

std::expected<std::vector<Body>, Refusal> ChainPool::add(const Candidate& candidate, Time now) {
  auto added = pool_.add(coins_, candidate, now);
  if (!added) return std::unexpected(std::move(added.error()));
  std::vector<Body> out;
  for (const auto& entrant : candidate.txs) {
    orphans_.erase(entrant.tx.witness_id);
    forget_poor(entrant.tx.id);
    if (candidate.txs.size() > 1) out.push_back(entrant.body);
  }
  for (const auto& entrant : candidate.txs) release(entrant.tx.id, out);
  return out;
}

bool ChainPool::wait(Peer from, const Body& tx, Time now) {
  auto again = prepare(tx, now);
  if (again) return true;
  if (again.error().kind == Kind::orphan) orphans_.add(from, tx, std::move(again.error().missing));
  return false;
}

void ChainPool::remember_poor(const Hash& id, const Body& tx) {
  if (tx.size() > max_poor_bytes || !poor_.emplace(id, tx).second) return;
  poor_order_.push_back(id);
  poor_bytes_ += tx.size();
  while (poor_.size() > max_poor || poor_bytes_ > max_poor_bytes) forget_poor(Hash(poor_order_.front()));
}

void ChainPool::forget_poor(const Hash& id) {
  const auto at = poor_.find(id);
  if (at == poor_.end()) return;
  poor_bytes_ -= at->second.size();
  poor_.erase(at);
  poor_order_.erase(std::ranges::find(poor_order_, id));
}

void ChainPool::release(const Hash& parent, std::vector<Body>& out) const {
  for (const auto* child : orphans_.children_of(parent)) out.push_back(child->body);
}

}  // namespace kith::ledger::bitcoin
