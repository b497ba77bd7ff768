// The pool, one rule at a time.
#include "ledger/bitcoin/mempool.hpp"

#include <iterator>

#include <gtest/gtest.h>

#include "ledger/bitcoin/mempool_for_test.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

using Kind = Refusal::Kind;

constexpr u64 worth = 1'000'000;

struct PoolTest : testing::Test {
  LooseChain chain;
  Mempool pool;
  Time now{};
  bool changing = false;

  PoolTest() {
    for (u64 i = 0; i < 120; ++i) EXPECT_TRUE(chain.extend({}, i, worth));
  }

  /// Spends the coinbase at `height` and pays `fee`.
  Spending spending(u32 height, u64 fee = 10'000) const {
    return {.inputs = {chain.coinbase_at(height)}, .values = {worth - fee}};
  }
  static Spending child_of(const Spending& parent, u64 fee = 10'000) {
    return {.inputs = {outpoint(id_of(parent), 0)}, .values = {parent.values[0] - fee}};
  }
  static Hash id_of(const Spending& tx) { return id_of_tx(tx.encoded()); }

  std::optional<Refusal> offer(const Spending& tx) {
    auto candidate = pool.prepare(chain.view, tx.body(), now);
    if (!candidate) return candidate.error();
    auto added = pool.add(chain.view, *candidate, now);
    audit(pool, chain.view, 300'000'000);
    return added ? std::nullopt : std::optional(added.error());
  }
  /// "" if it got in.
  std::string why(const Spending& tx, Kind kind = Kind::not_now) {
    const auto refusal = offer(tx);
    if (!refusal) return "";
    EXPECT_EQ(refusal->kind, kind) << refusal->error.what;
    return refusal->error.what;
  }
  void extend(const std::vector<Spending>& txs) {
    std::vector<Buffer> all;
    std::ranges::transform(txs, std::back_inserter(all), &Spending::encoded);
    const auto block = chain.extend(all, 7, worth);
    ASSERT_TRUE(block) << block.error().what;
    pool.block_connected(*block, now);
    if (!changing) audit(pool, chain.view, 300'000'000);
  }
  void pop() {
    const auto body = chain.pop();
    pool.block_disconnected(*read_block(body));
    changing = true;
  }
  void settle() {
    pool.settle(chain.view, now);
    changing = false;
    audit(pool, chain.view, 300'000'000);
  }
};

TEST_F(PoolTest, what_no_chain_can_take_is_refused_for_ever) {
  const auto never = [&](const Spending& tx) { return why(tx, Kind::never); };
  EXPECT_EQ(never(coinbase_of(121, 0)), "coinbase");
  auto tx = spending(1);
  tx.inputs.push_back(tx.inputs[0]);
  EXPECT_EQ(never(tx), "an input twice");
  tx = spending(1);
  tx.inputs.push_back(outpoint({}, 0xffffffff));
  EXPECT_EQ(never(tx), "an input that spends nothing");
  tx = spending(1);
  tx.values = {worth + 1};
  EXPECT_EQ(never(tx), "spends more than it has");
  tx.values = {21'000'001ull * 100'000'000};
  EXPECT_EQ(never(tx), "value of outputs");
  tx = spending(1);
  tx.script.resize(1'000'000, 0x61);
  EXPECT_EQ(never(tx), "weight of a block");
  ASSERT_EQ(why(spending(1)), "");
  tx = child_of(spending(1));
  tx.inputs[0] = outpoint(id_of(spending(1)), 1);
  EXPECT_EQ(never(tx), "an output that its parent does not have");
  const auto bytes = spending(2).encoded();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = pool.prepare(chain.view, Body(to_buffer(Bytes(bytes).first(size))), now);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().kind, Kind::never);
    EXPECT_EQ(cut.error().error.fault, Fault::malformed);
  }
}

