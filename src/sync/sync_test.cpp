// One node's Sync, question by question.
#include "sync/sync.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sync/toy_ledger_test.hpp"

namespace kith::sync {
namespace {

constexpr Peer ann{1};
constexpr Peer bob{2};
constexpr Peer cem{3};

template <typename What>
std::vector<What> all(const Decisions& decisions) {
  std::vector<What> out;
  for (const auto& decision : decisions)
    if (const auto* what = std::get_if<What>(&decision)) out.push_back(*what);
  return out;
}

std::vector<Ask> asks(const Decisions& decisions, What what) {
  std::vector<Ask> out;
  for (const auto& ask : all<AskFor>(decisions))
    if (ask.ask.what == what) out.push_back(ask.ask);
  return out;
}

std::vector<Fault> faults(const Decisions& decisions, Peer peer) {
  std::vector<Fault> out;
  for (const auto& blame : all<Blame>(decisions))
    if (blame.peer == peer) out.push_back(blame.error.fault);
  return out;
}

struct Desk {
  toy::Rules rules;
  ledger::Chain chain{rules, {}};
  Sync sync;
  toy::Judge judge;
  Time now{1h};
  Utc utc{};

  explicit Desk(Config config = {}) : sync(chain, config) {}

  /// A peer that answers its first question with these blocks' headers.
  Decisions meet(Peer peer, std::span<const Body> blocks, bool outbound = true) {
    const auto asked = asks(sync.on_peer(now, utc, peer, outbound), What::headers);
    EXPECT_EQ(asked.size(), 1u);
    return sync.have(now, utc, peer, toy::headers_of(blocks), asked.at(0).number);
  }
  Decisions tell(Peer peer, std::span<const Body> blocks) {
    return sync.have(now, utc, peer, toy::headers_of(blocks), std::nullopt);
  }
  Decisions give(Peer peer, const Body& body, std::optional<u64> ask = std::nullopt) {
    return sync.block(now, utc, peer, body, ask);
  }
  Decisions tick(Duration after) { return now += after, sync.on_tick(now, utc); }
  /// Judges all jobs in `decisions`, and those that follow; returns everything decided meanwhile.
  Decisions judged(const Decisions& decisions) {
    Decisions out;
    for (const auto& job : all<JudgeBlock>(decisions)) {
      auto more = sync.ruled(now, utc, judge.judge(job.job));
      auto rest = judged(more);
      out.insert(out.end(), more.begin(), more.end());
      out.insert(out.end(), rest.begin(), rest.end());
    }
    return out;
  }
};

TEST(Sync, asks_a_new_peer_for_headers_from_the_parent_of_the_best) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 5);
  desk.meet(ann, blocks);
  const auto asked = asks(desk.sync.on_peer(desk.now, desk.utc, bob, true), What::headers);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].peer, bob);
  EXPECT_EQ(asked[0].hashes.front(), toy::id_of(blocks[3]));
  EXPECT_EQ(asked[0].hashes.back(), toy::genesis());
}

TEST(Sync, asks_on_after_a_full_batch_but_not_after_the_same_batch_again) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), ledger::max_headers);
  const auto more = asks(desk.meet(ann, blocks), What::headers);
  ASSERT_EQ(more.size(), 1u);
  EXPECT_EQ(more[0].hashes.front(), toy::id_of(blocks.back()));
  const auto again = desk.sync.have(desk.now, desk.utc, ann, toy::headers_of(blocks), more[0].number);
  EXPECT_TRUE(asks(again, What::headers).empty());
}

TEST(Sync, blames_a_peer_that_never_answers_and_asks_it_again_later) {
  Desk desk;
  desk.sync.on_peer(desk.now, desk.utc, ann, true);
  EXPECT_TRUE(desk.tick(Config{}.headers_patience - 1us).empty());
  const auto late = desk.tick(1us);
  EXPECT_EQ(faults(late, ann), std::vector{Fault::no_answer});
  EXPECT_TRUE(asks(late, What::headers).empty());
  EXPECT_EQ(asks(desk.tick(Config{}.headers_patience), What::headers).size(), 1u);
}

