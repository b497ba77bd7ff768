// Templates: they pay the most, keep the limits of a block, and the blocks made of them are good.
#include "ledger/bitcoin/template.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "ledger/bitcoin/mempool_for_test.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u64 worth = 1'000'000;
constexpr u64 first_subsidy = 5'000'000'000;

struct TemplateTest : testing::Test {
  LooseChain chain;
  Mempool pool;
  Time now{};

  void grow(u32 height) {
    while (chain.view.height() < height) ASSERT_TRUE(chain.extend({}, 1, worth));
  }
  Spending spending(u32 height, u64 fee) const {
    return {.inputs = {chain.coinbase_at(height)}, .values = {worth - fee}};
  }
  static Spending child_of(const Spending& parent, u64 fee) {
    return {.inputs = {outpoint(id_of_tx(parent.encoded()), 0)}, .values = {parent.values[0] - fee}};
  }
  void add(const Spending& tx) {
    const auto candidate = pool.prepare(chain.view, tx.body(), now);
    ASSERT_TRUE(candidate) << candidate.error().error.what;
    ASSERT_TRUE(pool.add(chain.view, *candidate, now));
  }
  TemplateFacts facts() const {
    return {.params = &regtest(),
            .parent = chain.view.tip(),
            .height = chain.view.height() + 1,
            .median_time = chain.view.median_time(chain.view.height()),
            .time = 1'400'000'000 + 600 * (i64{chain.view.height()} + 1),
            .bits = regtest().limit_bits,
            .script = anyones};
  }
  BlockJob job_of(Buffer block) const {
    BlockJob job;
    job.ref.id = id_of_block(block);
    job.ref.height = chain.view.height() + 1;
    job.median_time = chain.view.median_time(chain.view.height());
    job.body = Body(std::move(block));
    return job;
  }
  /// The block of a template, looked at from every side, and joined to the chain.
  Block mine(Draft draft) {
    auto block = Miner(regtest(), std::move(draft)).mine(1000);
    EXPECT_TRUE(block);
    const auto good = check_block(regtest(), job_of(*block));
    EXPECT_TRUE(good) << good.error().what;
    const auto read = *read_block(*block);
    auto undo = chain.view.connect(read);
    EXPECT_TRUE(undo) << undo.error().what;
    chain.bodies.push_back(std::move(*block));
    chain.undos.push_back(std::move(*undo));
    pool.block_connected(read, now);
    audit(pool, chain.view, 300'000'000);
    return *read_block(chain.bodies.back());
  }
};

TEST_F(TemplateTest, of_an_empty_pool_pays_the_subsidy_and_commits_to_no_witness) {
  grow(1);
  const auto block = mine(make_template(pool, facts()));
  ASSERT_EQ(block.txs.size(), 1u);
  EXPECT_EQ(block.txs[0].values, (std::vector<u64>{first_subsidy, 0}));
  EXPECT_TRUE(equal(block.txs[0].scripts[0], anyones));
  EXPECT_TRUE(block.txs[0].has_witness);
}