TEST_F(PoolTest, what_is_not_standard_is_refused_for_now) {
  auto tx = spending(1, 200'000);
  tx.script.resize(99'900, 0x61);
  while (parsed(tx.encoded()).weight() < max_tx_weight) tx.script.push_back(0x61);
  ASSERT_EQ(parsed(tx.encoded()).weight(), max_tx_weight);
  EXPECT_TRUE(pool.prepare(chain.view, tx.body(), now));
  tx.script.push_back(0x61);
  EXPECT_EQ(why(tx), "weight");
  tx = spending(1);
  tx.script.resize(5);
  ASSERT_EQ(parsed(tx.encoded()).stripped_size, min_tx_size);
  EXPECT_TRUE(pool.prepare(chain.view, tx.body(), now));
  tx.script.resize(4);
  EXPECT_EQ(why(tx), "too small");
  tx = spending(1, 200'000);
  tx.script = Buffer(200, 0xae);
  EXPECT_TRUE(pool.prepare(chain.view, tx.body(), now));
  tx.script.push_back(0xae);
  EXPECT_EQ(why(tx), "signature operations");
}

TEST_F(PoolTest, what_would_be_hashed_for_seconds_is_refused_for_now) {
  auto cheap = spending(1);
  cheap.script = Buffer(2'500, 0xac);
  auto dear = spending(2);
  dear.script = Buffer(2'501, 0xac);
  extend({cheap, dear});
  for (auto* parent : {&cheap, &dear}) {
    auto child = child_of(*parent, 200'000);
    child.script.resize(99'900, 0x61);
    while (parsed(child.encoded()).stripped_size < 100'000) child.script.push_back(0x61);
    ASSERT_EQ(parsed(child.encoded()).weight(), max_tx_weight);
    EXPECT_EQ(why(child), parent == &cheap ? "" : "hashing for signatures");
  }
}

TEST_F(PoolTest, a_coinbase_is_spent_a_hundred_blocks_above_it) {
  ASSERT_EQ(chain.view.height(), 120u);
  EXPECT_EQ(why(spending(22)), "spends a young coinbase");
  EXPECT_EQ(why(spending(21)), "");
}

TEST_F(PoolTest, lock_times_hold_until_the_next_block_and_the_median_time_are_past_them) {
  auto tx = spending(1);
  tx.sequence = 0xfffffffe;
  const auto locked = [&](u32 until) {
    tx.lock_time = until;
    return !pool.prepare(chain.view, tx.body(), now);
  };
  const auto median = static_cast<u32>(chain.view.median_time(120));
  EXPECT_FALSE(locked(120));
  EXPECT_TRUE(locked(121));
  EXPECT_FALSE(locked(median - 1));
  EXPECT_TRUE(locked(median));
  EXPECT_EQ(why(tx), "locked");
  tx.sequence = 0xffffffff;
  EXPECT_FALSE(locked(median));
}

TEST_F(PoolTest, sequence_numbers_lock_for_blocks_and_for_units_of_512_seconds) {
  auto tx = spending(20);
  const auto locked = [&](u32 sequence) {
    tx.sequence = sequence;
    return !pool.prepare(chain.view, tx.body(), now);
  };
  // The coin is of block 20; the next block is 121.
  EXPECT_FALSE(locked(101));
  EXPECT_TRUE(locked(102));
  EXPECT_EQ(why(tx), "locked");
  EXPECT_FALSE(locked(0x80000000u | 102)) << "no lock";
  EXPECT_FALSE(locked(0x10000 | 101)) << "bits that mean nothing";
  // From the median time of block 19 to that of block 120 there are 101 blocks of 600 seconds: 118.4 units.
  EXPECT_FALSE(locked(0x00400000 | 118));
  EXPECT_TRUE(locked(0x00400000 | 119));
  tx.version = 1;
  EXPECT_FALSE(locked(102));
  tx = child_of(spending(1));
  ASSERT_EQ(why(spending(1)), "");
  EXPECT_FALSE(locked(0));
  EXPECT_TRUE(locked(1)) << "its parent is in no block yet";
}

TEST_F(PoolTest, first_seen_wins_and_what_is_there_is_known) {
  ASSERT_EQ(why(spending(1)), "");
  EXPECT_EQ(why(spending(1), Kind::known), "in the pool");
  EXPECT_EQ(why(spending(1, 500'000)), "conflict");
  auto other_witness = spending(1);
  other_witness.witness = {1, 2};
  EXPECT_EQ(why(other_witness, Kind::known), "in the pool");
  extend({spending(1)});
  EXPECT_EQ(why(spending(1), Kind::known), "in the chain");
}

TEST_F(PoolTest, an_orphan_says_which_parents_it_misses_each_once) {
  auto tx = spending(1);
  tx.inputs.push_back(outpoint(Hash{5}, 0));
  tx.inputs.push_back(outpoint(Hash{4}, 0));
  tx.inputs.push_back(outpoint(Hash{5}, 1));
  const auto refusal = offer(tx);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, Kind::orphan);
  EXPECT_EQ(refusal->missing, (std::vector{Hash{5}, Hash{4}}));
}

TEST_F(PoolTest, transactions_are_found_by_each_of_their_names) {
  auto tx = spending(1);
  tx.witness = {1, 2, 3};
  ASSERT_EQ(why(tx), "");
  const auto names = parsed(tx.encoded());
  ASSERT_NE(names.id, names.witness_id);
  EXPECT_EQ(pool.find(names.id)->tx.witness_id, names.witness_id);
  EXPECT_EQ(pool.find_witness(names.witness_id)->tx.id, names.id);
  EXPECT_EQ(pool.find_item(take_array<20>(names.witness_id))->tx.id, names.id);
  EXPECT_EQ(pool.find_witness(names.id), nullptr);
  auto near = names.witness_id;
  near[31] ^= 1;
  EXPECT_EQ(pool.find_witness(near), nullptr);
  EXPECT_EQ(pool.spender(tx.inputs[0]), names.id);
}

TEST_F(PoolTest, a_fee_of_one_satoshi_for_each_virtual_byte_is_enough) {
  auto tx = spending(1, 66);
  ASSERT_EQ(parsed(tx.encoded()).weight(), 4 * 66u);
  EXPECT_EQ(why(tx), "");
  EXPECT_EQ(why(spending(2, 65), Kind::low_fee), "fee rate");
}

TEST_F(PoolTest, many_signature_operations_are_paid_for_as_weight) {
  auto tx = spending(1, 3999);
  tx.script = Buffer(10, 0xae);
  EXPECT_EQ(why(tx, Kind::low_fee), "fee rate");
  tx.values = {worth - 4000};
  EXPECT_EQ(why(tx), "") << "10 · 20 · 4 operations of 20 / 4 virtual bytes";
}

TEST_F(PoolTest, no_more_than_25_follow_each_other) {
  auto last = spending(1);
  ASSERT_EQ(why(last), "");
  for (int i = 1; i < 25; ++i) {
    last = child_of(last);
    ASSERT_EQ(why(last), "") << i;
  }
  EXPECT_EQ(why(child_of(last)), "too many relatives");
}

TEST_F(PoolTest, no_more_than_25_descend_from_one) {
  auto parent = spending(1);
  parent.values = std::vector<u64>(30, 30'000);
  ASSERT_EQ(why(parent), "");
  const auto child = [&](u32 i) { return Spending{.inputs = {outpoint(id_of(parent), i)}, .values = {20'000}}; };
  for (u32 i = 0; i < 24; ++i) ASSERT_EQ(why(child(i)), "") << i;
  EXPECT_EQ(why(child(24)), "too many relatives");
}

TEST_F(PoolTest, a_child_pays_for_a_parent_that_comes_with_it) {
  const auto parent = spending(1, 0);
  ASSERT_EQ(why(parent, Kind::low_fee), "fee rate");
  const auto child = child_of(parent, 131);
  EXPECT_EQ(pool.prepare(chain.view, parent.body(), child.body(), now).error().kind, Kind::low_fee);
  const auto rich = child_of(parent, 132);
  const auto candidate = pool.prepare(chain.view, parent.body(), rich.body(), now);
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->txs.size(), 2u);
  EXPECT_EQ(candidate->txs[1].spent[0].value, worth);
  ASSERT_TRUE(pool.add(chain.view, *candidate, now));
  audit(pool, chain.view, 300'000'000);
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_EQ(pool.prepare(chain.view, spending(2).body(), spending(3).body(), now).error().kind, Kind::not_now);
  auto rivals = child_of(spending(2));
  rivals.inputs.push_back(spending(2).inputs[0]);
  EXPECT_STREQ(pool.prepare(chain.view, spending(2).body(), rivals.body(), now).error().error.what, "conflict");
}

TEST_F(PoolTest, what_was_prepared_is_looked_at_again_when_it_is_added) {
  const auto candidate = pool.prepare(chain.view, spending(1).body(), now);
  const auto other = pool.prepare(chain.view, spending(1, 20'000).body(), now);
  const auto third = pool.prepare(chain.view, spending(2).body(), now);
  ASSERT_TRUE(candidate && other && third);
  ASSERT_TRUE(pool.add(chain.view, *candidate, now));
  EXPECT_STREQ(pool.add(chain.view, *other, now).error().error.what, "conflict");
  extend({spending(2, 30'000)});
  EXPECT_EQ(pool.add(chain.view, *third, now).error().kind, Kind::orphan);
}

TEST_F(PoolTest, scripts_are_checked_of_all_of_a_candidate_and_against_what_it_spends) {
  const auto parent = spending(1, 0);
  const auto child = child_of(parent);
  const auto candidate = pool.prepare(chain.view, parent.body(), child.body(), now);
  ASSERT_TRUE(candidate);
  std::vector<u64> seen;
  EXPECT_FALSE(check_scripts(*candidate, [&](Bytes, std::span<const Coin> spent) -> Result<> {
    seen.push_back(spent[0].value);
    EXPECT_EQ(spent[0].script, anyones);
    return {};
  }));
  EXPECT_EQ(seen, (std::vector<u64>{worth, worth}));
  const auto refusal = check_scripts(*candidate, [&](Bytes tx, std::span<const Coin>) -> Result<> {
    if (equal(tx, child.encoded())) return fail(Fault::bad_item, "script");
    return {};
  });
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, Kind::never);
  EXPECT_EQ(refusal->witness_id, id_of(child));
}

TEST_F(PoolTest, a_block_takes_its_transactions_and_what_conflicts_with_it_out) {
  const auto parent = spending(1);
  const auto child = child_of(parent);
  const auto rival = spending(2);
  const auto below = child_of(rival);
  for (const auto& tx : {parent, child, rival, below}) ASSERT_EQ(why(tx), "");
  extend({parent, spending(2, 99'999)});
  EXPECT_EQ(pool.size(), 1u);
  ASSERT_NE(pool.find(id_of(child)), nullptr);
  EXPECT_EQ(pool.find(id_of(child))->ancestors.count, 1u);
}

TEST_F(PoolTest, a_block_that_leaves_the_chain_gives_back_its_transactions_parents_first) {
  const auto parent = spending(1);
  const auto child = child_of(parent);
  const auto grandchild = child_of(child);
  for (const auto& tx : {parent, child}) ASSERT_EQ(why(tx), "");
  extend({parent, child});
  ASSERT_EQ(why(grandchild), "");
  pop();
  EXPECT_EQ(why(spending(3)), "the chain is changing");
  settle();
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(pool.find(id_of(grandchild))->ancestors.count, 3u);
}

TEST_F(PoolTest, what_the_new_chain_does_not_allow_goes) {
  // Young again, locked again, and a child of what conflicts with the new chain.
  ASSERT_EQ(why(spending(21)), "");
  auto locked = spending(3);
  locked.sequence = 0xfffffffe;
  locked.lock_time = 120;
  ASSERT_EQ(why(locked), "");
  const auto rival = spending(2);
  extend({rival});
  ASSERT_EQ(why(child_of(rival)), "");
  ASSERT_EQ(why(spending(4)), "");
  for (int i = 0; i < 3; ++i) pop();
  extend({spending(2, 77'777)});
  settle();
  ASSERT_EQ(pool.size(), 1u);
  EXPECT_NE(pool.find(id_of(spending(4))), nullptr);
}

TEST_F(PoolTest, transactions_expire_after_two_weeks_with_their_descendants) {
  ASSERT_EQ(why(spending(1)), "");
  now += std::chrono::hours{300};
  ASSERT_EQ(why(child_of(spending(1))), "");
  ASSERT_EQ(why(spending(2)), "");
  now += std::chrono::hours{36};
  EXPECT_TRUE(pool.expire(now).empty());
  now += std::chrono::seconds{1};
  EXPECT_EQ(pool.expire(now), (std::vector{id_of(spending(1)), id_of(child_of(spending(1)))}));
  EXPECT_EQ(pool.size(), 1u);
}

TEST_F(PoolTest, a_full_pool_lets_the_worst_paid_go_and_asks_for_more) {
  const u64 cost = pool_cost(parsed(spending(1).encoded()), 0);
  pool = Mempool({.bytes = 3 * cost, .min_rate = 1000});
  ASSERT_EQ(why(spending(1, 660)), "");
  ASSERT_EQ(why(spending(2, 1320)), "");
  ASSERT_EQ(why(spending(3, 6600)), "");
  EXPECT_EQ(pool.floor(now), 1000u);
  auto candidate = pool.prepare(chain.view, spending(4, 1980).body(), now);
  EXPECT_EQ(pool.add(chain.view, *candidate, now).value(), std::vector{id_of(spending(1, 660))});
  EXPECT_EQ(pool.floor(now), 11'000u);
  EXPECT_EQ(why(spending(5, 725), Kind::low_fee), "fee rate");
  EXPECT_EQ(why(spending(5, 1254), Kind::low_fee), "pool is full");
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(pool.floor(now), 20'000u);
  // A well-paid child saves its parent.
  EXPECT_EQ(why(child_of(spending(2, 1320), 66'000)), "");
  EXPECT_NE(pool.find(id_of(spending(2, 1320))), nullptr);
  EXPECT_EQ(pool.find(id_of(spending(4, 1980))), nullptr);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
