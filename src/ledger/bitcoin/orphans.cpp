// Keeping orphans within their limits.
#include "ledger/bitcoin/orphans.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::ledger::bitcoin {

bool Orphans::add(Peer peer, Body body, std::vector<Hash> missing) {
  Reader in(body.bytes());
  const auto tx = read_tx(in);
  if (!in.complete() || missing.empty() || tx.weight() > orphan_weight) return false;
  auto at = orphans_.find(tx.witness_id);
  if (at == orphans_.end()) {
    Orphan made{std::move(body), tx.id, tx.witness_id, tx.weight(), std::move(missing), {}, {}, ++last_number_};
    for (const Bytes input : tx.inputs) made.inputs.push_back(take_array<36>(input));
    for (const auto& parent : made.missing) by_parent_.emplace(std::pair{parent, made.number}, made.witness_id);
    for (const auto& input : made.inputs) by_input_.emplace(std::pair{input, made.number}, made.witness_id);
    at = orphans_.emplace(tx.witness_id, std::move(made)).first;
  }
  auto& orphan = at->second;
  if (orphan.peers.insert(peer).second) {
    auto& share = shares_[peer];
    share.weight += orphan.weight;
    share.sent.emplace(orphan.number, orphan.witness_id);
    while (weight_of(peer) > orphan_weight) give_up(peer, shares_.at(peer).sent.begin()->first);
  }
  while (orphans_.size() > max_orphans) {
    const Peer most = greediest();
    give_up(most, shares_.at(most).sent.begin()->first);
  }
  return orphans_.contains(tx.witness_id);
}

/// Who sent the most of them; of two alike the one with more weight, then the one that came later.
Peer Orphans::greediest() const {
  check(!shares_.empty(), "orphans that nobody sent");
  const auto most = std::ranges::max_element(shares_, {}, [](const auto& each) {
    return std::tuple(each.second.sent.size(), each.second.weight, each.first);
  });
  return most->first;
}

/// `peer` has no part in it any more.
void Orphans::give_up(Peer peer, u64 number) {
  auto& share = shares_.at(peer);
  const Hash id = share.sent.at(number);
  auto& orphan = orphans_.at(id);
  share.weight -= orphan.weight;
  share.sent.erase(number);
  if (share.sent.empty()) shares_.erase(peer);
  orphan.peers.erase(peer);
  if (!orphan.peers.empty()) return;
  for (const auto& parent : orphan.missing) by_parent_.erase({parent, number});
  for (const auto& input : orphan.inputs) by_input_.erase({input, number});
  orphans_.erase(id);
}

std::vector<const Orphans::Orphan*> Orphans::children_of(const Hash& parent) const {
  std::vector<const Orphan*> out;
  for (auto at = by_parent_.lower_bound({parent, 0}); at != by_parent_.end() && at->first.first == parent; ++at)
    out.push_back(&orphans_.at(at->second));
  return out;
}

const Orphans::Orphan* Orphans::find(const Hash& witness_id) const {
  const auto at = orphans_.find(witness_id);
  return at == orphans_.end() ? nullptr : &at->second;
}

void Orphans::erase(const Hash& witness_id) {
  const auto* orphan = find(witness_id);
  if (!orphan) return;
  const u64 number = orphan->number;
  for (const Peer peer : std::set(orphan->peers)) give_up(peer, number);
}

void Orphans::forget(Peer peer) {
  while (shares_.contains(peer)) give_up(peer, shares_.at(peer).sent.begin()->first);
}

void Orphans::block_connected(const Block& block) {
  std::set<Hash> leaving;
  for (std::size_t i = 1; i < block.txs.size(); ++i)
    for (const Bytes input : block.txs[i].inputs) {
      const auto at = take_array<36>(input);
      for (auto next = by_input_.lower_bound({at, 0}); next != by_input_.end() && next->first.first == at; ++next)
        leaving.insert(next->second);
    }
  for (const auto& id : leaving) erase(id);
}

std::size_t Orphans::weight_of(Peer peer) const {
  const auto at = shares_.find(peer);
  return at == shares_.end() ? 0 : at->second.weight;
}

}  // namespace kith::ledger::bitcoin
