// Whom an item is asked of: one at a time, the next when that one fails, never somebody who has gone.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gossip/items_test.hpp"

namespace kith::gossip {
namespace {

constexpr Peer a{1};
constexpr Peer b{2};

struct Trio : testing::Test {
  Trio() {
    for (const Peer peer : {a, b}) asks.on_peer(peer);
  }
  Asks asks{5s, 2, 10};
};
using AsksTest = Trio;

TEST_F(AsksTest, an_item_is_asked_of_the_first_and_at_the_deadline_of_the_next) {
  asks.announce(a, id_of(1), Priority::item);
  asks.announce(b, id_of(1), Priority::item);
  const auto first = asks.pump(at(0s));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].peer, a);
  EXPECT_EQ(asks.next(), at(5s));
  asks.lapse(at(5s) - 1us);
  EXPECT_TRUE(asks.pump(at(5s) - 1us).empty());
  asks.lapse(at(5s));
  const auto second = asks.pump(at(5s));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].peer, b);
  EXPECT_NE(second[0].number, first[0].number);
}

TEST_F(AsksTest, who_is_slow_gets_second_chances_but_not_for_ever) {
  asks.announce(a, id_of(1), Priority::item);
  asks.announce(b, id_of(1), Priority::item);
  std::vector<Peer> asked;
  Time now{};
  for (; asks.wanted() != 0; asks.lapse(now += 5s)) {
    const auto questions = asks.pump(now);
    ASSERT_EQ(questions.size(), 1U);
    asked.push_back(questions[0].peer);
  }
  EXPECT_EQ(asked, (std::vector{a, b, a, b}));
}

TEST_F(AsksTest, who_announces_first_and_never_answers_cannot_hold_up_more_than_its_slots) {
  for (u64 i = 0; i < 10; ++i) asks.announce(a, id_of(i), Priority::item);
  for (u64 i = 0; i < 10; ++i) asks.announce(b, id_of(i), Priority::item);
  const auto questions = asks.pump(at(0s));
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_EQ(questions[0].items, (std::vector{id_of(0), id_of(1)}));
  EXPECT_EQ(questions[1].items, (std::vector{id_of(2), id_of(3)}));
  asks.answered(b, questions[1].number, id_of(2));
  const auto more = asks.pump(at(1s));
  ASSERT_EQ(more.size(), 1U);
  EXPECT_EQ(more[0].peer, b);
}

TEST_F(AsksTest, urgent_items_go_first_but_nothing_waits_for_ever) {
  Asks many{5s, 1, 10'000};
  many.on_peer(a);
  many.announce(a, id_of(1), Priority::bulk);
  many.announce(a, id_of(2), Priority::control);
  const auto first = many.pump(at(0s));
  EXPECT_EQ(first.at(0).items, std::vector{id_of(2)});
  many.answered(a, first[0].number, id_of(2));
  u64 asked_before = 0;
  for (u64 i = 3;; ++i) {
    ASSERT_LT(i, 10 * urgency_step) << "the less urgent item starves";
    many.announce(a, id_of(i), Priority::control);
    const auto question = many.pump(at(0s)).at(0);
    many.answered(a, question.number, question.items[0]);
    if (question.items[0] == id_of(1)) break;
    ++asked_before;
  }
  EXPECT_GT(asked_before, urgency_step);
}

TEST_F(AsksTest, a_flood_is_named_once_for_each_burst) {
  for (u64 i = 0; i < 10; ++i) EXPECT_EQ(asks.announce(a, id_of(i), Priority::item), Asks::Heard::noted);
  EXPECT_EQ(asks.announce(a, id_of(10), Priority::item), Asks::Heard::flood);
  EXPECT_EQ(asks.announce(a, id_of(11), Priority::item), Asks::Heard::dropped);
  for (u64 i = 0; i < 6; ++i) asks.drop(id_of(i));
  for (u64 i = 20; i < 26; ++i) EXPECT_EQ(asks.announce(a, id_of(i), Priority::item), Asks::Heard::noted);
  EXPECT_EQ(asks.announce(a, id_of(26), Priority::item), Asks::Heard::flood);
}

TEST_F(AsksTest, a_question_is_cancelled_only_when_nothing_of_it_is_wanted) {
  asks.announce(a, id_of(1), Priority::item);
  asks.announce(a, id_of(2), Priority::item);
  const u64 number = asks.pump(at(0s)).at(0).number;
  EXPECT_FALSE(asks.hold(id_of(1)));
  EXPECT_EQ(asks.answered(a, number, id_of(1)), Asks::Answer::late);
  const auto cancelled = asks.drop(id_of(2));
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->number, number);
  EXPECT_EQ(asks.answered(a, number, id_of(9)), Asks::Answer::late);
  EXPECT_EQ(asks.holders(id_of(1)), std::set{a});
}

TEST_F(AsksTest, what_rests_is_not_asked_before_its_time) {
  asks.hold(id_of(1));
  asks.announce(a, id_of(1), Priority::item);
  EXPECT_TRUE(asks.pump(at(0s)).empty());
  asks.release(id_of(1), at(0s), at(1s));
  EXPECT_TRUE(asks.pump(at(0s)).empty());
  EXPECT_EQ(asks.next(), at(1s));
  asks.lapse(at(1s));
  EXPECT_EQ(asks.pump(at(1s)).size(), 1U);
}