TEST(Sync, asks_little_of_a_peer_that_announces_ten_thousand_headers_without_parents) {
  Desk desk;
  desk.meet(ann, {});
  std::size_t asked = 0;
  for (u64 i = 0; i < 10'000; ++i) {
    const auto out = desk.tell(ann, std::array{toy::make(Hash{1}, {.salt = i})});
    EXPECT_TRUE(all<Blame>(out).empty());
    asked += asks(out, What::headers).size();
    for (const auto& ask : asks(out, What::headers)) desk.sync.have(desk.now, desk.utc, ann, {}, ask.number);
  }
  EXPECT_EQ(asked, 1u);
  EXPECT_EQ(desk.chain.size(), 1u);
  EXPECT_EQ(asks(desk.tick(unconnected_pause), What::headers).size(), 1u);
}

TEST(Sync, asks_for_headers_when_an_announcement_does_not_connect) {
  Desk desk;
  desk.meet(ann, {});
  const auto blocks = toy::make_chain(toy::genesis(), 3);
  const auto asked = asks(desk.tell(ann, std::span(blocks).last(1)), What::headers);
  ASSERT_EQ(asked.size(), 1u);
  const auto out = desk.sync.have(desk.now, desk.utc, ann, toy::headers_of(blocks), asked[0].number);
  EXPECT_EQ(asks(out, What::blocks).size(), 3u);
}

TEST(Sync, asks_for_the_headers_of_a_block_that_is_only_named_and_then_for_the_block) {
  Desk desk;
  desk.meet(ann, {});
  const auto blocks = toy::make_chain(toy::genesis(), 2);
  const Hash last = toy::id_of(blocks[1]);
  const auto asked = asks(desk.sync.named(desk.now, ann, {{last}}), What::headers);
  ASSERT_EQ(asked.size(), 1u);
  const auto out = desk.sync.have(desk.now, desk.utc, ann, toy::headers_of(blocks), asked[0].number);
  EXPECT_EQ(asks(out, What::blocks).size(), 2u);
}

TEST(Sync, takes_a_named_block_that_it_knows_for_what_the_peer_has) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 2);
  desk.meet(ann, blocks);
  desk.meet(bob, {});
  for (const auto& ask : asks(desk.tick(0s), What::blocks)) EXPECT_EQ(ask.peer, ann);
  const auto out = desk.sync.named(desk.now, bob, {{toy::id_of(blocks[1])}});
  EXPECT_TRUE(asks(out, What::headers).empty());
  EXPECT_FALSE(desk.sync.synced());
  desk.sync.on_gone(desk.now, ann);
  EXPECT_FALSE(desk.sync.synced()) << "bob's word is forgotten";
  EXPECT_GT(desk.sync.progress().in_flight, 0u) << "and bob is not asked";
}

TEST(Sync, blames_who_sends_a_header_that_breaks_the_rules) {
  Desk desk;
  EXPECT_EQ(faults(desk.meet(ann, toy::make_chain(toy::genesis(), 2, {.work = 0})), ann),
            std::vector{Fault::bad_header});
}

TEST(Sync, fetches_an_announced_block_from_its_announcer_and_moves_the_tip) {
  Desk desk;
  desk.meet(ann, {});
  desk.meet(bob, {});
  const auto block = toy::make(toy::genesis(), {});
  const auto asked = asks(desk.tell(ann, std::array{block}), What::blocks);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].peer, ann);
  EXPECT_EQ(asked[0].hashes, std::vector{toy::id_of(block)});
  EXPECT_FALSE(desk.sync.synced());
  const auto out = desk.judged(desk.give(ann, block, asked[0].number));
  ASSERT_EQ(all<Stepped>(out).size(), 1u);
  EXPECT_EQ(all<Stepped>(out)[0].from, ann);
  EXPECT_EQ(all<Good>(out).at(0).peer, ann);
  EXPECT_TRUE(desk.sync.synced());
  // The one who told us is not told.
  ASSERT_EQ(all<AnnounceTo>(out).size(), 1u);
  EXPECT_EQ(all<AnnounceTo>(out)[0].to, bob);
}

