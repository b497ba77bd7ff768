// What blocks that join and leave the chain do to the pool.
#include <algorithm>

#include "ledger/bitcoin/mempool.hpp"

namespace kith::ledger::bitcoin {

void Mempool::block_connected(const Block& block, Time now) {
  std::vector<Hash> gone;
  for (std::size_t i = 1; i < block.txs.size(); ++i) {
    const auto& tx = block.txs[i];
    if (entries_.contains(tx.id)) confirm(tx.id);
    for (const Bytes input : tx.inputs)
      if (const auto other = spender(take_array<36>(input))) remove(*other, gone);
  }
  floor_.block(now);
  floor_.fill(bytes_, config_.bytes, now);
}

void Mempool::block_disconnected(const Block& block) {
  unsettled_ = true;
  for (std::size_t i = block.txs.size(); i-- > 1;) {
    returning_.emplace_front(to_buffer(block.txs[i].bytes));
    returning_bytes_ += returning_.front().size();
  }
  while (returning_bytes_ > max_returning) {
    returning_bytes_ -= returning_.back().size();
    returning_.pop_back();
  }
}

std::vector<Hash> Mempool::settle(const Unspent& view, Time now) {
  if (!unsettled_) return {};
  unsettled_ = false;
  std::vector<Entry> old;
  for (auto& [id, entry] : entries_) old.push_back(std::move(entry));
  std::ranges::sort(old, {}, &Entry::number);
  entries_.clear();
  by_item_.clear();
  spenders_.clear();
  ranks_.clear();
  by_age_.clear();
  bytes_ = 0;
  last_number_ = 0;
  const auto come_back = [&](Entrant entrant, Time since) {
    if (auto checked = examine(view, std::move(entrant), nullptr)) insert(std::move(*checked), since);
  };
  for (auto& body : returning_)
    if (auto entrant = read_entrant(std::move(body))) come_back(std::move(*entrant), now);
  returning_.clear();
  returning_bytes_ = 0;
  for (auto& entry : old) come_back({.body = std::move(entry.body), .tx = std::move(entry.tx)}, entry.since);
  return trim(now);
}

}  // namespace kith::ledger::bitcoin
