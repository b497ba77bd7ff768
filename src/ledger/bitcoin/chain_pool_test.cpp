// A pool on its chain: what waits for what, and blocks that come and go.
#include "ledger/bitcoin/chain_pool.hpp"

#include <gtest/gtest.h>

#include "ledger/bitcoin/mempool_for_test.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

using Kind = Refusal::Kind;

constexpr u64 worth = 1'000'000;
constexpr Peer somebody{7};

struct ChainPoolTest : testing::Test {
  LooseChain chain;
  ChainPool pool{{.params = &regtest()}};
  Time now{};

  ChainPoolTest() {
    for (u64 i = 0; i < 120; ++i) extend({}, i);
  }
  void extend(const std::vector<Spending>& txs, u64 salt = 900) {
    std::vector<Buffer> all;
    for (const auto& tx : txs) all.push_back(tx.encoded());
    ASSERT_TRUE(chain.extend(all, salt, worth));
    const auto done = pool.connect(Body(chain.bodies.back()), now);
    ASSERT_TRUE(done) << done.error().what;
  }
  Spending spending(u32 height, u64 fee = 10'000) const {
    return {.inputs = {chain.coinbase_at(height)}, .values = {worth - fee}};
  }
  static Hash id_of(const Spending& tx) { return id_of_tx(tx.encoded()); }
  static Spending child_of(const Spending& parent, u64 fee = 10'000) {
    return {.inputs = {outpoint(id_of(parent), 0)}, .values = {parent.values[0] - fee}};
  }
  /// What need no longer wait, or why it is refused.
  std::expected<std::vector<Body>, Refusal> offer(const Spending& tx) {
    auto candidate = pool.prepare(tx.body(), now);
    if (!candidate) return std::unexpected(candidate.error());
    auto added = pool.add(*candidate, now);
    audit(pool.pool(), pool.coins(), 300'000'000);
    return added;
  }
  bool has(const Spending& tx) const { return pool.pool().find(id_of(tx)) != nullptr; }
};

TEST_F(ChainPoolTest, an_orphan_comes_back_when_its_parent_is_there) {
  const auto parent = spending(1);
  const auto child = child_of(parent);
  ASSERT_EQ(offer(child).error().kind, Kind::orphan);
  EXPECT_FALSE(pool.wait(somebody, child.body(), now));
  EXPECT_EQ(pool.orphans().size(), 1u);
  const auto ready = offer(parent);
  ASSERT_TRUE(ready);
  ASSERT_EQ(ready->size(), 1u);
  EXPECT_TRUE(equal(ready->front().bytes(), child.encoded()));
  ASSERT_TRUE(offer(child));
  EXPECT_TRUE(has(child));
  EXPECT_EQ(pool.orphans().size(), 0u);
}

TEST_F(ChainPoolTest, an_orphan_comes_back_when_a_block_brings_its_parent) {
  const auto parent = spending(1);
  const auto child = child_of(parent);
  pool.wait(somebody, child.body(), now);
  extend({parent});
  const auto ready = pool.settle(now);
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_TRUE(equal(ready.front().bytes(), child.encoded()));
  EXPECT_TRUE(pool.settle(now).empty());
}

TEST_F(ChainPoolTest, what_is_no_orphan_any_more_need_not_wait) {
  const auto parent = spending(1);
  ASSERT_TRUE(offer(parent));
  EXPECT_TRUE(pool.wait(somebody, child_of(parent).body(), now));
  EXPECT_EQ(pool.orphans().size(), 0u);
}

TEST_F(ChainPoolTest, what_somebody_sent_waits_no_longer_than_he_is_here) {
  pool.wait(somebody, child_of(spending(1)).body(), now);
  pool.forget(somebody);
  EXPECT_EQ(pool.orphans().size(), 0u);
}

