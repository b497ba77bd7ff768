// What Gossip decides about one node's items: verdicts, copies, floods, limits and what is left behind.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gossip/items_test.hpp"

namespace kith::gossip {
namespace {

constexpr Peer a{1};
constexpr Peer b{2};
constexpr Peer c{3};
constexpr std::size_t big = 5'000;

struct GossipTest : testing::Test {
  explicit GossipTest(Config config = {}) : gossip(config, {{1 << 20, Priority::item}, {1 << 20, Priority::block}}) {
    for (const Peer peer : {a, b, c}) gossip.on_peer(at(0s), peer);
  }
  u64 push(Peer peer, const Item& item, Duration when = 0s) {
    const auto judges = all<JudgeItem>(gossip.offered(at(when), peer, item, std::nullopt, std::nullopt));
    return judges.empty() ? 0 : judges[0].number;
  }
  std::vector<Ask> announce(Peer peer, std::vector<ItemId> ids, Duration when = 0s) {
    std::vector<Ask> out;
    for (const auto& each : all<AskItems>(gossip.announced(at(when), peer, ids))) out.push_back(each.ask);
    return out;
  }
  Gossip gossip;
};

TEST(Pushes, go_to_a_few_neighbours_and_the_others_are_told) {
  Config config;
  config.push_to = 2;
  Gossip gossip(config, {{1 << 20, Priority::item}});
  for (u64 i = 1; i <= 8; ++i) gossip.on_peer(at(0s), Peer{i});
  const auto published = gossip.publish(at(0s), item_of(1), std::nullopt);
  const auto pushed = all<Push>(published).at(0).to;
  EXPECT_EQ(pushed.size(), 2U);
  std::set<Peer> reached(pushed.begin(), pushed.end());
  std::set<Time> times;
  for (Time when = gossip.next(); when < at(3 * config.batch); when = gossip.next())
    for (const auto& tell : all<Tell>(gossip.on_tick(when))) {
      EXPECT_EQ(tell.ids, std::vector{id_of(1)});
      EXPECT_TRUE(reached.insert(tell.to).second);
      times.insert(when);
    }
  EXPECT_GT(times.size(), 3U) << "not all at once, or both ends of a link tell each other";
  EXPECT_EQ(reached.size(), 8U);
}

TEST_F(GossipTest, a_small_item_is_judged_once_and_pushed_to_who_has_it_not) {
  const u64 number = push(a, item_of(1));
  ASSERT_NE(number, 0U);
  EXPECT_EQ(push(b, item_of(1)), 0U);
  EXPECT_FALSE(gossip.wanted(c, id_of(1))) << "nothing leaks before the verdict";
  const auto out = gossip.ruled(at(0s), number, Verdict::accept);
  EXPECT_EQ(all<Accepted>(out).at(0).from, a);
  EXPECT_EQ(all<Good>(out).at(0).peer, a);
  EXPECT_EQ(all<Push>(out).at(0).to, std::vector{c});
  EXPECT_TRUE(gossip.wanted(c, id_of(1)));
  EXPECT_FALSE(gossip.wanted(Peer{9}, id_of(1)));
  EXPECT_EQ(push(c, item_of(1)), 0U);
}

TEST_F(GossipTest, a_large_item_is_announced_in_one_batch_with_the_urgent_first) {
  gossip.publish(at(0s), item_of(1, big), std::nullopt);
  gossip.publish(at(1ms), item_of(2, big, Verdict::accept, 1), std::nullopt);
  announce(b, {id_of(1)});
  EXPECT_EQ(gossip.next(), at(20ms));
  EXPECT_TRUE(gossip.on_tick(at(20ms) - 1us).empty());
  const auto tells = all<Tell>(gossip.on_tick(at(20ms)));
  ASSERT_EQ(tells.size(), 3U);
  EXPECT_EQ(tells[0].ids, (std::vector{id_of(2, 1), id_of(1)}));
  EXPECT_EQ(tells[1].ids, std::vector{id_of(2, 1)}) << "b has the other one";
  EXPECT_TRUE(gossip.on_tick(at(20ms)).empty());
}

TEST_F(GossipTest, a_very_large_item_is_announced_at_once_with_what_waits) {
  gossip.publish(at(0s), item_of(1, big), std::nullopt);
  const auto tells = all<Tell>(gossip.publish(at(1ms), item_of(2, told_at_once), std::nullopt));
  ASSERT_EQ(tells.size(), 3U);
  EXPECT_EQ(tells[0].ids, (std::vector{id_of(1), id_of(2)}));
}

TEST_F(GossipTest, a_copy_that_comes_another_way_cancels_the_question_and_the_late_answer_costs_nothing) {
  const auto asks = announce(a, {id_of(1)});
  ASSERT_EQ(asks.size(), 1U);
  const auto out = gossip.offered(at(1s), b, item_of(1), std::nullopt, std::nullopt);
  EXPECT_EQ(all<CancelAsk>(out).at(0).ask, asks[0].number);
  EXPECT_TRUE(gossip.offered(at(2s), a, item_of(1), asks[0].number, std::nullopt).empty());
}

TEST_F(GossipTest, a_late_answer_that_is_still_wanted_is_used) {
  const auto first = announce(a, {id_of(1)});
  announce(b, {id_of(1)});
  const auto second = all<AskItems>(gossip.on_tick(at(5s)));
  ASSERT_EQ(second.at(0).ask.peer, b);
  const auto out = gossip.offered(at(6s), a, item_of(1), first[0].number, std::nullopt);
  EXPECT_EQ(all<JudgeItem>(out).size(), 1U);
  EXPECT_EQ(all<CancelAsk>(out).at(0).ask, second[0].ask.number);
  EXPECT_TRUE(all<Blame>(out).empty());
}

TEST_F(GossipTest, what_is_missed_is_asked_of_the_next) {
  const auto first = announce(a, {id_of(1)});
  announce(b, {id_of(1)});
  const auto out = all<AskItems>(gossip.missed(at(1s), a, first[0].number, std::vector{id_of(1)}));
  EXPECT_EQ(out.at(0).ask.peer, b);
  EXPECT_TRUE(gossip.missed(at(1s), a, first[0].number, std::vector{id_of(1)}).empty());
  EXPECT_TRUE(gossip.missed(at(1s), a, out[0].ask.number, std::vector{id_of(1)}).empty()) << "that was asked of b";
}

TEST_F(GossipTest, an_answer_to_another_question_is_blamed_and_the_item_taken_on_its_merits) {
  const auto first = announce(a, {id_of(1)});
  announce(b, {id_of(1)});
  const auto out = gossip.offered(at(1s), a, item_of(2), first[0].number, std::nullopt);
  EXPECT_EQ(all<Blame>(out).at(0).error.fault, Fault::bad_item);
  EXPECT_EQ(all<JudgeItem>(out).at(0).item.id, id_of(2));
  EXPECT_EQ(all<AskItems>(out).at(0).ask.peer, b);
}

TEST_F(GossipTest, a_rejected_item_costs_all_who_gave_it_and_none_who_announced_it) {
  const u64 number = push(a, item_of(1));
  push(b, item_of(1));
  announce(c, {id_of(1)});
  const auto blames = all<Blame>(gossip.ruled(at(0s), number, Verdict::reject));
  ASSERT_EQ(blames.size(), 2U);
  EXPECT_EQ(blames[0].peer, a);
  EXPECT_EQ(blames[1].peer, b);
  EXPECT_TRUE(announce(c, {id_of(1)}).empty());
  const auto again = gossip.offered(at(1s), c, item_of(1), std::nullopt, std::nullopt);
  EXPECT_EQ(all<Blame>(again).at(0).error.fault, Fault::bad_item);
  EXPECT_TRUE(all<JudgeItem>(again).empty());
  EXPECT_FALSE(gossip.wanted(c, id_of(1)));
}

TEST_F(GossipTest, a_good_item_that_comes_again_is_nobodys_debt_nor_judged_again) {
  gossip.ruled(at(0s), push(a, item_of(1)), Verdict::accept);
  for (const Peer peer : {a, b}) {
    const auto out = gossip.offered(at(1s), peer, item_of(1), std::nullopt, std::nullopt);
    EXPECT_TRUE(all<Blame>(out).empty());
    EXPECT_TRUE(all<JudgeItem>(out).empty());
  }
  EXPECT_EQ(gossip.counters().fresh, 1U);
  EXPECT_EQ(gossip.counters().again, 2U);
}

TEST_F(GossipTest, a_corrupt_copy_costs_its_giver_and_not_the_item) {
  const u64 number = push(a, item_of(1, big, Verdict::corrupt));
  push(b, item_of(1, big));
  const auto out = gossip.ruled(at(0s), number, Verdict::corrupt);
  ASSERT_EQ(all<Blame>(out).size(), 1U) << "b gave another copy";
  EXPECT_EQ(all<Blame>(out)[0].peer, a);
  const auto ask = all<AskItems>(out).at(0).ask;
  EXPECT_EQ(ask.peer, b);
  EXPECT_EQ(all<JudgeItem>(gossip.offered(at(1s), b, item_of(1, big), ask.number, std::nullopt)).size(), 1U);
}

TEST_F(GossipTest, who_gave_a_corrupt_copy_is_not_asked_for_another) {
  announce(c, {id_of(1)});
  announce(a, {id_of(1)});
  announce(b, {id_of(1)});
  const u64 number = push(a, item_of(1, big, Verdict::corrupt));
  push(b, item_of(1, big, Verdict::corrupt));
  const auto ask = all<AskItems>(gossip.ruled(at(0s), number, Verdict::corrupt)).at(0).ask;
  EXPECT_EQ(ask.peer, c);
  EXPECT_TRUE(gossip.missed(at(1s), c, ask.number, std::vector{id_of(1)}).empty());
  EXPECT_EQ(gossip.counters().wanted, 0U);
}

TEST_F(GossipTest, who_has_gone_is_not_blamed) {
  const u64 number = push(a, item_of(1));
  push(b, item_of(1));
  gossip.on_gone(at(0s), a);
  const auto blames = all<Blame>(gossip.ruled(at(0s), number, Verdict::reject));
  ASSERT_EQ(blames.size(), 1U);
  EXPECT_EQ(blames[0].peer, b);
}

TEST_F(GossipTest, who_announced_or_offered_an_item_is_sent_it_no_more) {
  const u64 number = push(a, item_of(1));
  announce(b, {id_of(1)});
  EXPECT_EQ(all<Push>(gossip.ruled(at(0s), number, Verdict::accept)).at(0).to, std::vector{c});
  gossip.publish(at(0s), item_of(2, big), std::nullopt);
  EXPECT_EQ(push(a, item_of(2, big)), 0U);
  const auto tells = all<Tell>(gossip.on_tick(at(20ms)));
  ASSERT_EQ(tells.size(), 2U);
  EXPECT_EQ(tells[0].to, b);
}

TEST_F(GossipTest, an_answer_after_the_deadline_is_late_whether_or_not_a_tick_came_between) {
  const auto ask = announce(a, {id_of(1)}).at(0);
  EXPECT_TRUE(all<Blame>(gossip.offered(at(5s), a, item_of(2), ask.number, std::nullopt)).empty());
}

TEST_F(GossipTest, nobody_answers_or_spoils_the_question_of_another) {
  const auto ask = announce(a, {id_of(1)}).at(0);
  EXPECT_TRUE(all<Blame>(gossip.offered(at(0s), b, item_of(2), ask.number, std::nullopt)).empty());
  gossip.missed(at(0s), b, ask.number, std::vector{id_of(1)});
  EXPECT_EQ(gossip.counters().asked, 1U);
}

TEST_F(GossipTest, an_ignored_item_is_not_passed_on_nor_judged_again) {
  const auto out = gossip.ruled(at(0s), push(a, item_of(1)), Verdict::ignore);
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(gossip.offered(at(1s), b, item_of(1), std::nullopt, std::nullopt).empty());
  EXPECT_FALSE(gossip.wanted(b, id_of(1)));
}

TEST_F(GossipTest, an_ignored_item_may_be_published_after_all_and_a_rejected_one_may_not) {
  for (const auto verdict : {Verdict::ignore, Verdict::reject}) {
    const auto number = static_cast<u64>(verdict);
    const u64 judged = push(a, item_of(number));
    EXPECT_EQ(gossip.judging(judged)->id, id_of(number));
    gossip.ruled(at(0s), judged, verdict);
    EXPECT_EQ(gossip.judging(judged), nullptr);
    const auto out = gossip.publish(at(1s), item_of(number), std::nullopt);
    EXPECT_EQ(all<Accepted>(out).size(), verdict == Verdict::ignore ? 1U : 0U);
    EXPECT_EQ(gossip.wanted(b, id_of(number)).has_value(), verdict == Verdict::ignore);
    EXPECT_TRUE(gossip.publish(at(1s), item_of(number), std::nullopt).empty());
  }
}

TEST_F(GossipTest, an_item_for_later_rests_and_is_then_asked_of_who_else_has_it) {
  const u64 number = push(a, item_of(1));
  announce(b, {id_of(1)});
  EXPECT_TRUE(gossip.ruled(at(0s), number, Verdict::later).empty());
  EXPECT_EQ(push(c, item_of(1)), 0U) << "not again at once";
  const auto ask = all<AskItems>(gossip.on_tick(at(retry_pause))).at(0).ask;
  EXPECT_EQ(ask.peer, b);
  EXPECT_EQ(all<JudgeItem>(gossip.offered(at(2s), b, item_of(1), ask.number, std::nullopt)).size(), 1U);
}

TEST_F(GossipTest, our_own_item_counts_as_good_and_is_known_from_then_on) {
  const u64 number = push(a, item_of(1));
  const auto out = gossip.publish(at(0s), item_of(1), std::nullopt);
  EXPECT_FALSE(all<Accepted>(out).at(0).from);
  EXPECT_EQ(all<Push>(out).at(0).to, (std::vector{b, c}));
  EXPECT_TRUE(gossip.publish(at(0s), item_of(1), std::nullopt).empty());
  EXPECT_TRUE(gossip.ruled(at(1s), number, Verdict::reject).empty()) << "the verdict comes too late to matter";
  EXPECT_EQ(gossip.counters().judging_bytes, 0U);
}

TEST_F(GossipTest, a_new_neighbour_is_told_what_was_accepted_lately) {
  for (u64 i = 0; i < most_told + 10; ++i) gossip.publish(at(0s), item_of(i), std::nullopt);
  auto tells = all<Tell>(gossip.on_peer(at(1s), Peer{4}));
  // The third of the older ones, to whom nothing was pushed, is told as well.
  std::erase_if(tells, [](const Tell& tell) { return tell.to != Peer{4}; });
  ASSERT_EQ(tells.size(), 1U);
  EXPECT_EQ(tells[0].ids.size(), most_told);
  EXPECT_EQ(tells[0].ids.front(), id_of(10));
}

/// Small items are pushed to everybody.
struct PushingGossip : GossipTest {
  static Config everybody() {
    Config out;
    out.push_to = 64;
    return out;
  }
  PushingGossip() : GossipTest(everybody()) {}
};

TEST_F(PushingGossip, a_neighbour_is_sent_told_and_asked_nothing_of_kinds_that_it_does_not_take) {
  auto of_kind_1 = KindSet::none();
  of_kind_1.add(1);
  gossip.on_peer(at(0s), Peer{4}, of_kind_1);
  gossip.on_peer(at(0s), Peer{5}, KindSet::none());
  EXPECT_EQ(all<Push>(gossip.publish(at(0s), item_of(1), std::nullopt)).at(0).to, (std::vector{a, b, c}));
  EXPECT_EQ(all<Push>(gossip.publish(at(0s), item_of(2, least_body, Verdict::accept, 1), std::nullopt)).at(0).to,
            (std::vector{a, b, c, Peer{4}}));
  gossip.publish(at(0s), item_of(3, big), std::nullopt);
  gossip.publish(at(0s), item_of(4, big, Verdict::accept, 1), std::nullopt);
  for (const auto& tell : all<Tell>(gossip.on_tick(at(1s)))) {
    EXPECT_NE(tell.to, Peer{5});
    if (tell.to == Peer{4}) {
      EXPECT_EQ(tell.ids, std::vector{id_of(4, 1)});
    }
  }
  EXPECT_TRUE(announce(Peer{4}, {id_of(9)}).empty()) << "it would be asked for what it does not take";
  EXPECT_EQ(announce(Peer{4}, {id_of(9, 1)}).size(), 1U);
}

TEST_F(GossipTest, a_new_neighbour_is_told_of_its_own_kind_however_much_there_is_of_others) {
  gossip.publish(at(0s), item_of(1, least_body, Verdict::accept, 1), std::nullopt);
  for (u64 i = 0; i < most_told + 10; ++i) gossip.publish(at(0s), item_of(10 + i), std::nullopt);
  auto of_kind_1 = KindSet::none();
  of_kind_1.add(1);
  gossip.on_peer(at(1s), Peer{4}, of_kind_1);
  const auto tells = all<Tell>(gossip.on_tick(at(2s)));
  ASSERT_EQ(tells.size(), 1U);
  EXPECT_EQ(tells[0].ids, std::vector{id_of(1, 1)});
}

TEST(Kinds, a_tag_is_the_beginning_of_the_hash_of_the_text) {
  EXPECT_EQ(tag_of("abc"), 0xba7816bfU);
  EXPECT_FALSE(KindSet::all().has(64)) << "there is no such kind";
}

TEST_F(GossipTest, an_item_that_is_too_large_is_refused_before_it_is_judged) {
  const auto out = gossip.offered(at(0s), a, item_of(1, (1 << 20) + 1), std::nullopt, std::nullopt);
  EXPECT_EQ(all<Blame>(out).at(0).error.fault, Fault::oversize);
  EXPECT_TRUE(all<JudgeItem>(out).empty());
}

TEST_F(GossipTest, kinds_that_nobody_knows_and_peers_that_are_gone_change_nothing) {
  EXPECT_TRUE(announce(a, {id_of(1, 7)}).empty());
  EXPECT_EQ(push(a, item_of(1, big, Verdict::accept, 7)), 0U);
  EXPECT_EQ(push(Peer{9}, item_of(1)), 0U);
  EXPECT_TRUE(announce(Peer{9}, {id_of(1)}).empty());
  EXPECT_TRUE(gossip.ruled(at(0s), 99, Verdict::accept).empty());
  EXPECT_EQ(gossip.counters().wanted, 0U);
}

TEST_F(GossipTest, junk_announcements_are_bounded_and_blamed_once) {
  std::size_t blames = 0;
  std::size_t asked = 0;
  for (u64 i = 0; i < 100'000; ++i) {
    const std::vector ids{id_of(i)};
    const auto out = gossip.announced(at(0s), a, ids);
    blames += all<Blame>(out).size();
    asked += all<AskItems>(out).size();
  }
  EXPECT_EQ(blames, 1U);
  EXPECT_EQ(asked, Config{}.most_asks_per_peer);
  EXPECT_EQ(gossip.counters().wanted, Config{}.most_announced_per_peer + Config{}.most_asks_per_peer);
  EXPECT_EQ(announce(b, {id_of(1'000'000)}).size(), 1U) << "others are served as before";
  gossip.on_gone(at(1s), a);
  EXPECT_EQ(gossip.counters().wanted, 1U);
}

struct Tight : GossipTest {
  Tight()
      : GossipTest({.most_seen = 2,
                    .most_asks_per_peer = 1,
                    .most_judging = 3,
                    .most_judging_bytes = 2 << 20,
                    .most_judging_per_peer = 2,
                    .most_judging_bytes_per_peer = 1 << 20}) {}
};

TEST_F(Tight, a_push_without_room_is_asked_for_later_and_nobody_is_blamed) {
  const u64 first = push(a, item_of(1));
  push(a, item_of(2));
  EXPECT_TRUE(gossip.offered(at(0s), a, item_of(3), std::nullopt, std::nullopt).empty());
  EXPECT_TRUE(gossip.on_tick(at(retry_pause)).empty()) << "no room yet";
  const auto out = all<AskItems>(gossip.ruled(at(2s), first, Verdict::accept));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].ask.items, std::vector{id_of(3)});
}