TEST(Sync, asks_the_next_announcer_when_the_first_misses_the_block) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto asked = asks(desk.meet(ann, block), What::blocks);
  EXPECT_TRUE(asks(desk.meet(bob, block), What::blocks).empty()) << "one outstanding ask for a block";
  const auto out = desk.sync.missed(desk.now, ann, asked.at(0).number, asked.at(0).hashes);
  ASSERT_EQ(asks(out, What::blocks).size(), 1u);
  EXPECT_EQ(asks(out, What::blocks)[0].peer, bob);
  EXPECT_TRUE(all<Blame>(out).empty());
}

TEST(Sync, asks_another_after_a_deadline_near_the_tip_and_still_uses_the_late_body) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto first = asks(desk.meet(ann, block), What::blocks);
  desk.meet(bob, block);
  const auto out = desk.tick(Config{}.block_patience);
  ASSERT_EQ(all<CancelAsk>(out).size(), 1u);
  EXPECT_EQ(all<CancelAsk>(out)[0].ask, first.at(0).number);
  EXPECT_EQ(asks(out, What::blocks).at(0).peer, bob);
  const auto late = desk.give(ann, block[0], first.at(0).number);
  EXPECT_EQ(all<JudgeBlock>(late).size(), 1u);
  const auto ruled = desk.judged(late);
  ASSERT_EQ(all<CancelAsk>(ruled).size(), 1u);
  EXPECT_EQ(all<CancelAsk>(ruled)[0].peer, bob);
  const auto second = desk.give(bob, block[0], asks(out, What::blocks).at(0).number);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(desk.sync.progress().dropped, 1u);
  EXPECT_TRUE(all<Blame>(out).empty() && all<Blame>(late).empty());
}

TEST(Sync, waits_for_a_slow_peer_when_nobody_else_has_the_block) {
  Desk desk;
  desk.meet(ann, std::vector{toy::make(toy::genesis(), {})});
  EXPECT_TRUE(desk.tick(Config{}.block_patience).empty());
  const auto out = desk.tick(Config{}.give_up - Config{}.block_patience);
  EXPECT_EQ(faults(out, ann), std::vector{Fault::no_answer});
  EXPECT_EQ(asks(desk.tick(Config{}.pause), What::blocks).size(), 1u);
}

TEST(Sync, prefers_a_peer_that_we_dialled) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto first = asks(desk.meet(ann, block, false), What::blocks);
  desk.meet(bob, block, false);
  desk.meet(cem, block, true);
  const auto out = desk.sync.missed(desk.now, ann, first.at(0).number, first.at(0).hashes);
  EXPECT_EQ(asks(out, What::blocks).at(0).peer, cem);
}

TEST(Sync, blames_an_answer_that_is_another_block_and_asks_elsewhere) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto asked = asks(desk.meet(ann, block), What::blocks);
  desk.meet(bob, block);
  const auto out = desk.give(ann, toy::make(toy::genesis(), {.salt = 7}), asked.at(0).number);
  EXPECT_EQ(faults(out, ann), std::vector{Fault::corrupt_block});
  EXPECT_EQ(asks(out, What::blocks).at(0).peer, bob);
}

TEST(Sync, drops_and_counts_bodies_that_nobody_wants) {
  Desk desk;
  desk.meet(ann, toy::make_chain(toy::genesis(), 3));
  EXPECT_TRUE(desk.give(ann, toy::make(toy::genesis(), {.salt = 77})).empty());
  EXPECT_TRUE(desk.give(ann, Body()).empty());
  EXPECT_TRUE(desk.give(bob, toy::make(toy::genesis(), {})).empty());
  EXPECT_EQ(desk.sync.progress().dropped, 2u);
  EXPECT_EQ(desk.sync.progress().judging, 0u);
}

