// What is remembered of settled items and kept of accepted ones, and that both have an end.
#include <gtest/gtest.h>

#include "gossip/items_test.hpp"

namespace kith::gossip {
namespace {

TEST(Seen, forgets_by_age_without_raising_the_floor) {
  Seen seen(10, 30min);
  seen.settle(at(0s), id_of(1), Verdict::accept, from_seconds(100));
  seen.forget(at(30min));
  EXPECT_EQ(seen.find(id_of(1)), Verdict::accept);
  seen.forget(at(30min + 1us));
  EXPECT_FALSE(seen.find(id_of(1)));
  EXPECT_FALSE(seen.too_old(from_seconds(1)));
}

TEST(Seen, the_floor_is_the_newest_date_that_was_evicted) {
  Seen seen(2, 30min);
  for (const i64 date : {100, 90, 300, 400})
    seen.settle(at(0s), id_of(static_cast<u64>(date)), Verdict::accept, from_seconds(date));
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen.too_old(from_seconds(100)));
  EXPECT_FALSE(seen.too_old(from_seconds(101)));
  EXPECT_FALSE(seen.too_old(std::nullopt));
}

TEST(Seen, the_floor_goes_when_what_it_holds_back_is_too_old_anyway) {
  Seen seen(1, 30min);
  // Dated by a clock that was three hours ahead, and evicted by the next.
  seen.settle(at(0s), id_of(1), Verdict::accept, from_seconds(1'010'800));
  seen.settle(at(1s), id_of(2), Verdict::accept, from_seconds(1'000'000));
  seen.forget(at(30min + 1s));
  EXPECT_TRUE(seen.too_old(from_seconds(1'001'800)));
  seen.forget(at(30min + 2s));
  EXPECT_FALSE(seen.too_old(from_seconds(1'001'800)));
}

TEST(Seen, a_liar_cannot_raise_the_floor_with_rejected_items) {
  Seen seen(1, 30min);
  for (u64 i = 0; i < 10; ++i) seen.settle(at(0s), id_of(i), Verdict::reject, from_seconds(1'000'000));
  EXPECT_FALSE(seen.too_old(from_seconds(1)));
}

TEST(Cache, is_bounded_by_bytes_and_lets_the_oldest_go) {
  Cache cache(10 * (1'000 + cache_entry_bytes), 30min);
  for (u64 i = 0; i < 100; ++i) cache.put(at(0s), item_of(i, 1'000));
  EXPECT_EQ(cache.size(), 10U);
  EXPECT_EQ(cache.bytes(), 10 * (1'000 + cache_entry_bytes));
  EXPECT_FALSE(cache.find(id_of(89)));
  EXPECT_TRUE(cache.find(id_of(90)));
  EXPECT_EQ(cache.recent(2), (std::vector{id_of(99), id_of(98)}));
}

TEST(Cache, does_not_empty_itself_for_a_body_that_never_fits) {
  Cache cache(1'000, 30min);
  cache.put(at(0s), item_of(1, 100));
  cache.put(at(0s), item_of(2, 1'000));
  EXPECT_TRUE(cache.find(id_of(1)));
  EXPECT_FALSE(cache.find(id_of(2)));
}

TEST(Cache, lets_go_by_age) {
  Cache cache(1'000, 30min);
  cache.put(at(0s), item_of(1));
  cache.put(at(1min), item_of(2));
  cache.forget(at(30min + 1us));
  EXPECT_EQ(cache.recent(10), std::vector{id_of(2)});
  cache.forget(at(32min));
  EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace kith::gossip
