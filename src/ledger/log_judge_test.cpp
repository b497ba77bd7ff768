// A judge with a log: what is accepted is served and survives whatever end a crash leaves.
#include "ledger/log_judge.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "base/writer.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/branch_for_test.hpp"

namespace kith::ledger {
namespace {

using bitcoin::regtest;

const bitcoin::BitcoinRules& rules() {
  static const bitcoin::BitcoinRules out(regtest());
  return out;
}

Buffer rotten(Buffer block) {
  block.at(block.size() - 1) ^= 1;
  return block;
}

/// A log whose bytes the test sees, and that may refuse to write.
class SharedLog : public Log {
 public:
  SharedLog(MemoryLog& log, const bool& full) : log_(&log), full_(&full) {}
  Result<u64> append(Bytes bytes) override {
    if (*full_) return fail(Fault::cut, "disk");
    return log_->append(bytes);
  }
  Result<Buffer> read(u64 offset, std::size_t size) const override { return log_->read(offset, size); }
  Result<> flush() override { return log_->flush(); }
  u64 size() const override { return log_->size(); }
  Result<> truncate(u64 size) override { return log_->truncate(size); }

 private:
  MemoryLog* log_;
  const bool* full_;
};

struct Judging : testing::Test {
  MemoryLog log;
  bool full = false;
  std::vector<Buffer> blocks = branch(Chain(rules(), {}).genesis(), 30);

  LogJudge new_judge() {
    return {rules(), std::make_unique<SharedLog>(log, full), regtest().magic,
            [](const BlockJob& job) { return bitcoin::check_block(regtest(), job); }, Body(regtest().genesis_block)};
  }
  /// Blocks as they go from a chain to the judge.
  static BlockJob job(const Chain& chain, const Buffer& block) {
    const auto ref = chain.find(id_of(block));
    return {*ref, chain.median_time(chain.parsed(ref->id)->parent), Body(block)};
  }
  void put(const Buffer& block) {
    Buffer record;
    Writer(record).u32le(regtest().magic).u32le(static_cast<u32>(block.size())).bytes(block);
    ASSERT_TRUE(log.append(record));
  }
  static u64 record_size(const Buffer& block) { return block.size() + 8; }
};

TEST_F(Judging, keeps_and_serves_what_it_accepts) {
  Chain chain(rules(), {});
  auto judge = new_judge();
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  for (const auto& block : blocks) {
    const auto rulings = judge.judge(job(chain, block));
    ASSERT_EQ(rulings.size(), 1u);
    EXPECT_EQ(rulings[0].verdict, Verdict::accept);
    EXPECT_EQ(rulings[0].id, id_of(block));
  }
  for (const auto& block : blocks) EXPECT_TRUE(equal(judge.block(id_of(block))->bytes(), block));
  EXPECT_TRUE(equal(judge.block(chain.genesis().id)->bytes(), regtest().genesis_block));
  EXPECT_FALSE(judge.block(Hash{}));
  EXPECT_TRUE(judge.flush());
  const u64 size = log.size();
  EXPECT_EQ(judge.judge(job(chain, blocks[3]))[0].verdict, Verdict::accept);
  EXPECT_EQ(log.size(), size);
  EXPECT_EQ(to_hex(*log.read(0, 4)), "fabfb5da");
}

TEST_F(Judging, a_bad_copy_does_not_spoil_the_good_id_and_a_full_disk_is_nobodys_fault) {
  Chain chain(rules(), {});
  auto judge = new_judge();
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  auto bad = job(chain, blocks[0]);
  bad.body = Body(rotten(blocks[0]));
  EXPECT_EQ(judge.judge(bad)[0].verdict, Verdict::corrupt);
  bad.body = Body(Buffer(max_block + 1));
  EXPECT_EQ(judge.judge(bad)[0].verdict, Verdict::corrupt);
  full = true;
  const auto later = judge.judge(job(chain, blocks[0]));
  EXPECT_EQ(later[0].verdict, Verdict::later);
  EXPECT_EQ(later[0].error.fault, Fault::storage);
  EXPECT_FALSE(judge.block(id_of(blocks[0])));
  full = false;
  EXPECT_EQ(judge.judge(job(chain, blocks[0]))[0].verdict, Verdict::accept);
}

TEST_F(Judging, a_body_that_breaks_a_rule_is_rejected_for_ever) {
  Chain chain(rules(), {});
  auto judge = new_judge();
  const std::vector<Buffer> wrong_height{bitcoin::make_block(regtest(), chain.genesis().id, 7, regtest_start + 600, 0)};
  ASSERT_TRUE(chain.take(1, headers_of(wrong_height), late));
  const auto rulings = judge.judge(job(chain, wrong_height[0]));
  EXPECT_EQ(rulings[0].verdict, Verdict::reject);
  EXPECT_EQ(rulings[0].error.fault, Fault::bad_block);
  EXPECT_EQ(log.size(), 0u);
}

TEST_F(Judging, finds_everything_again_after_a_cut_at_any_record_and_beside_it) {
  for (const auto& block : blocks) put(block);
  const auto whole = *log.read(0, log.size());
  u64 boundary = 0;
  for (std::size_t records = 0; records <= blocks.size(); ++records) {
    // A cut just before a boundary is tried as one far behind the boundary before.
    const u64 torn = records < blocks.size() ? record_size(blocks[records]) - 1 : 0;
    for (const u64 rest : {u64{0}, u64{1}, u64{7}, u64{8}, u64{88}, torn}) {
      if (rest > torn) continue;
      log = MemoryLog(to_buffer(Bytes(whole).first(boundary + rest)));
      Chain chain(rules(), {});
      auto judge = new_judge();
      const auto found = judge.restore(chain, late);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->blocks, records);
      EXPECT_EQ(found->cut_bytes, rest);
      EXPECT_EQ(chain.tip().height, records);
      EXPECT_EQ(log.size(), boundary);
      if (records == blocks.size()) continue;
      ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
      EXPECT_EQ(judge.judge(job(chain, blocks[records]))[0].verdict, Verdict::accept);
      EXPECT_TRUE(equal(judge.block(id_of(blocks[records]))->bytes(), blocks[records]));
    }
    if (records < blocks.size()) boundary += record_size(blocks[records]);
  }
  EXPECT_EQ(boundary, whole.size());
}

TEST_F(Judging, blocks_in_any_order_are_restored) {
  auto shuffled = blocks;
  auto rng = Rng::seeded(5);
  rng.shuffle(shuffled);
  put(regtest().genesis_block);
  for (const auto& block : shuffled) put(block);
  put(shuffled[4]);
  Chain chain(rules(), {});
  auto judge = new_judge();
  const auto found = judge.restore(chain, late);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->blocks, blocks.size());
  EXPECT_EQ(found->skipped, 0u);
  EXPECT_EQ(found->cut_bytes, 0u);
  EXPECT_EQ(chain.tip().height, blocks.size());
  for (const auto& block : blocks) EXPECT_TRUE(equal(judge.block(id_of(block))->bytes(), block));
}

