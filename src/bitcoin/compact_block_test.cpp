// A compact block becomes the block that it was made of, bit for bit, or says what is missing, or why it cannot be.
#include "bitcoin/compact_block.hpp"

#include <map>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "base/writer.hpp"
#include "bitcoin/vectors_test.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::bitcoin {
namespace {

using ledger::bitcoin::Tx;

template <typename T>
Fault fault(const Result<T>& result) {
  return result ? Fault::count : result.error().fault;
}

/// A reconstruction of what is read from these bytes.
Result<Reconstruction> begin(const Buffer& payload) {
  const auto block = decode_cmpctblock(payload);
  if (!block) return std::unexpected(block.error());
  return Reconstruction::begin(*block);
}

/// A mempool with the transactions of a block besides the coinbase, but for those at `lacks`.
std::map<Hash, Bytes> mempool(const std::vector<Tx>& txs, const std::vector<u32>& lacks) {
  std::map<Hash, Bytes> out;
  for (const auto& tx : std::span(txs).subspan(1)) out.emplace(tx.witness_id, tx.bytes);
  for (const u32 index : lacks) out.erase(txs[index].witness_id);
  return out;
}

/// So many of every hundred transactions besides the coinbase, as the dice fall; in rising order.
std::vector<u32> some_of(std::size_t count, u64 percent, Rng& rng) {
  std::vector<u32> out;
  for (u32 i = 1; i < count; ++i)
    if (rng.below(100) < percent) out.push_back(i);
  return out;
}

TEST(CompactBlock, of_the_published_block_is_the_published_one) {
  const auto block = published("block");
  EXPECT_EQ(to_hex(encode(make_compact(block, 18053200567810711460u).value())), to_hex(published("cmpctblock")));
}

TEST(CompactBlock, of_the_published_block_is_put_together_with_a_transaction_of_ours_or_theirs) {
  const auto block = published("block");
  const auto txs = ledger::bitcoin::read_txs(block).value();
  auto rebuilt = begin(published("cmpctblock")).value();
  EXPECT_EQ(rebuilt.id(), ledger::bitcoin::id_of(Bytes(block).first(80)));
  EXPECT_EQ(rebuilt.missing(), std::vector<u32>{1});
  auto other = rebuilt;
  rebuilt.offer(txs[1].witness_id, Body(to_buffer(txs[1].bytes)));
  EXPECT_EQ(rebuilt.whole(true), block);
  ASSERT_TRUE(other.fill(std::vector{txs[1].bytes}));
  EXPECT_EQ(other.whole(true), block);
}

class Lacking : public testing::TestWithParam<u64> {};

TEST_P(Lacking, what_is_prefilled_needs_no_round_and_what_is_not_is_asked_for_exactly) {
  auto rng = Rng::seeded(GetParam());
  for (const auto& block : large_blocks()) {
    const auto txs = ledger::bitcoin::read_txs(block).value();
    const auto lacks = some_of(txs.size(), GetParam(), rng);
    const auto pool = mempool(txs, lacks);

    auto filled = begin(encode(make_compact(block, rng(), lacks).value())).value();
    filled.offer_all(pool);
    ASSERT_EQ(filled.missing(), std::vector<u32>{});
    EXPECT_TRUE(filled.whole(true) == block);

    auto bare = begin(encode(make_compact(block, rng()).value())).value();
    bare.offer_all(pool);
    ASSERT_EQ(bare.missing(), lacks);
    if (!lacks.empty()) {
      const auto question = decode_getblocktxn(encode(GetBlockTxn{bare.id(), bare.missing()})).value();
      const auto answer = encode(pick(block, question).value());
      ASSERT_TRUE(bare.fill(decode_blocktxn(answer).value().txs));
    }
    ASSERT_EQ(bare.missing(), std::vector<u32>{});
    EXPECT_TRUE(bare.whole(true) == block);
  }
}

INSTANTIATE_TEST_SUITE_P(PercentOfTransactions, Lacking, testing::Values(0, 2, 5, 20));

TEST(CompactBlock, is_a_small_part_of_the_block) {
  for (const auto& block : large_blocks()) {
    const auto compact = encode(make_compact(block, 1).value());
    EXPECT_LT(compact.size() * 40, block.size());
  }
}

/// The published block with a transaction more, so that it has two short ids; only its shape is that of a block.
struct Two {
  Buffer block = published("block");
  std::vector<Tx> txs = ledger::bitcoin::read_txs(block).value();
  Buffer other;
  CompactBlock compact;

