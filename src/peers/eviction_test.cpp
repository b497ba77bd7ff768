// What eviction promises: merit of each kind protects, and the crowded group pays.
#include "peers/eviction.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::peers {
namespace {

const Salt salt{1, 2, 3};

Candidate candidate(u64 number, u8 group) {
  return {.peer = {number},
          .ip = Ip::v4(30, group, 0, static_cast<u8>(number)),
          .since = Time{} + 1h + std::chrono::seconds(number)};
}
/// `honest` of a group each, then `bots` of one group, all younger.
std::vector<Candidate> crowd(u64 honest, u64 bots) {
  std::vector<Candidate> out;
  for (u64 i = 0; i < honest; ++i) out.push_back(candidate(i, static_cast<u8>(i)));
  for (u64 i = honest; i < honest + bots; ++i) out.push_back(candidate(i, 255));
  return out;
}

TEST(Eviction, spares_everybody_when_there_are_few) {
  EXPECT_EQ(evict({}, salt), std::nullopt);
  EXPECT_EQ(evict(crowd(protected_by_group, 0), salt), std::nullopt);
}

TEST(Eviction, takes_the_youngest_of_the_most_populous_group) { EXPECT_EQ(evict(crowd(20, 20), salt), Peer{39}); }

TEST(Eviction, spares_newcomers_of_other_groups_while_one_group_crowds_in) {
  auto all = crowd(10, 40);
  for (auto& one : all) one.since = Time{} + 2h - (one.since - Time{});
  const auto gone = evict(all, salt);
  ASSERT_TRUE(gone);
  EXPECT_GE(gone->number, 10u);
}

TEST(Eviction, takes_the_bots_before_any_of_the_honest) {
  auto all = crowd(30, 30);
  for (int i = 0; i < 10; ++i) {
    const auto gone = evict(all, salt);
    ASSERT_TRUE(gone);
    EXPECT_GE(gone->number, 30u);
    std::erase_if(all, [&](const Candidate& one) { return one.peer == *gone; });
  }
}

/// Whether `mark` on the youngest bot saves it from a crowd that would lose it.
bool saves(void (*mark)(Candidate&)) {
  auto all = crowd(10, 40);
  if (evict(all, salt) != all.back().peer) return false;
  mark(all.back());
  const auto saved = all.back().peer;
  return evict(all, salt) != saved;
}

TEST(Eviction, protects_the_nearest_the_most_useful_and_nobody_else) {
  EXPECT_TRUE(saves([](Candidate& one) { one.round_trip = 5ms; }));
  EXPECT_TRUE(saves([](Candidate& one) { one.last_item = Time{} + 2h; }));
  EXPECT_TRUE(saves([](Candidate& one) { one.last_block = Time{} + 2h; }));
  EXPECT_TRUE(saves([](Candidate& one) { one.since = Time{}; }));
  EXPECT_FALSE(saves([](Candidate&) {}));
}

TEST(Eviction, protects_so_many_of_a_kind_and_the_best_of_them) {
  auto all = crowd(0, 60);
  for (std::size_t i = 40; i < 60; ++i) all[i].round_trip = std::chrono::milliseconds(100 - i);
  const auto worst_of_the_near = all[40].peer;
  std::set<Peer> gone;
  for (int i = 0; i < 12; ++i) {
    const auto peer = evict(all, salt);
    ASSERT_TRUE(peer);
    gone.insert(*peer);
    std::erase_if(all, [&](const Candidate& one) { return one.peer == *peer; });
  }
  for (u64 i = 60 - protected_by_round_trip; i < 60; ++i) EXPECT_FALSE(gone.contains(Peer{i})) << i;
  EXPECT_TRUE(gone.contains(worst_of_the_near));
}

RC_GTEST_PROP(Eviction, does_not_depend_on_the_order_in_which_it_is_asked, (u16 seed)) {
  auto all = crowd(20, 15);
  const auto chosen = evict(all, salt);
  auto rng = Rng::seeded(seed);
  rng.shuffle(all);
  RC_ASSERT(evict(all, salt) == chosen);
}

}  // namespace
}  // namespace kith::peers