TEST(Sync, keeps_blocks_that_were_not_asked_for_up_to_288_ahead) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 400);
  desk.meet(ann, blocks);
  desk.meet(bob, {});
  desk.give(bob, blocks[max_unasked_ahead]);
  EXPECT_EQ(desk.sync.progress().judging, 0u);
  desk.give(bob, blocks[max_unasked_ahead - 1]);
  EXPECT_EQ(desk.sync.progress().judging, 1u);
}

TEST(Sync, a_copy_that_nobody_asked_for_cancels_no_download_of_others) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto asked = asks(desk.meet(ann, block), What::blocks);
  desk.meet(bob, {});
  auto out = desk.give(bob, toy::spoilt(block[0]));
  EXPECT_TRUE(all<CancelAsk>(out).empty());
  out = desk.judged(out);
  EXPECT_EQ(faults(out, bob), std::vector{Fault::corrupt_block});
  EXPECT_TRUE(all<CancelAsk>(out).empty() && asks(out, What::blocks).empty()) << "it is under way still";
  desk.judged(desk.give(ann, block[0], asked.at(0).number));
  EXPECT_EQ(desk.chain.tip().height, 1u);
  EXPECT_EQ(desk.sync.progress().in_flight, 0u);
}

TEST(Sync, what_a_peer_was_asked_for_is_judged_when_the_copy_that_came_before_it_is_corrupt) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 2);
  const auto asked = asks(desk.meet(ann, blocks), What::blocks);
  ASSERT_EQ(asked.size(), 2u);
  desk.meet(bob, {});
  const auto jobs = desk.give(bob, toy::spoilt(blocks[0]));
  ASSERT_EQ(all<JudgeBlock>(jobs).size(), 1u);
  desk.give(bob, toy::spoilt(blocks[0]));
  EXPECT_EQ(desk.sync.progress().body_bytes, blocks[0].size()) << "nobody asked bob";
  desk.give(ann, blocks[0], asked[0].number);
  EXPECT_EQ(desk.sync.progress().body_bytes, 2 * blocks[0].size());
  const auto out = desk.judged(jobs);
  EXPECT_EQ(faults(out, bob), std::vector{Fault::corrupt_block});
  EXPECT_TRUE(asks(out, What::blocks).empty()) << "it is here";
  EXPECT_EQ(desk.chain.tip().height, 1u);
  desk.judged(desk.give(ann, blocks[1], asked[1].number));
  EXPECT_EQ(desk.chain.tip().height, 2u);
  EXPECT_EQ(desk.sync.progress().in_flight, 0u);
  EXPECT_EQ(desk.sync.progress().body_bytes, 0u);
}

TEST(Sync, a_second_copy_is_dropped_once_the_first_is_good_or_when_it_does_not_fit) {
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  for (const bool fits : {true, false}) {
    Desk desk({.body_bytes = block[0].size() * (fits ? 2 : 1)});
    const auto asked = asks(desk.meet(ann, block), What::blocks);
    desk.meet(bob, {});
    const auto jobs = desk.give(bob, block[0]);
    desk.give(ann, block[0], asked.at(0).number);
    EXPECT_EQ(desk.sync.progress().body_bytes, block[0].size() * (fits ? 2 : 1));
    EXPECT_EQ(desk.sync.progress().dropped, fits ? 0u : 1u);
    desk.judged(jobs);
    EXPECT_EQ(desk.chain.tip().height, 1u);
    EXPECT_EQ(desk.sync.progress().body_bytes, 0u);
  }
}

TEST(Sync, a_good_copy_that_nobody_asked_for_ends_the_download_of_others_once_it_is_judged) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto asked = asks(desk.meet(ann, block), What::blocks);
  desk.meet(bob, {});
  const auto out = desk.judged(desk.give(bob, block[0]));
  ASSERT_EQ(all<CancelAsk>(out).size(), 1u);
  EXPECT_EQ(all<CancelAsk>(out)[0].ask, asked.at(0).number);
  EXPECT_EQ(desk.chain.tip().height, 1u);
  EXPECT_EQ(desk.sync.progress().in_flight, 0u);
}

