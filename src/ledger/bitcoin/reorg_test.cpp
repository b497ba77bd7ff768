// Chains that change: behind it, coins and pool are as if the last chain alone had been seen.
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "ledger/bitcoin/mempool_for_test.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u64 worth = 1'000'000;
constexpr u64 room = 300'000'000;

struct Node {
  LooseChain chain{};
  Mempool pool{};
  Time now{};

  void extend(const std::vector<Buffer>& txs, u64 salt) {
    const auto block = chain.extend(txs, salt, worth);
    ASSERT_TRUE(block) << block.error().what;
    pool.block_connected(*block, now);
  }
  void pop() {
    const auto body = chain.pop();
    pool.block_disconnected(*read_block(body));
  }
  bool offer(const Buffer& tx) {
    const auto candidate = pool.prepare(chain.view, Body(tx), now);
    return candidate && pool.add(chain.view, *candidate, now);
  }
};

/// Each spends an old coin or an output of one before it, and none conflicts with another.
std::vector<Buffer> some_txs(Rng& rng, const LooseChain& chain, std::size_t count) {
  std::vector<Buffer> out;
  std::vector<std::pair<Outpoint, u64>> open;
  for (u32 height = 1; height <= 20; ++height) open.emplace_back(chain.coinbase_at(height), worth);
  while (out.size() < count) {
    Spending tx{.values = {}};
    u64 value = 0;
    for (u64 i = 1 + rng.below(2); i > 0; --i) {
      const auto at = open.begin() + static_cast<std::ptrdiff_t>(rng.below(open.size()));
      tx.inputs.push_back(at->first);
      value += at->second;
      open.erase(at);
    }
    value -= 1000 + rng.below(1000);
    tx.values = {value / 2, value - value / 2};
    out.push_back(tx.encoded());
    for (u32 i = 0; i < 2; ++i) open.emplace_back(outpoint(id_of_tx(out.back()), i), tx.values[i]);
  }
  return out;
}

/// Part of what the pool has, parents first.
std::vector<Buffer> some_of(Rng& rng, const Mempool& pool) {
  std::set<Hash> ids;
  for (const auto& [id, entry] : pool.entries())
    if (rng.one_in(3)) {
      ids.insert(id);
      ids.merge(pool.ancestors(id));
    }
  std::vector<const Mempool::Entry*> chosen;
  chosen.reserve(ids.size());
  for (const auto& id : ids) chosen.push_back(pool.find(id));
  std::ranges::sort(chosen, {}, &Mempool::Entry::number);
  std::vector<Buffer> out;
  out.reserve(chosen.size());
  for (const auto* entry : chosen) out.push_back(to_buffer(entry->body.bytes()));
  return out;
}

TEST(Reorganisation, of_any_depth_leaves_coins_and_pool_as_if_the_last_chain_alone_had_been_seen) {
  for (u64 seed = 0; seed < 20; ++seed) {
    auto rng = Rng::seeded(seed);
    Node changed;
    for (u64 i = 0; i < 120; ++i) changed.extend({}, i);
    Node straight = changed;
    // So few that no limit on relatives is reached either way.
    const auto txs = some_txs(rng, changed.chain, 24);
    for (const auto& tx : txs) ASSERT_TRUE(straight.offer(tx));

    const u64 depth = 1 + rng.below(12);
    std::size_t next = 0;
    for (u64 i = 0; i < depth; ++i) {
      for (; next < txs.size() * (i + 1) / depth; ++next) ASSERT_TRUE(changed.offer(txs[next]));
      changed.extend(some_of(rng, changed.pool), 1000 + i);
    }
    for (u64 i = 0; i < depth; ++i) changed.pop();
    for (u64 i = 0; i <= depth; ++i) {
      const auto block = some_of(rng, straight.pool);
      straight.extend(block, 2000 + i);
      changed.extend(block, 2000 + i);
    }
    changed.pool.settle(changed.chain.view, changed.now);

    audit(changed.pool, changed.chain.view, room);
    EXPECT_EQ(changed.chain.view.digest(), straight.chain.view.digest());
    EXPECT_EQ(changed.chain.view.bytes(), straight.chain.view.bytes());
    EXPECT_EQ(changed.chain.view.save(), straight.chain.view.save());
    ASSERT_EQ(changed.pool.size(), straight.pool.size()) << seed;
    EXPECT_EQ(changed.pool.bytes(), straight.pool.bytes());
    for (const auto& [id, entry] : straight.pool.entries()) {
      const auto* other = changed.pool.find(id);
      ASSERT_NE(other, nullptr);
      EXPECT_EQ(other->ancestors, entry.ancestors);
      EXPECT_EQ(other->descendants, entry.descendants);
    }
  }
}

TEST(Reorganisation, what_waits_to_come_back_is_bounded_and_the_last_of_the_chain_go_first) {
  Node node;
  for (u64 i = 0; i < 330; ++i) node.extend({}, i);
  std::vector<Hash> ids;
  for (u32 block = 0; block < 6; ++block) {
    std::vector<Buffer> txs;
    for (u32 i = 0; i < 37; ++i) {
      Spending tx{.inputs = {node.chain.coinbase_at(1 + 37 * block + i)}, .values = {worth / 2}};
      tx.script.resize(99'000, 0x61);
      txs.push_back(tx.encoded());
      ids.push_back(id_of_tx(txs.back()));
    }
    node.extend(txs, 1000 + block);
  }
  for (int i = 0; i < 6; ++i) node.pop();
  node.pool.settle(node.chain.view, node.now);
  EXPECT_EQ(node.pool.size(), max_returning / 99'065);
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(node.pool.find(ids[i]) != nullptr, i < node.pool.size()) << i;
}

}  // namespace
}  // namespace kith::ledger::bitcoin
