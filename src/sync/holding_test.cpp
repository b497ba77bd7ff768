// What the judge gets, in which order and how much at once.
#include "sync/holding.hpp"

#include <gtest/gtest.h>

#include "sync/toy_ledger_test.hpp"

namespace kith::sync {
namespace {

struct Shelf {
  toy::Rules rules;
  ledger::Chain chain{rules, {}};
  Holding holding;

  void put(const Body& block) {
    ASSERT_TRUE(chain.take(1, std::array{toy::header_of(block)}, {}));
    holding.add({*chain.find(toy::id_of(block)), take_array<32>(block.bytes()), block, Peer{1}, false});
  }
  std::size_t submit_all() {
    std::size_t count = 0;
    while (holding.submit(chain)) ++count;
    return count;
  }
};

TEST(Holding, submits_no_block_before_its_parent) {
  Shelf shelf;
  const auto blocks = toy::make_chain(toy::genesis(), 3);
  for (const auto& block : blocks) shelf.chain.take(1, std::array{toy::header_of(block)}, {}).value();
  shelf.put(blocks[2]);
  shelf.put(blocks[1]);
  EXPECT_EQ(shelf.holding.submit(shelf.chain), nullptr);
  shelf.put(blocks[0]);
  for (const auto& block : blocks) EXPECT_EQ(shelf.holding.submit(shelf.chain)->ref.id, toy::id_of(block));
  EXPECT_EQ(shelf.holding.submit(shelf.chain), nullptr);
}

TEST(Holding, keeps_room_at_the_judge_for_another_copy_of_a_bad_parent) {
  Shelf shelf;
  const auto blocks = toy::make_chain(toy::genesis(), 100);
  for (const auto& block : blocks) shelf.put(block);
  EXPECT_EQ(shelf.submit_all(), max_jobs / 2);
  shelf.holding.take(toy::id_of(blocks[0]));
  EXPECT_EQ(shelf.submit_all(), 1u) << "the next descendant takes its place";
  shelf.put(blocks[0]);
  EXPECT_EQ(shelf.submit_all(), 1u);
}

TEST(Holding, counts_a_second_copy_for_as_long_as_its_block_is_held_also_when_that_comes_back) {
  Shelf shelf;
  const auto block = toy::make(toy::genesis(), {});
  shelf.put(block);
  EXPECT_TRUE(shelf.holding.add_spare(toy::id_of(block), {block, Peer{2}}));
  EXPECT_FALSE(shelf.holding.add_spare(toy::id_of(block), {block, Peer{3}})) << "one is enough";
  EXPECT_EQ(shelf.holding.bytes(), 2 * block.size());
  for (int i = 0; i < 2; ++i) {
    auto held = shelf.holding.take(toy::id_of(block));
    ASSERT_TRUE(held && held->spare);
    EXPECT_EQ(shelf.holding.bytes(), 0u);
    shelf.holding.add(std::move(*held));
    EXPECT_EQ(shelf.holding.bytes(), 2 * block.size());
  }
}

TEST(Holding, gives_the_judge_no_more_than_its_jobs_and_bytes) {
  Shelf shelf;
  for (u64 i = 0; i < 100; ++i) shelf.put(toy::make(toy::genesis(), {.salt = i}));
  EXPECT_EQ(shelf.submit_all(), max_jobs);
  Shelf large;
  for (u64 i = 0; i < 5; ++i) large.put(toy::make(toy::genesis(), {.salt = i, .content = 10 << 20}));
  EXPECT_EQ(large.submit_all(), 3u);
  Shelf huge;
  huge.put(toy::make(toy::genesis(), {.content = max_job_bytes + 1}));
  EXPECT_EQ(huge.submit_all(), 1u);
}

TEST(Holding, submits_a_block_whose_parent_is_accepted_while_it_is_not_held) {
  Shelf shelf;
  const auto blocks = toy::make_chain(toy::genesis(), 2);
  shelf.chain.take(1, std::array{toy::header_of(blocks[0])}, {}).value();
  shelf.put(blocks[1]);
  EXPECT_EQ(shelf.submit_all(), 0u);
  shelf.chain.ruled(toy::id_of(blocks[0]), Verdict::accept);
  shelf.holding.accepted(toy::id_of(blocks[0]));
  EXPECT_EQ(shelf.submit_all(), 1u);
}

TEST(Holding, what_the_judge_keeps_takes_no_room_and_its_children_go_on) {
  Shelf shelf;
  const auto blocks = toy::make_chain(toy::genesis(), 100);
  for (const auto& block : blocks) shelf.put(block);
  std::size_t submitted = 0;
  for (const auto& block : blocks) {
    submitted += shelf.submit_all();
    shelf.holding.keep(toy::id_of(block));
  }
  EXPECT_EQ(submitted, 100u);
  EXPECT_EQ(shelf.holding.size(), 0u);
  EXPECT_EQ(shelf.holding.bytes(), 0u);
  EXPECT_EQ(shelf.holding.jobs(), 0u);
  EXPECT_FALSE(shelf.holding.shed(0));
  EXPECT_EQ(shelf.holding.take(toy::id_of(blocks[7]))->from, Peer{1});
}

TEST(Holding, sheds_what_peers_gave_but_never_an_own_block) {
  Shelf shelf;
  const auto block = toy::make(toy::genesis(), {});
  ASSERT_TRUE(shelf.chain.take(1, std::array{toy::header_of(block)}, {}));
  shelf.holding.add({*shelf.chain.find(toy::id_of(block)), toy::genesis(), block, std::nullopt, false});
  const auto next = toy::make(toy::id_of(block), {});
  shelf.put(next);
  EXPECT_EQ(shelf.holding.shed(0)->ref.id, toy::id_of(next));
  EXPECT_FALSE(shelf.holding.shed(0));
  EXPECT_EQ(shelf.holding.bytes(), block.size());
}

}  // namespace
}  // namespace kith::sync
