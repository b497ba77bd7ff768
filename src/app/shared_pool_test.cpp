// A node's pool beside its chain: mining, transactions, restarts, chains that change.
#ifdef KITH_KERNEL
#include "app/shared_pool.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "app/node.hpp"
#include "app/scratch_test.hpp"
#include "app/validation.hpp"
#include "ledger/bitcoin/wallet.hpp"
#include "ledger/branch_for_test.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;

/// Everything that is waited for happens within this, or the test fails.
constexpr auto deadline = std::chrono::seconds(60);

Settings regtest_at(const Scratch& scratch) {
  Settings out;
  out.chain = ChainName::regtest;
  out.data_dir = scratch.path();
  out.mempool = 10;
  return out;
}

/// A node that runs on a thread of its own.
struct Running {
  std::unique_ptr<Node> node;
  std::jthread thread;
  std::stop_source never;

  explicit Running(const Settings& settings) {
    NodeConfig config;
    config.directory = settings.data_dir;
    auto ledger = ledger_of(settings);
    EXPECT_TRUE(ledger);
    config.ledger = std::move(*ledger);
    config.pool = pool_of(settings);
    auto opened = Node::open(std::move(config));
    EXPECT_TRUE(opened);
    node = std::move(*opened);
    thread = std::jthread([this] { node->run(); });
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    node->stop();
    thread.join();
  }

  SharedPool& pool() const { return *node->pool(); }
  void mine(u64 blocks, const Buffer& script) {
    for (u64 i = 0; i < blocks; ++i) {
      const Hash tip = pool().figures().tip;
      ASSERT_TRUE(node->mining()->begin(1, script));
      ASSERT_TRUE(pool().await_move(tip, deadline, never.get_token()));
    }
  }
  /// What the coinbase at `height` pays, which is at `height` of this chain.
  std::pair<bitcoin::Outpoint, u64> coinbase(const Hash& id) const {
    const auto block = bitcoin::read_block(node->block(id)->bytes());
    return {bitcoin::outpoint(block->txs[0].id, 0), block->txs[0].values[0]};
  }
};

struct SharedPoolTest : testing::Test {
  Scratch scratch;
  bitcoin::Wallet wallet{crypto::Secret<32>([] {
    std::array<u8, 32> bytes{};
    bytes.fill(5);
    return bytes;
  }())};

  /// Two blocks on the block below the tip.
  static void branch_off(Running& running) {
    const auto figures = running.pool().figures();
    const auto header = bitcoin::parse_header(running.node->block(figures.tip)->bytes().first(bitcoin::header_size));
    Hash parent = header->parent;
    for (u32 i = 0; i < 2; ++i) {
      const auto block = bitcoin::make_block(bitcoin::regtest(), parent, figures.height + i, header->time + 1 + i, 77);
      parent = bitcoin::id_of(Bytes(block).first(bitcoin::header_size));
      ASSERT_TRUE(running.node->publish_block(Body(block)));
    }
    ASSERT_EQ(running.pool().await_move(figures.tip, deadline, running.never.get_token()), parent);
  }
  /// A chain of 101 blocks, the first of which pays the wallet.
  void make_coin(Running& running) {
    running.mine(1, wallet.script());
    const auto [at, value] = running.coinbase(running.pool().figures().tip);
    wallet.take(at, value);
    running.mine(100, {0x51});
  }
};

TEST_F(SharedPoolTest, takes_a_signed_transaction_and_the_next_block_does_too) {
  Running running(regtest_at(scratch));
  make_coin(running);
  const auto tx = wallet.pay(1000);
  ASSERT_TRUE(tx);
  const auto taken = running.pool().take(*tx);
  ASSERT_TRUE(taken) << taken.error().what;
  Reader in(*tx);
  const Hash id = bitcoin::read_tx(in).id;
  EXPECT_EQ(running.pool().figures().ids, std::vector{id});
  EXPECT_TRUE(running.pool().find(id));
  EXPECT_EQ(running.pool().judge(*tx), Verdict::accept) << "what is there is good";
  running.mine(1, {0x51});
  EXPECT_TRUE(running.pool().figures().ids.empty());
  EXPECT_EQ(running.pool().judge(*tx), Verdict::ignore) << "it is in the chain";
}

TEST_F(SharedPoolTest, rejects_a_wrong_signature_and_names_what_an_orphan_needs) {
  Running running(regtest_at(scratch));
  make_coin(running);
  auto forged = *wallet.pay(1000);
  forged[60] ^= 1;
  const auto child = wallet.pay(1000);
  Reader in(forged);
  ASSERT_EQ(bitcoin::read_tx(in).inputs.size(), 1u);
  EXPECT_EQ(running.pool().judge(forged), Verdict::reject);
  EXPECT_EQ(running.pool().judge(*child), Verdict::ignore);
  Reader of_child(*child);
  EXPECT_EQ(running.pool().needs(*child), std::vector{take_array<32>(bitcoin::read_tx(of_child).inputs[0])});
  EXPECT_TRUE(running.pool().needs(forged).empty());
  EXPECT_TRUE(running.pool().figures().ids.empty());
}

