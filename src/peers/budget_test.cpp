// The budget holds for each author, each group and all, and nobody spends another's.
#include "peers/budget.hpp"

#include <gtest/gtest.h>

namespace kith::peers {
namespace {

PeerId author(u32 number) {
  PeerId out;
  for (std::size_t i = 0; i < 4; ++i) out.key[i] = static_cast<u8>(number >> (8 * i));
  return out;
}
Ip from(u8 group) { return Ip::v4(8, group, 0, 1); }

struct BudgetTest : ::testing::Test {
  Time now = Time{} + 1h;
  Budget budget{{.author = {1, 4}, .group = {2, 8}, .all = {4, 20}}, now};

  int judged(int items, u8 group, u32 first_author = 0) {
    int out = 0;
    for (int i = 0; i < items; ++i)
      out += budget.may_judge(now, author(first_author + static_cast<u32>(i)), from(group));
    return out;
  }
};

TEST_F(BudgetTest, lets_a_group_have_its_burst_and_then_its_rate) {
  EXPECT_EQ(judged(100, 1), 8);
  now += 3s;
  EXPECT_EQ(judged(100, 1), 6);
}

TEST_F(BudgetTest, of_one_group_that_is_spent_leaves_the_others_theirs) {
  judged(100, 1);
  EXPECT_EQ(judged(100, 2), 8);
}

TEST_F(BudgetTest, holds_for_all_groups_together) {
  int all = 0;
  for (u8 group = 0; group < 100; ++group) all += judged(100, group);
  EXPECT_EQ(all, 20);
}

TEST_F(BudgetTest, lets_an_author_have_its_burst_and_then_its_rate) {
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += budget.may_pass(now, author(1));
  EXPECT_EQ(passed, 4);
  EXPECT_FALSE(budget.may_judge(now, author(1), from(1)));
  EXPECT_TRUE(budget.may_judge(now, author(2), from(1)));
  now += 2s;
  EXPECT_TRUE(budget.may_judge(now, author(1), from(1)));
  EXPECT_TRUE(budget.may_pass(now, author(1)));
}

TEST_F(BudgetTest, of_an_author_is_not_spent_by_items_that_only_claim_to_be_its) {
  for (int i = 0; i < 100; ++i) budget.may_judge(now, author(1), from(1));
  EXPECT_TRUE(budget.may_pass(now, author(1)));
}

TEST_F(BudgetTest, remembers_no_more_authors_than_its_limit_and_forgets_those_that_are_full_again) {
  for (u32 i = 0; i < max_budget_rows; ++i) EXPECT_TRUE(budget.may_pass(now, author(i)));
  EXPECT_FALSE(budget.may_pass(now, author(max_budget_rows)));
  now += 1s;
  EXPECT_TRUE(budget.may_pass(now, author(max_budget_rows)));
}

}  // namespace
}  // namespace kith::peers