TEST(Sync, a_flipped_copy_does_not_spoil_the_block_nor_what_follows_it) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 3);
  const auto asked = asks(desk.meet(ann, blocks), What::blocks);
  desk.meet(bob, blocks);
  auto jobs = desk.give(ann, toy::spoilt(blocks[0]), asked.at(0).number);
  for (const std::size_t i : {1u, 2u}) {
    const auto more = desk.give(ann, blocks[i], asked.at(i).number);
    jobs.insert(jobs.end(), more.begin(), more.end());
  }
  const auto out = desk.judged(jobs);
  EXPECT_EQ(faults(out, ann), std::vector{Fault::corrupt_block});
  const auto again = asks(out, What::blocks);
  ASSERT_EQ(again.size(), 1u) << "the descendants are kept";
  EXPECT_EQ(again[0].peer, bob);
  desk.judged(desk.give(bob, blocks[0], again[0].number));
  EXPECT_EQ(desk.chain.tip().height, 3u);
  EXPECT_TRUE(desk.sync.idle());
}

TEST(Sync, does_not_ask_the_giver_of_a_flipped_copy_again_at_once) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto asked = asks(desk.meet(ann, block), What::blocks);
  EXPECT_TRUE(asks(desk.judged(desk.give(ann, toy::spoilt(block[0]), asked.at(0).number)), What::blocks).empty());
  EXPECT_EQ(asks(desk.meet(bob, block), What::blocks).size(), 1u);
}

TEST(Sync, a_bad_block_costs_its_giver_and_another_chain_is_fetched) {
  Desk desk;
  const auto bad = toy::make_chain(toy::genesis(), 3, {.salt = 50, .bad = true});
  const auto good = toy::make_chain(toy::genesis(), 2);
  const auto asked = asks(desk.meet(ann, bad), What::blocks);
  ASSERT_EQ(asked.size(), 3u);
  desk.give(ann, bad[2], asked[2].number);
  desk.meet(bob, good);
  const auto out = desk.judged(desk.give(ann, bad[0], asked[0].number));
  EXPECT_EQ(faults(out, ann), std::vector{Fault::bad_block});
  EXPECT_EQ(faults(out, bob), std::vector<Fault>{});
  EXPECT_EQ(all<CancelAsk>(out).size(), 1u) << "its descendant is not waited for";
  EXPECT_EQ(desk.sync.progress().best, 2u);
  EXPECT_EQ(desk.sync.progress().judging, 0u) << "nor kept";
  EXPECT_EQ(desk.chain.state(toy::id_of(bad[2])), ledger::BlockState::invalid);
}

TEST(Sync, follows_the_next_best_chain_when_nobody_gives_the_best) {
  Desk desk;
  const auto withheld = toy::make_chain(toy::genesis(), 30, {.salt = 50});
  const auto good = toy::make_chain(toy::genesis(), 20);
  desk.meet(ann, withheld);
  auto asked = asks(desk.meet(bob, good), What::blocks);
  ASSERT_FALSE(asked.empty());
  while (!asked.empty()) {
    std::vector<Ask> next;
    for (const auto& ask : asked) {
      const auto body = std::find_if(good.begin(), good.end(), [&](auto& b) { return toy::id_of(b) == ask.hashes[0]; });
      ASSERT_NE(body, good.end());
      const auto out = desk.give(bob, *body, ask.number);
      const auto later = desk.judged(out);
      for (const auto& d : {out, later})
        for (const auto& more : asks(d, What::blocks)) next.push_back(more);
    }
    asked = next;
  }
  EXPECT_EQ(desk.chain.tip().height, 20u);
}