TEST_F(TemplateTest, the_subsidy_halves_and_fees_come_on_top) {
  EXPECT_EQ(subsidy(mainnet(), 209'999), first_subsidy);
  EXPECT_EQ(subsidy(mainnet(), 210'000), first_subsidy / 2);
  EXPECT_EQ(subsidy(mainnet(), 6'930'000 - 1), 0u + 1);
  EXPECT_EQ(subsidy(mainnet(), 6'930'000), 0u);
  EXPECT_EQ(subsidy(mainnet(), 64 * 210'000), 0u);
  grow(160);
  add(spending(1, 700));
  add(spending(2, 800));
  const auto draft = make_template(pool, facts());
  EXPECT_EQ(draft.value, first_subsidy / 2 + 1500);
  EXPECT_EQ(mine(draft).txs.size(), 3u);
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(TemplateTest, takes_what_pays_most_first_with_what_it_needs) {
  grow(120);
  const auto poor = spending(1, 100);
  const auto rich_child = child_of(poor, 50'000);
  const auto middle = spending(2, 10'000);
  const auto last = spending(3, 200);
  for (const auto& tx : {poor, last, middle, rich_child}) add(tx);
  const auto draft = make_template(pool, facts());
  std::vector<Buffer> order;
  order.reserve(draft.txs.size());
  for (const auto& body : draft.txs) order.push_back(to_buffer(body.bytes()));
  EXPECT_EQ(order, (std::vector{poor.encoded(), rich_child.encoded(), middle.encoded(), last.encoded()}));
}

TEST_F(TemplateTest, a_child_is_worth_more_once_another_paid_for_their_parent) {
  grow(120);
  auto parent = spending(1, 100);
  parent.values = {499'950, 499'950};
  Spending rich{.inputs = {outpoint(id_of_tx(parent.encoded()), 0)}, .values = {300'000}};
  Spending second{.inputs = {outpoint(id_of_tx(parent.encoded()), 1)}, .values = {499'950 - 9000}};
  const auto other = spending(2, 8000);
  for (const auto& tx : {parent, other, second, rich}) add(tx);
  const auto draft = make_template(pool, facts());
  ASSERT_EQ(draft.txs.size(), 4u);
  EXPECT_TRUE(equal(draft.txs[2].bytes(), second.encoded()));
  EXPECT_TRUE(equal(draft.txs[3].bytes(), other.encoded()));
}

TEST_F(TemplateTest, a_child_is_worth_less_once_its_parent_is_taken) {
  grow(120);
  const auto rich = spending(1, 10'000);
  const auto poor_child = child_of(rich, 100);
  const auto middle = spending(2, 3000);
  for (const auto& tx : {rich, poor_child, middle}) add(tx);
  const auto draft = make_template(pool, facts());
  ASSERT_EQ(draft.txs.size(), 3u);
  EXPECT_TRUE(equal(draft.txs[1].bytes(), middle.encoded()));
}

TEST_F(TemplateTest, keeps_the_weight_of_a_block) {
  grow(150);
  for (u32 i = 1; i <= 14; ++i) {
    auto tx = spending(i, 500'000 + i);
    tx.script.resize(90'000 + i, 0x61);
    add(tx);
  }
  const auto draft = make_template(pool, facts());
  EXPECT_EQ(draft.txs.size(), 11u);
  EXPECT_EQ(mine(draft).txs.size(), 12u);
  EXPECT_EQ(pool.size(), 3u);
}

TEST_F(TemplateTest, keeps_the_signature_operations_of_a_block) {
  grow(150);
  for (u32 i = 1; i <= 10; ++i) {
    auto tx = spending(i, 100'000);
    tx.script = Buffer(190, 0xae);
    add(tx);
  }
  // 15,200 each; what the coinbase may cost is kept free.
  EXPECT_EQ(make_template(pool, facts()).txs.size(), 5u);
}

TEST_F(TemplateTest, commits_to_the_witnesses_that_it_takes) {
  grow(120);
  auto tx = spending(1, 10'000);
  tx.witness = {1, 2, 3};
  add(tx);
  const auto block = mine(make_template(pool, facts()));
  ASSERT_EQ(block.txs.size(), 2u);
  EXPECT_TRUE(block.txs[1].has_witness);
}

TEST_F(TemplateTest, bears_the_date_or_the_first_that_is_allowed) {
  grow(20);
  auto late = facts();
  EXPECT_EQ(make_template(pool, late).header.time, static_cast<u32>(late.time));
  late.time = late.median_time - 1000;
  EXPECT_EQ(make_template(pool, late).header.time, static_cast<u32>(late.median_time + 1));
}

TEST_F(TemplateTest, of_random_pools_are_good_blocks) {
  auto rng = Rng::seeded(5);
  grow(120);
  for (int round = 0; round < 30; ++round) {
    std::vector<Spending> made;
    for (u64 i = 1 + rng.below(20); i > 0; --i) {
      auto tx = made.empty() || rng.one_in(3) ? spending(chain.view.height() - 99 - static_cast<u32>(rng.below(20)), 1)
                                              : child_of(made[rng.below(made.size())], 1);
      if (tx.values[0] < 50'000) continue;
      tx.values[0] -= 100 + rng.below(20'000);
      if (rng.one_in(4)) tx.witness = Buffer(1 + rng.below(100), 7);
      const auto candidate = pool.prepare(chain.view, tx.body(), now);
      if (!candidate) continue;
      ASSERT_TRUE(pool.add(chain.view, *candidate, now));
      made.push_back(tx);
    }
    const auto fees = [&] {
      u64 out = 0;
      for (const auto& [id, entry] : pool.entries()) out += entry.own.fee;
      return out;
    }();
    const auto block = mine(make_template(pool, facts()));
    EXPECT_EQ(block.txs[0].values[0], subsidy(regtest(), chain.view.height()) + fees);
    EXPECT_EQ(pool.size(), 0u);
  }
}

TEST(Miner, tries_no_more_than_it_is_told_and_goes_on_where_it_stopped) {
  // A target that one of 256 hashes meets.
  Params params = regtest();
  params.limit_bits = 0x2000ffff;
  const Draft draft{.header = {.version = 4, .time = 7, .bits = 0x2000ffff}, .height = 5, .script = {0x51}, .txs = {}};
  const auto at_once = Miner(params, draft).mine(100'000);
  ASSERT_TRUE(at_once);
  Miner slow(params, draft);
  u32 calls = 0;
  std::optional<Buffer> found;
  for (; !found; ++calls) found = slow.mine(1);
  EXPECT_EQ(*found, *at_once);
  EXPECT_EQ(calls, parse_header(Bytes(*found).first(header_size))->nonce + 1);
  EXPECT_FALSE(Miner(params, draft).mine(calls - 1));
}

TEST(Miner, takes_another_tag_behind_the_last_nonce) {
  Params params = regtest();
  params.limit_bits = 0x2000ffff;
  Draft draft{.header = {.version = 4, .time = 7, .bits = 0x2000ffff}, .height = 5, .script = {0x51}, .txs = {}};
  draft.header.nonce = 0xffffffff;
  const auto block = Miner(params, draft).mine(100'000);
  ASSERT_TRUE(block);
  const auto read = *read_block(*block);
  EXPECT_EQ(read.txs[0].input_scripts[0].back(), 0);
  EXPECT_EQ(read.txs[0].input_scripts[0][pushed_height(5).size()], 1);
  EXPECT_EQ(read.header.merkle_root, read.txs[0].id);
  EXPECT_LT(read.header.nonce, 100'000u);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
