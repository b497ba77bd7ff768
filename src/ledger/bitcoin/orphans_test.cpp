// Orphans: bounded, found by their parents, and fair to each peer.
#include "ledger/bitcoin/orphans.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

const Hash parent{1};

Body orphan(u32 salt, std::size_t size = 100) {
  return Spending{.inputs = {outpoint(parent, salt)}, .script = Buffer(size, 0x61)}.body();
}
Hash id(const Body& body) { return parsed(body.bytes()).witness_id; }

bool add(Orphans& orphans, u64 peer, const Body& body) { return orphans.add(Peer{peer}, body, {parent}); }

TEST(Orphans, are_found_by_each_parent_that_they_miss_in_the_order_of_arrival) {
  Orphans orphans;
  const auto both = orphan(1);
  ASSERT_TRUE(orphans.add(Peer{1}, both, {parent, Hash{2}}));
  ASSERT_TRUE(add(orphans, 1, orphan(0)));
  const auto children = orphans.children_of(parent);
  ASSERT_EQ(children.size(), 2u);
  EXPECT_EQ(children[0]->witness_id, id(both));
  EXPECT_EQ(orphans.children_of(Hash{2}).size(), 1u);
  EXPECT_TRUE(orphans.children_of(Hash{3}).empty());
  orphans.erase(id(both));
  EXPECT_EQ(orphans.children_of(parent).size(), 1u);
  EXPECT_TRUE(orphans.children_of(Hash{2}).empty());
  EXPECT_EQ(orphans.find(id(both)), nullptr);
}

TEST(Orphans, stay_as_long_as_somebody_who_sent_them) {
  Orphans orphans;
  ASSERT_TRUE(add(orphans, 1, orphan(1)));
  ASSERT_TRUE(add(orphans, 2, orphan(1)));
  ASSERT_TRUE(add(orphans, 2, orphan(2)));
  EXPECT_EQ(orphans.size(), 2u);
  orphans.forget(Peer{2});
  EXPECT_EQ(orphans.size(), 1u);
  EXPECT_EQ(orphans.weight_of(Peer{2}), 0u);
  orphans.forget(Peer{1});
  EXPECT_EQ(orphans.size(), 0u);
  EXPECT_TRUE(orphans.children_of(parent).empty());
}

TEST(Orphans, a_peer_over_its_weight_gives_up_what_it_sent_first) {
  Orphans orphans;
  ASSERT_TRUE(add(orphans, 2, orphan(1, 90'000)));
  ASSERT_TRUE(add(orphans, 1, orphan(2, 50'000)));
  ASSERT_TRUE(add(orphans, 1, orphan(3, 50'000)));
  ASSERT_TRUE(add(orphans, 1, orphan(4, 50'000)));
  EXPECT_LE(orphans.weight_of(Peer{1}), orphan_weight);
  EXPECT_EQ(orphans.find(id(orphan(2, 50'000))), nullptr);
  EXPECT_NE(orphans.find(id(orphan(1, 90'000))), nullptr);
  EXPECT_EQ(orphans.size(), 3u);
  EXPECT_FALSE(add(orphans, 3, orphan(5, 101'000)));
}

TEST(Orphans, who_sends_many_takes_no_place_from_who_sends_few) {
  Orphans orphans;
  for (u32 i = 0; i < 3; ++i) ASSERT_TRUE(add(orphans, 1, orphan(i)));
  for (u32 i = 0; i < 1000; ++i) add(orphans, 2, orphan(100 + i));
  EXPECT_EQ(orphans.size(), max_orphans);
  for (u32 i = 0; i < 3; ++i) EXPECT_NE(orphans.find(id(orphan(i))), nullptr);
  for (u32 i = 0; i < 1000; ++i) add(orphans, 3, orphan(2000 + i));
  for (u32 i = 0; i < 3; ++i) EXPECT_NE(orphans.find(id(orphan(i))), nullptr);
  EXPECT_NEAR(static_cast<double>(orphans.weight_of(Peer{2})), static_cast<double>(orphans.weight_of(Peer{3})), 1000);
}

TEST(Orphans, a_block_takes_its_own_out_and_what_conflicts_with_it) {
  Orphans orphans;
  const auto mined = orphan(1);
  const auto rival = orphan(1, 200);
  const auto other = orphan(2);
  for (const auto& each : {mined, rival, other}) ASSERT_TRUE(add(orphans, 1, each));
  const auto body = unproven_block({}, 1, std::vector{coinbase_of(1, 1).encoded(), to_buffer(mined.bytes())});
  orphans.block_connected(*read_block(body));
  EXPECT_EQ(orphans.size(), 1u);
  EXPECT_NE(orphans.find(id(other)), nullptr);
}

TEST(Orphans, what_is_no_transaction_or_misses_nothing_is_not_kept) {
  Orphans orphans;
  EXPECT_FALSE(orphans.add(Peer{1}, orphan(1), {}));
  EXPECT_FALSE(orphans.add(Peer{1}, Body(Buffer{1, 2, 3}), {parent}));
  EXPECT_EQ(orphans.size(), 0u);
}

TEST(Orphans, keep_their_limits_and_nothing_behind_whatever_happens) {
  auto rng = Rng::seeded(1);
  Orphans orphans;
  for (int i = 0; i < 5000; ++i) {
    const auto salt = static_cast<u32>(rng.below(300));
    const Peer peer{rng.below(6)};
    const u64 dice = rng.below(20);
    if (dice < 16) orphans.add(peer, orphan(salt, 100 + salt * 90), {Hash{static_cast<u8>(salt % 7)}, parent});
    if (dice == 16) orphans.forget(peer);
    if (dice > 16) orphans.erase(id(orphan(salt, 100 + salt * 90)));
    ASSERT_LE(orphans.size(), max_orphans);
    ASSERT_EQ(orphans.children_of(parent).size(), orphans.size());
    for (u64 each = 0; each < 6; ++each) ASSERT_LE(orphans.weight_of(Peer{each}), orphan_weight);
  }
  for (u64 each = 0; each < 6; ++each) orphans.forget(Peer{each});
  EXPECT_EQ(orphans.size(), 0u);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
