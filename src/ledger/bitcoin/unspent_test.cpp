// The set of unspent outputs beside a naive twin, over real blocks, and through its files.
#include "ledger/bitcoin/unspent.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "crypto/hash.hpp"
#include "crypto/sealed.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

Buffer read_data(const std::string& name) {
  std::ifstream in(KITH_SOURCE_DIR "/data/" + name, std::ios::binary);
  return Buffer(std::istreambuf_iterator<char>(in), {});
}

/// The rules again, with lists that are searched and states that are copied.
struct Naive {
  using Coins = std::vector<std::pair<Outpoint, Coin>>;
  std::vector<Coins> states{{}};

  const Coins& now() const { return states.back(); }
  static Coins::iterator find(Coins& coins, Bytes at) {
    return std::ranges::find_if(coins, [&](const auto& each) { return equal(each.first, at); });
  }

  bool connect(const Block& block) {
    Coins next = now();
    const auto height = static_cast<u32>(states.size());
    for (const auto& tx : block.txs) {
      for (const Bytes input : tx.inputs) {
        if (tx.is_coinbase()) continue;
        const auto at = find(next, input);
        if (at == next.end()) return false;
        next.erase(at);
      }
      for (u32 i = 0; i < tx.values.size(); ++i) {
        const Bytes script = tx.scripts[i];
        const auto at = outpoint(tx.id, i);
        const auto there = find(next, at);
        if (there != next.end()) {
          if (!tx.is_coinbase()) return false;
          next.erase(there);
        }
        if (script.size() > 10'000 || (!script.empty() && script[0] == 0x6a)) continue;
        next.push_back({at, {tx.values[i], to_buffer(script), height, tx.is_coinbase()}});
      }
    }
    states.push_back(std::move(next));
    return true;
  }

  Hash digest() const {
    auto sorted = now();
    std::ranges::sort(sorted, [](const auto& a, const auto& b) {
      return std::pair(tx_of(a.first), output_of(a.first)) < std::pair(tx_of(b.first), output_of(b.first));
    });
    Buffer all;
    for (const auto& [at, coin] : sorted) {
      Writer(all).bytes(at).u32le(2 * coin.height + (coin.coinbase ? 1 : 0)).u64le(coin.value);
      codec::write_compact(all, coin.script.size());
      append(all, coin.script);
    }
    return crypto::sha256d(all);
  }
};

/// Blocks that mostly hold, sometimes spend what is not there, and now and then repeat a coinbase.
struct Lockstep {
  Rng rng;
  Unspent view{regtest()};
  Naive twin;
  std::vector<Buffer> bodies;
  std::vector<Undo> undos;
  std::size_t refused = 0;
  std::size_t replaced = 0;

  explicit Lockstep(u64 seed) : rng(Rng::seeded(seed)) {}

  Buffer some_script() {
    if (rng.one_in(8)) return {0x6a, 1, 2};
    if (rng.one_in(400)) return Buffer(10'000 + rng.below(2), 0x51);
    return Buffer(rng.below(40), static_cast<u8>(0x50 + rng.below(16)));
  }

  Buffer next_block() {
    const auto height = static_cast<u32>(bodies.size() + 1);
    // A few coinbases have no height of their own, so that they come again.
    std::vector<Buffer> txs{rng.one_in(6) ? coinbase_of(1, rng.below(3)).encoded()
                                          : coinbase_of(height, rng()).encoded()};
    std::vector<Outpoint> open;
    for (const auto& [at, coin] : twin.now()) open.push_back(at);
    for (u64 i = rng.below(5); i > 0; --i) {
      Spending tx{.inputs = {}, .values = std::vector<u64>(1 + rng.below(4), rng.below(1000)), .script = some_script()};
      for (u64 k = 1 + rng.below(3); k > 0 && !open.empty(); --k) {
        const auto pick = rng.below(open.size());
        tx.inputs.push_back(open[pick]);
        // What stays in the list may be spent twice.
        if (!rng.one_in(25)) open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
      }
      if (rng.one_in(40)) tx.inputs.push_back(outpoint(Hash{9}, 1));
      if (tx.inputs.empty()) continue;
      txs.push_back(tx.encoded());
      const Hash id = id_of_tx(txs.back());
      for (u32 k = 0; k < tx.values.size(); ++k)
        if (!is_unspendable(tx.script)) open.push_back(outpoint(id, k));
    }
    return unproven_block(view.tip(), height, txs);
  }

  void connect() {
    const auto body = next_block();
    const auto block = *read_block(body);
    const auto before = view.digest();
    auto undo = view.connect(block);
    ASSERT_EQ(undo.has_value(), twin.connect(block));
    if (!undo) {
      EXPECT_EQ(undo.error().fault, Fault::bad_block);
      EXPECT_EQ(view.digest(), before);
      ++refused;
      return;
    }
    replaced += undo->replaced.size();
    const auto again = parse_undo(encode(*undo));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *undo);
    bodies.push_back(body);
    undos.push_back(*again);
  }