TEST_F(Tight, judging_is_bounded_in_total_and_in_bytes_of_each_peer) {
  EXPECT_NE(push(a, item_of(1, 1 << 20)), 0U);
  EXPECT_EQ(push(a, item_of(2)), 0U) << "a has its bytes";
  EXPECT_NE(push(b, item_of(3)), 0U);
  EXPECT_NE(push(b, item_of(4)), 0U);
  EXPECT_EQ(push(c, item_of(5)), 0U) << "three in all";
  EXPECT_TRUE(announce(c, {id_of(6)}).empty()) << "nothing is asked for without room to judge it";
  EXPECT_EQ(gossip.counters().judging, 3U);
}

TEST_F(Tight, items_older_than_the_newest_evicted_are_ignored) {
  for (u64 i = 1; i <= 3; ++i) gossip.publish(at(0s), item_of(i), from_seconds(static_cast<i64>(100 * i)));
  announce(a, {id_of(1)});
  const auto old = gossip.offered(at(1s), a, item_of(1), std::nullopt, from_seconds(100));
  EXPECT_TRUE(all<JudgeItem>(old).empty());
  EXPECT_TRUE(all<Blame>(old).empty());
  EXPECT_EQ(gossip.counters().wanted, 0U);
  EXPECT_EQ(all<JudgeItem>(gossip.offered(at(1s), a, item_of(9), std::nullopt, from_seconds(101))).size(), 1U);
}