TEST_F(SharedPoolTest, makes_no_more_blocks_than_it_may_and_pays_no_endless_script) {
  Running running(regtest_at(scratch));
  auto& mining = *running.node->mining();
  for (const u64 blocks : {u64{0}, max_mined + 1})
    EXPECT_EQ(mining.begin(blocks, {0x51}).error().fault, Fault::oversize) << blocks;
  EXPECT_EQ(mining.begin(1, Buffer(501)).error().fault, Fault::oversize);
  EXPECT_FALSE(mining.state(1));
  EXPECT_FALSE(is_easy(bitcoin::mainnet()));
  EXPECT_TRUE(is_easy(bitcoin::simnet()));
}

TEST_F(SharedPoolTest, comes_back_with_the_same_coins_after_a_clean_stop_and_after_a_crash) {
  std::pair<Hash, std::size_t> before;
  {
    Running running(regtest_at(scratch));
    running.mine(12, wallet.script());
    before = running.pool().coins();
    EXPECT_EQ(before.second, 12u);
  }
  EXPECT_FALSE(scratch.read(coins_file).empty());
  {
    const Running running(regtest_at(scratch));
    EXPECT_EQ(running.pool().coins(), before) << "from the file, at once";
  }
  std::filesystem::remove(scratch / coins_file);
  const Running running(regtest_at(scratch));
  if (running.pool().figures().height < 12)
    while (running.pool().await_move(running.pool().figures().tip, deadline, running.never.get_token()))
      if (running.pool().figures().height == 12) break;
  EXPECT_EQ(running.pool().coins(), before) << "from the chain";
}

TEST_F(SharedPoolTest, takes_blocks_of_an_earlier_run_back) {
  const auto settings = regtest_at(scratch);
  {
    Running running(settings);
    make_coin(running);
    ASSERT_TRUE(running.pool().take(*wallet.pay(1000)));
    running.mine(1, {0x51});
    ASSERT_TRUE(running.pool().figures().ids.empty());
  }
  Running running(settings);
  branch_off(running);
  EXPECT_EQ(running.pool().figures().ids.size(), 1u);
}

TEST_F(SharedPoolTest, follows_the_chain_to_another_branch_and_keeps_what_the_first_held) {
  Running running(regtest_at(scratch));
  make_coin(running);
  const auto tx = *wallet.pay(1000);
  ASSERT_TRUE(running.pool().take(tx));
  running.mine(1, {0x51});
  ASSERT_TRUE(running.pool().figures().ids.empty());
  branch_off(running);
  EXPECT_EQ(running.pool().figures().ids.size(), 1u) << "its transaction waits for a block again";
  running.mine(1, {0x51});
  EXPECT_TRUE(running.pool().figures().ids.empty());
}

TEST_F(SharedPoolTest, judges_nothing_any_more_when_there_is_no_memory_for_the_coins) {
  auto settings = regtest_at(scratch);
  NodeConfig config;
  config.directory = settings.data_dir;
  config.ledger = std::move(*ledger_of(settings));
  config.pool = pool_of(settings);
  config.pool->pool.coin_bytes = 1000;
  std::mutex mutex;
  std::condition_variable told;
  std::vector<std::string> notes;
  config.on_note = [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    notes.push_back(text);
    told.notify_all();
  };
  auto node = std::move(*Node::open(std::move(config)));
  std::jthread thread([&] { node->run(); });
  ASSERT_TRUE(node->mining()->begin(20, {0x51}));
  std::unique_lock lock(mutex);
  EXPECT_TRUE(told.wait_for(lock, deadline, [&] { return !notes.empty(); }));
  lock.unlock();
  EXPECT_NE(notes.at(0).find("more coins than there is memory for"), std::string::npos) << notes.at(0);
  node->stop();
}

TEST(PoolOf, there_is_one_only_where_transactions_can_be_judged) {
  const Scratch scratch;
  auto settings = regtest_at(scratch);
  EXPECT_TRUE(pool_of(settings));
  settings.mempool = 0;
  EXPECT_FALSE(pool_of(settings));
  settings.mempool = 10;
  settings.anchor = ledger::Anchor{};
  EXPECT_FALSE(pool_of(settings));
  settings.anchor.reset();
  settings.coins = "coins.txt";
  EXPECT_FALSE(pool_of(settings));
  settings.coins.clear();
  settings.chain = ChainName::none;
  EXPECT_FALSE(pool_of(settings));
}

}  // namespace
}  // namespace kith::app
#endif