  void disconnect() {
    if (bodies.empty()) return;
    ASSERT_TRUE(view.disconnect(*read_block(bodies.back()), undos.back()));
    bodies.pop_back();
    undos.pop_back();
    twin.states.pop_back();
  }

  void compare() const {
    ASSERT_EQ(view.height(), bodies.size());
    ASSERT_EQ(view.size(), twin.now().size());
    ASSERT_EQ(view.digest(), twin.digest());
    std::size_t scripts = 0;
    for (const auto& [at, coin] : twin.now()) {
      scripts += coin.script.size();
      ASSERT_EQ(view.find(at), coin);
    }
    ASSERT_EQ(view.bytes(), scripts + view.size() * coin_cost + 4 * (bodies.size() + 1));
  }
};

TEST(Unspent, is_what_its_naive_twin_is_through_thousands_of_blocks_that_come_and_go) {
  std::size_t refused = 0;
  std::size_t replaced = 0;
  for (u64 seed = 0; seed < 8; ++seed) {
    Lockstep test(seed);
    for (int step = 0; step < 250; ++step) {
      if (test.rng.one_in(20))
        for (u64 depth = test.rng.below(12); depth > 0; --depth) test.disconnect();
      else
        test.connect();
      ASSERT_NO_FATAL_FAILURE(test.compare()) << seed << " " << step;
    }
    refused += test.refused;
    replaced += test.replaced;
  }
  EXPECT_GT(refused, 100u);
  EXPECT_GT(replaced, 10u);
}

TEST(Unspent, of_the_first_14131_blocks_has_the_digest_that_others_compute_and_goes_all_the_way_back) {
  const auto file = read_data("mainnet-blocks-0-14131.blk");
  std::vector<Bytes> blocks;
  Reader in(file);
  while (in.left() > 0) {
    in.u32le();
    blocks.push_back(in.take(in.u32le()));
  }
  ASSERT_EQ(blocks.size(), 14'132u);
  Unspent view(mainnet());
  std::vector<Undo> undos;
  std::map<std::size_t, Hash> digests;
  for (std::size_t height = 1; height < blocks.size(); ++height) {
    auto undo = view.connect(*read_block(blocks[height]));
    ASSERT_TRUE(undo) << height << " " << undo.error().what;
    undos.push_back(std::move(*undo));
    if (height % 1000 == 0) digests[height] = view.digest();
  }
  EXPECT_EQ(to_display(view.digest()), "74c5a654587d4eaac9248b73889453e0b2fbc918bbc7bb8d8e6301d4d8c98db3");
  EXPECT_EQ(view.size(), 13'416u);
  EXPECT_EQ(view.median_time(14'131), 1'242'107'781);
  for (std::size_t height = blocks.size() - 1; height > 0; --height) {
    if (digests.contains(height)) {
      EXPECT_EQ(view.digest(), digests[height]) << height;
    }
    ASSERT_TRUE(view.disconnect(*read_block(blocks[height]), std::move(undos[height - 1])));
  }
  EXPECT_EQ(view.size(), 0u);
  EXPECT_EQ(view.digest(), Unspent(mainnet()).digest());
  EXPECT_EQ(view.bytes(), Unspent(mainnet()).bytes());
}

TEST(Unspent, a_block_of_20817_inputs_is_undone_exactly) {
  const auto bytes = read_data("mainnet-block-367891.raw");
  const auto block = *read_block(bytes);
  std::map<Outpoint, Coin, OutpointOrder> coins;
  std::set<Hash> made;
  for (const auto& tx : block.txs) made.insert(tx.id);
  for (std::size_t i = 1; i < block.txs.size(); ++i)
    for (const Bytes input : block.txs[i].inputs) {
      const auto at = take_array<36>(input);
      if (!made.contains(tx_of(at))) coins[at] = {coins.size(), {0x51, input[0]}, 1, false};
    }
  Buffer file;
  Writer write(file);
  write.bytes(as_bytes("kithutx1")).bytes(block.header.parent).u32le(1).u32le(5).u32le(6);
  for (const auto& [at, coin] : coins)
    write.bytes(at).u32le(2).u64le(coin.value).byte(static_cast<u8>(coin.script.size())).bytes(coin.script);
  crypto::seal(file);
  auto view = Unspent::restore(file, block.header.parent);
  ASSERT_TRUE(view) << view.error().what;
  const auto before = view->digest();
  auto undo = view->connect(block);
  ASSERT_TRUE(undo) << undo.error().what;
  ASSERT_EQ(undo->spent.size(), 20'817u);
  EXPECT_NE(view->digest(), before);
  ASSERT_TRUE(view->disconnect(block, std::move(*undo)));
  EXPECT_EQ(view->digest(), before);
  EXPECT_EQ(view->save(), file);
}

struct Small : testing::Test {
  Unspent view{regtest()};
  Buffer first = unproven_block(view.tip(), 7, std::vector<Buffer>{coinbase_of(1, 1).encoded()});
  Undo undo = *view.connect(*read_block(first));
};

TEST_F(Small, only_the_block_above_the_tip_joins_and_only_the_tip_leaves_by_its_own_undo) {
  const auto other = unproven_block(Hash{5}, 7, std::vector<Buffer>{coinbase_of(2, 1).encoded()});
  EXPECT_EQ(view.connect(*read_block(other)).error().fault, Fault::unconnected);
  const auto bare = unproven_block(view.tip(), 7, std::vector<Buffer>{Spending{.inputs = {Outpoint{1}}}.encoded()});
  EXPECT_EQ(view.connect(*read_block(bare)).error().fault, Fault::bad_block);
  EXPECT_EQ(view.disconnect(*read_block(other), undo).error().fault, Fault::unconnected);
  auto wrong = undo;
  wrong.block[0] ^= 1;
  EXPECT_EQ(view.disconnect(*read_block(first), wrong).error().fault, Fault::unconnected);
  wrong = undo;
  wrong.spent.emplace_back();
  EXPECT_EQ(view.disconnect(*read_block(first), wrong).error().fault, Fault::unconnected);
  EXPECT_TRUE(view.disconnect(*read_block(first), undo));
  EXPECT_EQ(view.disconnect(*read_block(regtest().genesis_block), {view.tip(), {}, {}}).error().fault,
            Fault::unconnected);
}

TEST_F(Small, a_saved_set_restores_and_a_damaged_one_or_another_chains_does_not) {
  const auto file = view.save();
  const auto again = Unspent::restore(file, view.tip());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->digest(), view.digest());
  EXPECT_EQ(again->bytes(), view.bytes());
  EXPECT_EQ(again->height(), 1u);
  EXPECT_EQ(again->save(), file);
  EXPECT_EQ(Unspent::restore(file, Hash{1}).error().fault, Fault::unconnected);
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    auto copy = file;
    copy[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    ASSERT_FALSE(Unspent::restore(copy, view.tip())) << bit;
  }
  for (std::size_t size = 0; size < file.size(); ++size) {
    ASSERT_FALSE(Unspent::restore(Bytes(file).first(size), view.tip()));
    auto cut = to_buffer(Bytes(file).first(size));
    crypto::seal(cut);
    // Behind the times each coin may be the last one.
    const bool whole = size == 8 + 32 + 4 + 2 * 4 || size == file.size() - 32;
    ASSERT_EQ(Unspent::restore(cut, view.tip()).has_value(), whole) << size;
  }
}

TEST_F(Small, a_file_of_coins_that_cannot_be_is_refused) {
  const auto with = [&](u32 code, u64 value, const Buffer& script, int times = 1) {
    Buffer file;
    Writer write(file);
    write.bytes(as_bytes("kithutx1")).bytes(view.tip()).u32le(1).u32le(5).u32le(6);
    for (int i = 0; i < times; ++i) {
      write.bytes(Outpoint{3}).u32le(code).u64le(value);
      codec::write_compact(file, script.size());
      write.bytes(script);
    }
    crypto::seal(file);
    return Unspent::restore(file, view.tip()).has_value();
  };
  EXPECT_TRUE(with(2, 5, {0x51}));
  EXPECT_FALSE(with(2, 5, {0x51}, 2)) << "twice";
  EXPECT_FALSE(with(4, 5, {0x51})) << "above the tip";
  EXPECT_FALSE(with(2, 21'000'001ull * 100'000'000, {0x51}));
  EXPECT_FALSE(with(2, 5, {0x6a}));
  EXPECT_TRUE(with(2, 5, Buffer(10'000, 0x51)));
  EXPECT_FALSE(with(2, 5, Buffer(10'001, 0x51)));
}

TEST_F(Small, an_undo_that_is_cut_or_prolonged_is_refused) {
  undo.spent = {{5, {1, 2, 3}, 7, true}, {6, {}, 1, false}};
  undo.replaced = {{Outpoint{4}, {5, {1}, 7, true}}};
  auto bytes = encode(undo);
  EXPECT_EQ(*parse_undo(bytes), undo);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_undo(Bytes(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_FALSE(parse_undo(bytes));
}

TEST_F(Small, median_time_is_that_of_the_last_eleven) {
  const i64 genesis = read_block(regtest().genesis_block)->header.time;
  EXPECT_EQ(view.median_time(0), genesis);
  EXPECT_EQ(view.median_time(1), genesis) << "the later of two";
  for (u32 height = 2; height <= 12; ++height) {
    const u32 time = height == 5 ? 1 : 100 * height;
    const auto body = unproven_block(view.tip(), time, std::vector<Buffer>{coinbase_of(height, 1).encoded()});
    ASSERT_TRUE(view.connect(*read_block(body)));
  }
  EXPECT_EQ(view.median_time(2), 200);
  EXPECT_EQ(view.median_time(12), 700);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