TEST_F(AsksTest, what_rests_without_announcers_is_bounded_and_goes_with_the_last_peer) {
  for (u64 i = 0; i < most_resting + 100; ++i) {
    asks.hold(id_of(i));
    asks.release(id_of(i), at(0s), at(1s));
  }
  EXPECT_EQ(asks.wanted(), most_resting);
  asks.on_gone(a);
  asks.on_gone(b);
  EXPECT_EQ(asks.wanted(), 0U);
}

// A naive twin: what each peer has announced and was not asked for, and what is asked of whom.
struct Twin {
  struct Asked {
    Peer peer;
    u64 number;
    Time deadline;
  };
  Asks asks{5s, 3, 6};
  std::set<Peer> here;
  std::set<std::pair<Peer, ItemId>> announced;
  std::map<ItemId, Asked> asked;
  std::set<ItemId> held;
  Time now{};

  void lapse() {
    asks.lapse(now);
    std::erase_if(asked, [&](const auto& entry) {
      const auto& [id, question] = entry;
      if (question.deadline > now) return false;
      if (asks.holders(id).contains(question.peer)) announced.emplace(question.peer, id);
      return true;
    });
  }
  void pump() {
    for (const auto& ask : asks.pump(now)) {
      RC_ASSERT(here.contains(ask.peer));
      RC_ASSERT(!ask.items.empty());
      for (const auto& id : ask.items) {
        RC_ASSERT(announced.erase({ask.peer, id}) == 1);
        RC_ASSERT(!held.contains(id));
        RC_ASSERT(asked.emplace(id, Asked{ask.peer, ask.number, now + 5s}).second);
      }
    }
    std::map<Peer, std::size_t> in_flight;
    for (const auto& entry : asked) RC_ASSERT(++in_flight[entry.second.peer] <= 3U);
    RC_ASSERT(asks.asked() == asked.size());
    for (const auto& [peer, id] : announced) RC_ASSERT(asks.holders(id).contains(peer));
  }
  void announce(Peer peer, const ItemId& id) {
    const bool already = asked.contains(id) && asked.at(id).peer == peer;
    const auto heard = asks.announce(peer, id, static_cast<Priority>(id.hash[7] % priorities));
    if (heard == Asks::Heard::noted && !already) announced.emplace(peer, id);
    if (heard != Asks::Heard::noted && here.contains(peer))
      RC_ASSERT(std::ranges::count(announced, peer, &std::pair<Peer, ItemId>::first) >= 6);
  }
  void gone(Peer peer) {
    asks.on_gone(peer);
    here.erase(peer);
    std::erase_if(announced, [&](const auto& entry) { return entry.first == peer; });
    std::erase_if(asked, [&](const auto& entry) { return entry.second.peer == peer; });
  }
  void stop_asking(const ItemId& id) {
    const auto asking = asked.find(id);
    if (asking == asked.end()) return;
    announced.emplace(asking->second.peer, id);
    asked.erase(asking);
  }
  void step(int what, Peer peer, const ItemId& id) {
    const auto open = asked.find(id);
    switch (what) {
      case 0: here.insert(peer); return asks.on_peer(peer);
      case 1: return gone(peer);
      case 2: now += 1s; return lapse();
      case 3:
        if (open == asked.end()) return;
        RC_ASSERT(asks.answered(open->second.peer, open->second.number, id) == Asks::Answer::expected);
        asked.erase(open);
        return;
      case 4:
        if (open == asked.end()) return;
        asks.missed(open->second.peer, open->second.number, id);
        asked.erase(open);
        return;
      case 5:
        asks.hold(id);
        stop_asking(id);
        held.insert(id);
        return;
      case 6:
        if (held.erase(id) != 0) asks.release(id, now, now + (id.hash[7] % 2 == 0 ? 0s : 2s));
        return;
      case 7:
        asks.drop(id);
        stop_asking(id);
        held.erase(id);
        std::erase_if(announced, [&](const auto& entry) { return entry.second == id; });
        return;
      default: return announce(peer, id);
    }
  }
};

RC_GTEST_PROP(AsksModel, never_asks_twice_at_once_nor_of_the_gone_and_forgets_nothing, ()) {
  Twin twin;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 16), rc::gen::inRange(1, 5), rc::gen::inRange(0, 12)));
  for (const auto& [what, peer, id] : steps) {
    twin.step(what, Peer{static_cast<u64>(peer)}, id_of(static_cast<u64>(id)));
    twin.pump();
  }
  for (const auto& id : std::set(twin.held)) twin.step(6, {}, id);
  for (int second = 0; second < 400; ++second) {
    twin.step(2, {}, {});
    twin.pump();
  }
  RC_ASSERT(twin.announced.empty());
  RC_ASSERT(twin.asked.empty());
  RC_ASSERT(twin.asks.wanted() == 0U);
  RC_ASSERT(twin.asks.next() == never);
  for (const Peer peer : std::set(twin.here)) twin.gone(peer);
  RC_ASSERT(twin.asks.idle());
}

}  // namespace
}  // namespace kith::gossip