TEST_F(Judging, a_rotten_block_in_the_middle_is_passed_over_and_at_the_end_cut) {
  for (std::size_t i = 0; i < 20; ++i) put(i == 10 ? rotten(blocks[i]) : blocks[i]);
  Chain chain(rules(), {});
  auto judge = new_judge();
  auto found = judge.restore(chain, late);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->blocks, 19u);
  EXPECT_EQ(found->skipped, 1u);
  EXPECT_EQ(found->cut_bytes, 0u);
  EXPECT_EQ(chain.tip().height, 10u);
  EXPECT_EQ(chain.missing(10, 10).size(), 1u);
  const auto rulings = judge.judge(job(chain, blocks[10]));
  ASSERT_EQ(rulings[0].verdict, Verdict::accept);
  chain.ruled(rulings[0].id, Verdict::accept);
  EXPECT_EQ(chain.tip().height, 20u);

  put(rotten(blocks[20]));
  Chain again(rules(), {});
  auto other = new_judge();
  found = other.restore(again, late);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cut_bytes, record_size(blocks[20]));
  EXPECT_EQ(again.tip().height, 20u);
}

TEST_F(Judging, a_log_of_blocks_without_parents_is_left_alone) {
  for (std::size_t i = 5; i < 10; ++i) put(blocks[i]);
  Chain chain(rules(), {});
  auto judge = new_judge();
  const auto found = judge.restore(chain, late);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->blocks, 0u);
  EXPECT_EQ(found->skipped, 5u);
  EXPECT_EQ(found->cut_bytes, 0u);
  EXPECT_EQ(chain.size(), 1u);
}

TEST_F(Judging, restores_under_a_minimum_of_work_and_with_a_clock_set_back) {
  for (const auto& block : blocks) put(block);
  Work much;
  much.bytes[0] = 1;
  Chain chain(rules(), {.minimum_work = much, .secret = {}});
  auto judge = new_judge();
  EXPECT_EQ(judge.restore(chain, from_seconds(0))->blocks, blocks.size());
}

TEST_F(Judging, garbage_is_cut) {
  put(blocks[0]);
  const u64 good = log.size();
  auto rng = Rng::seeded(9);
  Buffer garbage(1000);
  rng.fill(garbage);
  ASSERT_TRUE(log.append(garbage));
  Chain chain(rules(), {});
  auto judge = new_judge();
  EXPECT_EQ(judge.restore(chain, late)->cut_bytes, 1000u);
  EXPECT_EQ(log.size(), good);
  Buffer endless;
  Writer(endless).u32le(regtest().magic).u32le(0xffffffff).zeros(100);
  ASSERT_TRUE(log.append(endless));
  Chain again(rules(), {});
  auto other = new_judge();
  EXPECT_EQ(other.restore(again, late)->cut_bytes, 108u);
}

}  // namespace
}  // namespace kith::ledger