  Two() {
    other = to_buffer(txs[1].bytes);
    other.back() = 1;  // another lock time
    compact = make_compact(block, 5).value();
    Reader in(other);
    compact.short_ids.push_back(ShortIds(compact.header, 5).of(ledger::bitcoin::read_tx(in).witness_id));
  }
};

TEST(Reconstruction, gives_up_on_two_transactions_with_one_short_id_and_blames_nobody) {
  Two two;
  EXPECT_TRUE(begin(encode(two.compact)));
  two.compact.short_ids[1] = two.compact.short_ids[0];
  EXPECT_EQ(fault(begin(encode(two.compact))), Fault::ambiguous);
  EXPECT_EQ(row(Fault::ambiguous).debtor, Debtor::network);
  EXPECT_FALSE(row(Fault::ambiguous).closes);
}

TEST(Reconstruction, takes_neither_of_two_transactions_that_fit_one_place) {
  const Two two;
  // The same id twice stands for two ids whose short forms are equal.
  auto rebuilt = Reconstruction::begin(two.compact).value();
  rebuilt.offer(two.txs[1].witness_id, two.txs[1].bytes);
  EXPECT_EQ(rebuilt.missing(), std::vector<u32>{2});
  rebuilt.offer(two.txs[1].witness_id, two.txs[1].bytes);
  EXPECT_EQ(rebuilt.missing(), std::vector<u32>{2}) << "the same one again";
  rebuilt.offer(two.txs[1].witness_id, Bytes(two.other));
  EXPECT_EQ(rebuilt.missing(), (std::vector<u32>{1, 2}));
  rebuilt.offer(two.txs[1].witness_id, two.txs[1].bytes);
  EXPECT_EQ(rebuilt.missing(), (std::vector<u32>{1, 2})) << "a third";
}

TEST(Reconstruction, wants_as_many_transactions_as_it_asked_for) {
  const Two two;
  auto rebuilt = Reconstruction::begin(two.compact).value();
  EXPECT_EQ(fault(rebuilt.fill(std::vector{two.txs[1].bytes})), Fault::bad_message);
  EXPECT_EQ(fault(rebuilt.fill(std::vector(3, two.txs[1].bytes))), Fault::bad_message);
  EXPECT_EQ(rebuilt.missing(), (std::vector<u32>{1, 2}));
  EXPECT_EQ(fault(rebuilt.fill(std::vector(2, two.txs[1].bytes))), Fault::count);
}

TEST(Reconstruction, of_other_transactions_than_the_header_commits_to_blames_nobody) {
  const Two two;
  auto rebuilt = begin(published("cmpctblock")).value();
  ASSERT_TRUE(rebuilt.fill(std::vector{Bytes(two.other)}));
  EXPECT_EQ(fault(rebuilt.whole(true)), Fault::ambiguous);
}

TEST(Reconstruction, looks_at_witnesses_where_they_are_committed_to) {
  const auto block = published("block");
  const auto txs = ledger::bitcoin::read_txs(block).value();
  Buffer changed = to_buffer(txs[1].bytes);
  changed[changed.size() - 5] ^= 1;  // the last byte before the lock time is the last witness's
  auto rebuilt = begin(published("cmpctblock")).value();
  ASSERT_TRUE(rebuilt.fill(std::vector{Bytes(changed)}));
  EXPECT_EQ(fault(rebuilt.whole(true)), Fault::ambiguous);
  // Before witnesses were committed to, no block carries one.
  auto early = begin(published("cmpctblock")).value();
  ASSERT_TRUE(early.fill(std::vector{txs[1].bytes}));
  EXPECT_EQ(fault(early.whole(false)), Fault::ambiguous);
}

TEST(Reconstruction, makes_no_more_of_our_transactions_than_a_block_holds) {
  const Two two;
  auto rebuilt = Reconstruction::begin(two.compact).value();
  rebuilt.offer(two.txs[1].witness_id, Body(Buffer(2'000'000)));
  ASSERT_TRUE(rebuilt.fill(std::vector{Bytes(two.other)}));
  EXPECT_EQ(rebuilt.whole(true).error().what, std::string_view("other transactions than the header's"));
  const Buffer large(3'999'000);
  auto larger = Reconstruction::begin(two.compact).value();
  ASSERT_TRUE(larger.fill(std::vector{Bytes(large), Bytes(large)}));
  EXPECT_EQ(larger.whole(true).error().what, std::string_view("more than a block holds"));
}

TEST(Reconstruction, leaves_alone_what_does_not_fit) {
  auto rebuilt = begin(published("cmpctblock")).value();
  rebuilt.offer(Hash{1}, Body(Buffer(100)));
  const std::vector<std::pair<Hash, Body>> extra{{Hash{2}, Body(Buffer(100))}};
  rebuilt.offer_all(extra);
  EXPECT_EQ(rebuilt.missing(), std::vector<u32>{1});
}

TEST(CompactBlock, prefills_what_is_asked_for_in_any_order_and_nothing_behind_the_block) {
  const auto block = published("block");
  const auto all = make_compact(block, 1, std::vector<u32>{1, 0, 1}).value();
  EXPECT_EQ(all.prefilled.size(), 2u);
  EXPECT_TRUE(all.short_ids.empty());
  EXPECT_EQ(begin(encode(all)).value().whole(true), block);
  EXPECT_EQ(fault(make_compact(block, 1, std::vector<u32>{2})), Fault::bad_message);
  EXPECT_EQ(fault(make_compact(Bytes(block).first(200), 1)), Fault::corrupt_block);
}

TEST(Pick, gives_what_is_wanted_and_nothing_behind_the_block) {
  const auto block = published("block");
  const auto txs = ledger::bitcoin::read_txs(block).value();
  const auto both = pick(block, {Hash{9}, {0, 1}}).value();
  EXPECT_EQ(both.block, Hash{9});
  ASSERT_EQ(both.txs.size(), 2u);
  EXPECT_TRUE(equal(both.txs[1], txs[1].bytes));
  EXPECT_EQ(fault(pick(block, {Hash{9}, {2}})), Fault::bad_message);
  EXPECT_EQ(fault(pick(Bytes(block).first(200), {Hash{9}, {0}})), Fault::corrupt_block);
}

}  // namespace
}  // namespace kith::bitcoin
