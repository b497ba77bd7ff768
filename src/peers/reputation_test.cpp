// What reputation promises: debts add up, fade and survive a restart; memory is bounded; nobody pays for the network.
#include "peers/reputation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/sealed.hpp"

namespace kith::peers {
namespace {

const Utc start = from_seconds(1'700'000'000);
const Error flood{Fault::flood};
const Error forged{Fault::bad_signature};

Subject id(u16 number) { return PeerId{{static_cast<u8>(number >> 8), static_cast<u8>(number)}}; }

TEST(Reputation, bans_when_the_points_add_up_and_says_so_once) {
  Reputation reputation({});
  const u32 weight = row(Fault::flood).weight;
  for (u32 points = weight; points < ban_score; points += weight) {
    EXPECT_FALSE(reputation.blame(id(1), flood, start));
    EXPECT_EQ(reputation.score(id(1), start), points);
  }
  EXPECT_FALSE(reputation.banned(id(1), start));
  EXPECT_TRUE(reputation.blame(id(1), flood, start));
  EXPECT_FALSE(reputation.blame(id(1), flood, start));
  EXPECT_TRUE(reputation.banned(id(1), start));
  EXPECT_FALSE(reputation.banned(id(2), start));
}

TEST(Reputation, halves_in_each_half_life_however_often_it_is_asked) {
  Reputation reputation({});
  for (int i = 0; i < 8; ++i) reputation.blame(id(1), flood, start);
  EXPECT_EQ(reputation.score(id(1), start + 29min), 80u);
  EXPECT_EQ(reputation.score(id(1), start + 30min), 40u);
  reputation.blame(id(1), flood, start + 59min);
  EXPECT_EQ(reputation.score(id(1), start + 59min), 50u);
  EXPECT_EQ(reputation.score(id(1), start + 60min), 25u);
  EXPECT_EQ(reputation.score(id(1), start + 24h * 365 * 100), 0u);
  EXPECT_EQ(reputation.score(id(1), start - 24h), 50u);
}

TEST(Reputation, a_ban_ends_by_itself_or_when_lifted) {
  Reputation reputation({});
  reputation.blame(id(1), forged, start);
  EXPECT_EQ(reputation.bans(start), (std::vector<Ban>{{id(1), start + 24h}}));
  EXPECT_TRUE(reputation.banned(id(1), start + 24h - 1ms));
  EXPECT_FALSE(reputation.banned(id(1), start + 24h));
  EXPECT_TRUE(reputation.bans(start + 24h).empty());
  EXPECT_TRUE(reputation.unban(id(1)));
  EXPECT_FALSE(reputation.unban(id(1)));
  EXPECT_FALSE(reputation.banned(id(1), start));
  EXPECT_FALSE(reputation.blame(id(1), flood, start));
}

TEST(Reputation, nobody_owes_for_what_anyone_on_the_path_can_cause) {
  Reputation reputation({});
  for (u8 i = 0; i < static_cast<u8>(Fault::count); ++i) {
    const auto fault = static_cast<Fault>(i);
    if (row(fault).debtor == Debtor::peer) continue;
    EXPECT_FALSE(reputation.blame(id(1), {fault}, start)) << to_text(fault);
  }
  EXPECT_EQ(reputation.score(id(1), start), 0u);
}

TEST(Reputation, loopback_is_never_banned_but_an_id_that_comes_from_there_is) {
  Reputation reputation({});
  const Subject loopback = Ip::v4(127, 0, 0, 1);
  EXPECT_FALSE(reputation.blame(loopback, forged, start));
  reputation.ban(loopback, start + 24h);
  EXPECT_FALSE(reputation.banned(loopback, start));
  EXPECT_TRUE(reputation.blame(Ip::v4(10, 0, 0, 1), forged, start));
  EXPECT_TRUE(reputation.blame(id(1), forged, start));
}

TEST(Reputation, keeps_no_more_than_its_bound_and_forgets_what_ends_first) {
  Reputation reputation({.most = 100});
  reputation.ban(id(9999), start + 24h * 365);
  for (u16 i = 0; i < 1000; ++i) reputation.blame(id(i), forged, start + std::chrono::seconds(i));
  EXPECT_EQ(reputation.bans(start).size(), 100u);
  EXPECT_TRUE(reputation.banned(id(9999), start));
  EXPECT_TRUE(reputation.banned(id(999), start));
  EXPECT_FALSE(reputation.banned(id(1), start));
  EXPECT_EQ(reputation.score(id(1), start), 0u);
}

RC_GTEST_PROP(ReputationFile, says_the_same_after_a_restart, (std::vector<std::pair<u8, u8>> faults)) {
  Reputation before({});
  Utc now = start;
  for (const auto& [who, minutes] : faults) {
    now += std::chrono::minutes(minutes);
    before.blame(who % 2 ? Subject{Ip::v4(9, 9, 9, who)} : id(who), who % 5 == 0 ? forged : flood, now);
  }
  const auto after = Reputation::restore({}, before.save());
  RC_ASSERT(!after.damaged());
  RC_ASSERT(after.bans(now) == before.bans(now));
  RC_ASSERT(after.save() == before.save());
  for (const auto& [who, minutes] : faults) RC_ASSERT(after.score(id(who), now) == before.score(id(who), now));
}

TEST(ReputationFile, a_damaged_one_gives_an_empty_reputation_that_says_so) {
  Reputation reputation({});
  reputation.blame(id(1), forged, start);
  reputation.blame(Ip::v4(9, 9, 9, 9), flood, start);
  const auto file = reputation.save();
  EXPECT_FALSE(Reputation::restore({}, {}).damaged());
  for (std::size_t size = 1; size < file.size(); ++size) {
    auto cut = to_buffer(Bytes(file).first(size));
    EXPECT_TRUE(Reputation::restore({}, cut).damaged());
    if (size == file.size() - Hash{}.size()) continue;
    crypto::seal(cut);
    const auto restored = Reputation::restore({}, cut);
    EXPECT_TRUE(restored.damaged());
    EXPECT_FALSE(restored.banned(id(1), start));
  }
}

TEST(ReputationFile, one_with_more_rows_than_are_kept_is_refused) {
  Reputation reputation({.most = 3});
  for (u16 i = 0; i < 3; ++i) reputation.ban(id(i), start);
  EXPECT_FALSE(Reputation::restore({.most = 3}, reputation.save()).damaged());
  EXPECT_TRUE(Reputation::restore({.most = 2}, reputation.save()).damaged());
}

RC_GTEST_PROP(ReputationFile, random_bytes_never_ban, (Buffer bytes)) {
  crypto::seal(bytes);
  const auto restored = Reputation::restore({}, bytes);
  RC_ASSERT(restored.damaged());
  RC_ASSERT(restored.bans(Utc{}).empty());
}

}  // namespace
}  // namespace kith::peers