TEST(Sync, asks_again_after_a_pause_for_a_block_without_a_verdict) {
  Desk desk;
  const auto block = std::vector{toy::make(toy::genesis(), {})};
  const auto asked = asks(desk.meet(ann, block), What::blocks);
  desk.give(ann, block[0], asked.at(0).number);
  const auto out =
      desk.sync.ruled(desk.now, desk.utc, std::array{ledger::Ruling{toy::id_of(block[0]), Verdict::later}});
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(desk.tick(Config{}.pause - 1us).empty());
  EXPECT_EQ(asks(desk.tick(1us), What::blocks).size(), 1u);
}

TEST(Sync, leaves_a_kept_block_to_the_judge_until_a_later_job_rules_on_it) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 2);
  const auto asked = asks(desk.meet(ann, blocks), What::blocks);
  const auto rule = [&](std::vector<ledger::Ruling> rulings) { return desk.sync.ruled(desk.now, desk.utc, rulings); };
  desk.give(ann, blocks[0], asked.at(0).number);
  EXPECT_TRUE(rule({{.id = toy::id_of(blocks[0]), .verdict = Verdict::later, .kept = true}}).empty());
  EXPECT_TRUE(desk.sync.progress().judging == 0 && desk.sync.progress().body_bytes == 0);
  EXPECT_TRUE(asks(desk.tick(Config{}.pause), What::blocks).empty()) << "asked for what the judge has";
  EXPECT_EQ(all<JudgeBlock>(desk.give(ann, blocks[1], asked.at(1).number)).size(), 1u);

  const auto out =
      rule({{.id = toy::id_of(blocks[0]), .verdict = Verdict::reject, .error = {Fault::bad_block, "script"}}});
  ASSERT_EQ(all<Blame>(out).size(), 1u);
  EXPECT_EQ(all<Blame>(out)[0].peer, ann);
  EXPECT_EQ(desk.chain.state(toy::id_of(blocks[1])), ledger::BlockState::invalid);
}

TEST(Sync, gives_a_child_of_a_kept_block_a_rest_when_the_judge_cannot_take_it) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 2);
  const auto asked = asks(desk.meet(ann, blocks), What::blocks);
  const auto rule = [&](ledger::Ruling ruling) { return desk.sync.ruled(desk.now, desk.utc, std::array{ruling}); };
  desk.give(ann, blocks[0], asked.at(0).number);
  rule({.id = toy::id_of(blocks[0]), .verdict = Verdict::later, .kept = true});
  desk.give(ann, blocks[1], asked.at(1).number);
  EXPECT_TRUE(rule({.id = toy::id_of(blocks[1]), .verdict = Verdict::later, .error = {Fault::storage, ""}}).empty());
  EXPECT_EQ(asks(desk.tick(Config{}.pause), What::blocks).size(), 1u);
}

TEST(Sync, publishes_an_own_block_once_and_tells_everybody) {
  Desk desk;
  desk.meet(ann, {});
  const auto block = toy::make(toy::genesis(), {});
  const auto out = desk.sync.publish(desk.now, desk.utc, block);
  ASSERT_TRUE(out);
  EXPECT_EQ(desk.sync.publish(desk.now, desk.utc, block).error().fault, Fault::duplicate);
  const auto after = desk.judged(*out);
  EXPECT_EQ(all<Stepped>(after).at(0).from, std::nullopt);
  EXPECT_EQ(all<AnnounceTo>(after).at(0).headers, std::vector<Buffer>{toy::header_of(block)});
  EXPECT_TRUE(all<Good>(after).empty());
  EXPECT_EQ(desk.sync.publish(desk.now, desk.utc, Body()).error().fault, Fault::malformed);
}