TEST_F(GossipTest, nothing_is_left_when_the_last_peer_goes_and_all_has_aged) {
  announce(a, {id_of(1), id_of(2)});
  const u64 number = push(b, item_of(3));
  push(c, item_of(3));
  gossip.ruled(at(0s), push(c, item_of(4)), Verdict::later);
  for (const Peer peer : {a, b, c}) gossip.on_gone(at(1s), peer);
  EXPECT_TRUE(gossip.idle());
  const auto out = gossip.ruled(at(2s), number, Verdict::accept);
  EXPECT_TRUE(all<Good>(out).empty());
  EXPECT_EQ(gossip.counters().wanted, 0U);
  EXPECT_EQ(gossip.counters().cached, 1U);
  int ticks = 0;
  for (; gossip.next() != never; ++ticks) gossip.on_tick(gossip.next());
  EXPECT_LT(ticks, 40);
  EXPECT_EQ(gossip.counters().seen, 0U);
  EXPECT_EQ(gossip.counters().cached_bytes, 0U);
}

RC_GTEST_PROP(GossipFuzz, any_inputs_keep_the_limits_and_extra_ticks_change_nothing, ()) {
  const Config config{.most_seen = 5,
                      .most_cache_bytes = 600,
                      .most_asks_per_peer = 2,
                      .most_announced_per_peer = 4,
                      .most_judging = 3,
                      .most_judging_bytes = 60,
                      .most_judging_per_peer = 2,
                      .most_judging_bytes_per_peer = 30};
  Gossip once(config, {{20, Priority::item}, {20, Priority::bulk}});
  Gossip ticked = once;
  Time now{};
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, u8, u8, u8>>>(rc::gen::tuple(
      rc::gen::inRange(0, 9), rc::gen::arbitrary<u8>(), rc::gen::arbitrary<u8>(), rc::gen::arbitrary<u8>()));
  for (const auto& [what, x, y, z] : steps) {
    const Peer peer{x % 4U};
    const std::size_t size = least_body + y % 14U;
    const auto item = item_of(y % 16U, size, static_cast<Verdict>(z % 5), static_cast<u16>(z % 3));
    const auto input = [&](Gossip& gossip) -> Decisions {
      const std::vector ids{item.id, id_of(z % 16U)};
      const auto date = z % 4 == 0 ? std::nullopt : std::optional(from_seconds(z));
      switch (what) {
        case 0: return gossip.on_peer(now, peer);
        case 1: return x % 3 == 0 ? gossip.on_gone(now, peer) : Decisions{};
        case 2:
        case 3: return gossip.announced(now, peer, ids);
        case 4: return gossip.offered(now, peer, item, std::nullopt, date);
        case 5: return gossip.offered(now, peer, item, z % 16U, date);
        case 6: return gossip.missed(now, peer, y % 16U, ids);
        case 7: return gossip.ruled(now, y % 16U, static_cast<Verdict>(z % 5));
        default: return item.id.kind < 2 ? gossip.publish(now, item, date) : Decisions{};
      }
    };
    const auto left = input(once);
    const auto right = input(ticked);
    RC_ASSERT(left.size() == right.size());
    RC_ASSERT(ticked.on_tick(now).empty());
    now += Duration{x * 1'000};
    while (once.next() <= now) {
      const auto due = once.next();
      RC_ASSERT(once.on_tick(due).size() == ticked.on_tick(due).size());
      RC_ASSERT(ticked.on_tick(due).empty());
      RC_ASSERT(once.next() > due);
    }
    const auto counters = once.counters();
    RC_ASSERT(counters.seen <= 5U);
    RC_ASSERT(counters.cached_bytes <= 600U);
    RC_ASSERT(counters.judging <= 3U);
    RC_ASSERT(counters.judging_bytes <= 60U);
  }
}

}  // namespace
}  // namespace kith::gossip