TEST_F(ChainPoolTest, a_child_pays_for_the_parent_that_came_before_it) {
  const auto parent = spending(1, 10);
  const auto child = child_of(parent, 50'000);
  ASSERT_EQ(offer(parent).error().kind, Kind::low_fee);
  EXPECT_EQ(pool.poor(), 1u);
  const auto ready = offer(child);
  ASSERT_TRUE(ready) << ready.error().error.what;
  EXPECT_TRUE(has(parent) && has(child));
  EXPECT_EQ(pool.poor(), 0u);
  // Both have to be spread.
  EXPECT_EQ(ready->size(), 2u);
}

TEST_F(ChainPoolTest, a_child_pays_for_the_parent_that_comes_behind_it) {
  const auto parent = spending(1, 10);
  const auto child = child_of(parent, 50'000);
  ASSERT_EQ(offer(child).error().kind, Kind::orphan);
  pool.wait(somebody, child.body(), now);
  ASSERT_TRUE(offer(parent));
  EXPECT_TRUE(has(parent) && has(child));
  EXPECT_EQ(pool.orphans().size(), 0u);
}

TEST_F(ChainPoolTest, a_poor_child_does_not_pay_for_its_parent) {
  const auto parent = spending(1, 10);
  ASSERT_EQ(offer(parent).error().kind, Kind::low_fee);
  const auto refused = offer(child_of(parent, 50));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::low_fee);
  EXPECT_EQ(pool.pool().size(), 0u);
}

TEST_F(ChainPoolTest, remembers_only_so_many_that_pay_too_little) {
  for (u32 height = 1; height <= 20; ++height)
    for (u64 fee = 0; fee < 10; ++fee) EXPECT_EQ(offer(spending(height, fee)).error().kind, Kind::low_fee);
  EXPECT_EQ(pool.poor(), max_poor);
}

TEST_F(ChainPoolTest, blocks_that_are_taken_back_give_their_transactions_back) {
  const auto tx = spending(1);
  ASSERT_TRUE(offer(tx));
  extend({tx});
  pool.settle(now);
  EXPECT_FALSE(has(tx));
  const Hash tip = pool.coins().tip();
  ASSERT_TRUE(pool.disconnect(tip));
  pool.settle(now);
  EXPECT_TRUE(has(tx));
  EXPECT_EQ(pool.coins().height(), 120u);
  const auto again = pool.disconnect(tip);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::unconnected);
}

TEST_F(ChainPoolTest, takes_back_only_what_it_has_room_to_remember) {
  ChainPool small({.params = &regtest(), .undo_bytes = 600});
  for (const auto& body : chain.bodies) ASSERT_TRUE(small.connect(Body(body), now));
  u32 taken_back = 0;
  while (small.disconnect(small.coins().tip())) ++taken_back;
  EXPECT_GT(taken_back, 1u);
  EXPECT_LT(taken_back, 10u);
}

TEST_F(ChainPoolTest, takes_no_more_coins_than_there_is_room_for) {
  ChainPool small({.params = &regtest(), .coin_bytes = 40 * coin_cost});
  u32 taken = 0;
  Result<> last;
  for (const auto& body : chain.bodies) {
    last = small.connect(Body(body), now);
    if (!last) break;
    ++taken;
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().fault, Fault::oversize);
  EXPECT_GT(taken, 10u);
  EXPECT_LT(taken, 60u);
}

TEST_F(ChainPoolTest, stands_where_the_coins_do_that_it_is_given) {
  auto restored = Unspent::restore(pool.coins().save(), pool.coins().tip());
  ASSERT_TRUE(restored);
  std::vector<std::pair<Body, Undo>> past;
  const auto undos = pool.undos();
  for (std::size_t i = undos.size() - 2; i < undos.size(); ++i) past.emplace_back(Body(chain.bodies[i]), undos[i]);
  ChainPool other({.params = &regtest()}, std::move(*restored), std::move(past));
  EXPECT_EQ(other.coins().tip(), pool.coins().tip());
  ASSERT_TRUE(other.prepare(spending(1).body(), now));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(other.disconnect(other.coins().tip()));
  EXPECT_FALSE(other.disconnect(other.coins().tip()));
}

}  // namespace
}  // namespace kith::ledger::bitcoin