TEST(Sync, announces_all_headers_since_the_fork_up_to_eight_else_the_last) {
  for (const std::size_t count : {std::size_t{8}, std::size_t{9}}) {
    Desk desk;
    const auto first = toy::make(toy::genesis(), {.salt = 99});
    const auto asked = asks(desk.meet(ann, std::vector{first}), What::blocks);
    desk.judged(desk.give(ann, first, asked.at(0).number));
    const auto blocks = toy::make_chain(toy::id_of(first), count);
    const auto got = asks(desk.meet(bob, blocks), What::blocks);
    Decisions jobs;
    for (std::size_t i = 0; i < count; ++i)
      for (auto& d : desk.give(bob, blocks[i], got.at(i).number)) jobs.push_back(d);
    std::vector<ledger::Ruling> rulings;
    for (const auto& job : all<JudgeBlock>(jobs)) rulings.push_back(desk.judge.judge(job.job).at(0));
    const auto told = all<AnnounceTo>(desk.sync.ruled(desk.now, desk.utc, rulings));
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].to, ann);
    EXPECT_EQ(told[0].headers.size(), count == 8 ? 8u : 1u);
    EXPECT_EQ(told[0].headers.back(), toy::header_of(blocks.back()));
  }
}

TEST(Sync, asks_a_peer_that_is_behind_our_headers_from_our_tip) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 100);
  desk.meet(ann, blocks);
  desk.sync.on_gone(desk.now, ann);
  // bob has 95 of them and so nothing after the ones that the first question names.
  const auto asked = asks(desk.meet(bob, {}), What::headers);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].hashes, std::vector{toy::genesis()});
  const auto out =
      desk.sync.have(desk.now, desk.utc, bob, toy::headers_of(std::span(blocks).first(95)), asked[0].number);
  EXPECT_EQ(asks(out, What::blocks).size(), Config{}.per_peer);
}

TEST(Sync, is_not_synced_before_a_peer_answered) {
  Desk desk;
  EXPECT_FALSE(desk.sync.synced());
  desk.sync.on_peer(desk.now, desk.utc, ann, true);
  EXPECT_FALSE(desk.sync.synced());
  desk.meet(bob, {});
  EXPECT_TRUE(desk.sync.synced());
}

TEST(Sync, keeps_nothing_when_the_last_peer_is_gone) {
  Desk desk;
  const auto blocks = toy::make_chain(toy::genesis(), 5);
  const auto asked = asks(desk.meet(ann, blocks), What::blocks);
  desk.give(ann, blocks[3], asked.at(3).number);
  EXPECT_FALSE(desk.sync.idle());
  desk.sync.on_gone(desk.now, ann);
  EXPECT_TRUE(desk.sync.idle());
  EXPECT_EQ(desk.sync.next(), never);
  EXPECT_EQ(asks(desk.meet(bob, blocks), What::blocks).size(), 5u) << "what was dropped is asked for again";
}

TEST(Sync, asks_for_no_more_bodies_than_fit) {
  // Before it has seen any, it takes them for 64 KiB each.
  Desk desk({.body_bytes = 4 * 64 * 1024});
  EXPECT_EQ(asks(desk.meet(ann, toy::make_chain(toy::genesis(), 8)), What::blocks).size(), 4u);
}

TEST(Sync, sheds_the_highest_bodies_when_blocks_are_larger_than_thought) {
  Desk desk({.body_bytes = 2'000'000});
  const auto blocks = toy::make_chain(toy::genesis(), 8, {.content = 600'000});
  const auto asked = asks(desk.meet(ann, blocks), What::blocks);
  ASSERT_EQ(asked.size(), 8u);
  for (std::size_t i = 7; i > 0; --i) {
    desk.give(ann, blocks[i], asked[i].number);
    EXPECT_LE(desk.sync.progress().body_bytes, 2'000'000u);
  }
  EXPECT_EQ(desk.sync.progress().judging, 3u);
  EXPECT_EQ(all<JudgeBlock>(desk.give(ann, blocks[0], asked[0].number)).size(), 3u);
}

RC_GTEST_PROP(Sync, survives_random_bytes_from_a_peer, (const std::vector<Buffer>& headers, const Buffer& body)) {
  Desk desk;
  desk.meet(ann, {});
  for (const auto& header : headers) desk.sync.have(desk.now, desk.utc, ann, std::array{header}, std::nullopt);
  desk.give(ann, Body(body));
  RC_ASSERT(desk.chain.size() == 1u);
  RC_ASSERT(desk.sync.progress().judging == 0u);
}

}  // namespace
}  // namespace kith::sync
