// Blocks made of templates, and the scripts of what is in them, as libbitcoinkernel judges them.
#include "ledger/bitcoin/template.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "crypto/hash.hpp"
#include "kernel/engine.hpp"
#include "kernel/scripts.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::kernel {
namespace {

namespace bitcoin = ledger::bitcoin;
using bitcoin::Spending;

const Buffer witness_script{0x51};

/// Whoever shows `witness_script` may spend it (BIP 141).
Buffer hashed_script() {
  Buffer out{0x00, 0x20};
  append(out, crypto::sha256(witness_script));
  return out;
}

struct Templates : testing::Test {
  std::filesystem::path directory;
  std::unique_ptr<Engine> engine;
  bitcoin::Unspent view{bitcoin::regtest()};
  bitcoin::Mempool pool;
  Rng rng = Rng::seeded(3);
  /// What may be spent, and when.
  std::vector<bitcoin::Outpoint> coins;

  Templates() {
    std::string name = testing::TempDir() + "template.XXXXXX";
    directory = ::mkdtemp(name.data());
    auto opened = Engine::open(bitcoin::regtest(), directory, Opening::as_it_is);
    EXPECT_TRUE(opened);
    engine = std::move(*opened);
  }
  Templates(const Templates&) = delete;
  Templates& operator=(const Templates&) = delete;
  ~Templates() override {
    engine.reset();
    std::filesystem::remove_all(directory);
  }

  void mine() {
    const i64 time = 1'296'688'602 + 600 * (i64{view.height()} + 1);
    const bitcoin::TemplateFacts facts{.params = &bitcoin::regtest(),
                                       .parent = view.tip(),
                                       .height = view.height() + 1,
                                       .median_time = view.median_time(view.height()),
                                       .time = time,
                                       .bits = bitcoin::regtest().limit_bits,
                                       .script = rng.one_in(2) ? bitcoin::anyones : hashed_script()};
    const auto body = bitcoin::Miner(bitcoin::regtest(), make_template(pool, facts)).mine(1000);
    ASSERT_TRUE(body);
    const auto block = *bitcoin::read_block(*body);
    const auto outcome = engine->process(bitcoin::id_of_block(*body), *body);
    ASSERT_TRUE(outcome.result) << outcome.result.error().what << " " << facts.height;
    ASSERT_FALSE(outcome.kept);
    ASSERT_TRUE(view.connect(block));
    pool.block_connected(block, {});
    ASSERT_EQ(engine->height(), view.height());
    for (const auto& tx : block.txs)
      for (u32 i = 0; i < tx.values.size(); ++i)
        if (view.find(bitcoin::outpoint(tx.id, i))) coins.push_back(bitcoin::outpoint(tx.id, i));
  }

  /// Spends a coin of either kind, of the chain or of the pool; now and then without what it takes.
  std::optional<bitcoin::Refusal> spend(bool rightly) {
    const auto at = coins[rng.below(coins.size())];
    const auto* parent = pool.find(bitcoin::tx_of(at));
    const auto coin = view.find(at);
    if (!parent && !coin) return bitcoin::Refusal{bitcoin::Refusal::Kind::orphan, {}, {}};
    const Buffer script = parent ? to_buffer(parent->tx.scripts[bitcoin::output_of(at)]) : coin->script;
    const u64 value = parent ? parent->tx.values[bitcoin::output_of(at)] : coin->value;
    if (value < 100'000) return bitcoin::refuse(bitcoin::Refusal::Kind::not_now, {}, "too little to spend on");
    Spending tx{.inputs = {at},
                .values = {value / 2, value / 2 - 1000 - rng.below(9000)},
                .script = rng.one_in(2) ? bitcoin::anyones : hashed_script()};
    if (script == hashed_script()) tx.witness = rightly ? witness_script : Buffer{0x52};
    if (script != hashed_script() && !rightly) tx.input_script = {0x6a};
    const auto candidate = pool.prepare(view, tx.body(), {});
    if (!candidate) return candidate.error();
    if (auto refusal = check_scripts(*candidate, kernel::check_scripts)) return refusal;
    if (const auto added = pool.add(view, *candidate, {}); !added) return added.error();
    const Hash id = candidate->txs[0].tx.id;
    for (u32 i = 0; i < 2; ++i) coins.push_back(bitcoin::outpoint(id, i));
    return std::nullopt;
  }
};

TEST_F(Templates, are_blocks_that_the_real_engine_accepts) {
  for (int i = 0; i < 110; ++i) ASSERT_NO_FATAL_FAILURE(mine());
  std::size_t accepted = 0;
  for (int block = 0; block < 20; ++block) {
    for (int i = 0; i < 60; ++i) accepted += spend(true) ? 0u : 1u;
    ASSERT_NO_FATAL_FAILURE(mine());
    EXPECT_EQ(pool.size(), 0u);
  }
  EXPECT_GT(accepted, 100u);
}

TEST_F(Templates, what_its_scripts_do_not_allow_gets_into_no_pool) {
  for (int i = 0; i < 110; ++i) ASSERT_NO_FATAL_FAILURE(mine());
  std::size_t refused = 0;
  for (int i = 0; i < 400; ++i)
    if (const auto refusal = spend(false); refusal && refusal->kind == bitcoin::Refusal::Kind::never) {
      EXPECT_STREQ(refusal->error.what, "script");
      ++refused;
    }
  EXPECT_GT(refused, 10u);
  EXPECT_EQ(pool.size(), 0u);
}

}  // namespace
}  // namespace kith::kernel
