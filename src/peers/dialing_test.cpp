// What a dial plan promises: other groups first, nobody twice, failures wait, and small networks connect all the same.
#include "peers/dialing.hpp"

#include <set>

#include <gtest/gtest.h>

namespace kith::peers {
namespace {

const Utc start = from_seconds(1'700'000'000);

Address in_group(u8 group, u8 host) { return {Ip::v4(20, group, 0, host), 7513, "wire", PeerId{{group, host}}}; }

class Dialing : public testing::Test {
 protected:
  void know(const Address& address) { book_.learn(address, address.ip, start, start); }
  std::vector<Pick> next(Utc utc = start) {
    situation_.utc = utc;
    situation_.links = links_;
    situation_.anchors = anchors_;
    situation_.kinds = kinds_;
    return plan(config_, situation_, book_, rng_, [&](const Address& to) { return to != refused_; });
  }
  /// Dials all that is planned, which all opens, until there is no more.
  void connect_all() {
    for (auto picks = next(); !picks.empty(); picks = next())
      for (const auto& pick : picks) links_.push_back({.address = pick.address, .open = true});
  }
  /// Ticks as a host does, with nodes that take what the book says, until nothing changes any more.
  void settle() {
    for (int round = 0; round < 200; ++round) {
      // As if each were old enough to go.
      situation_.now = Time{} + config_.keep_least + std::chrono::seconds(round + 1);
      situation_.links = links_;
      situation_.kinds = kinds_;
      const auto gone = surplus(config_, situation_);
      if (gone) links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(*gone));
      const auto picks = next();
      if (picks.empty() && !gone) return;
      for (const auto& pick : picks)
        links_.push_back({.address = pick.address,
                          .open = true,
                          .kinds = shared_kinds(kinds_, book_.find(pick.address)->kinds),
                          .since = Time{} + std::chrono::seconds(round),
                          .planned = true});
    }
    FAIL() << "it goes round for ever";
  }
  /// Sessions open with so many that two want the same tried slot: the one that has it, which is to be tested.
  Address wait_to_be_tested() {
    for (u64 i = 0; i < 10'000 && !book_.to_test(); ++i) {
      const auto address = in_group(static_cast<u8>(100 + i % 100), static_cast<u8>(i / 100));
      know(address);
      book_.good(address, i < 5'000 ? start : start + 5h);
    }
    return book_.to_test().value_or(Address{});
  }
  std::size_t leading_to(std::size_t kind) const {
    return static_cast<std::size_t>(
        std::count_if(links_.begin(), links_.end(), [&](const Link& link) { return link.kinds >> kind & 1; }));
  }
  std::set<Group> groups() const {
    std::set<Group> out;
    for (const auto& link : links_) out.insert(group_of(link.address.ip));
    return out;
  }

  Rng rng_ = Rng::seeded(1);
  PeerBook book_{rng_};
  DialConfig config_;
  Situation situation_;
  std::vector<Link> links_;
  std::vector<Address> anchors_;
  std::vector<KindTag> kinds_;
  Address refused_;
};

TEST_F(Dialing, starts_no_more_dials_at_once_and_wants_no_more_links_than_it_may) {
  for (u8 i = 0; i < 40; ++i) know(in_group(i, 1));
  EXPECT_EQ(next().size(), config_.pending);
  links_.push_back({.address = in_group(1, 1)});
  EXPECT_EQ(next().size(), config_.pending - 1);
  links_.clear();
  connect_all();
  EXPECT_EQ(links_.size(), config_.outbound);
}

TEST_F(Dialing, never_has_two_of_one_group_while_the_book_knows_another) {
  for (u8 group = 0; group < 8; ++group)
    for (u8 host = 1; host < 20; ++host) know(in_group(group, host));
  connect_all();
  EXPECT_EQ(links_.size(), 8u);
  EXPECT_EQ(groups().size(), 8u);
}

TEST_F(Dialing, waits_for_another_group_rather_than_take_a_second_of_one) {
  know(in_group(1, 1));
  know(in_group(1, 2));
  know(in_group(2, 1));
  links_.push_back({.address = in_group(1, 1), .open = true});
  book_.failed(in_group(2, 1), start);
  EXPECT_TRUE(next().empty());
  ASSERT_EQ(next(start + 1h).size(), 2u);
}

TEST_F(Dialing, takes_several_of_one_group_where_there_is_no_other) {
  for (u8 host = 1; host <= 20; ++host) know(in_group(1, host));
  connect_all();
  EXPECT_EQ(links_.size(), config_.outbound);
}

TEST_F(Dialing, takes_several_of_one_group_where_it_is_told_to) {
  config_.one_per_group = false;
  for (u8 host = 1; host <= 20; ++host) know(in_group(1, host));
  know(in_group(2, 1));
  book_.failed(in_group(2, 1), start);
  connect_all();
  EXPECT_EQ(links_.size(), config_.outbound);
}

TEST_F(Dialing, dials_neither_an_address_nor_an_id_nor_whom_it_must_not) {
  know(in_group(1, 1));
  know(in_group(2, 1));
  know(in_group(3, 1));
  auto moved = in_group(2, 1);
  moved.ip = Ip::v4(77, 7, 7, 7);
  links_.push_back({.address = {in_group(1, 1).ip, 7513, "wire", std::nullopt}, .outbound = false, .open = true});
  links_.push_back({.address = moved, .outbound = false, .open = true});
  refused_ = in_group(3, 1);
  EXPECT_TRUE(next().empty());
}

TEST_F(Dialing, leaves_an_address_alone_for_longer_after_each_failure) {
  know(in_group(1, 1));
  Duration before{};
  for (int i = 0; i < 8; ++i) {
    book_.failed(in_group(1, 1), start);
    const auto wait = retry_after(config_, *book_.find(in_group(1, 1)));
    EXPECT_GT(wait, before);
    EXPECT_TRUE(next(start + std::chrono::floor<std::chrono::milliseconds>(wait) - 1ms).empty());
    EXPECT_EQ(next(start + std::chrono::ceil<std::chrono::milliseconds>(wait)).size(), 1u);
    before = wait;
  }
  for (int i = 0; i < 2000; ++i) book_.failed(in_group(1, 1), start + 999ms);
  const auto longest = retry_after(config_, *book_.find(in_group(1, 1)));
  EXPECT_GE(longest, config_.retry_most);
  EXPECT_LT(longest, config_.retry_most * 3 / 2);
}

TEST_F(Dialing, forgets_a_wait_when_the_clock_is_set_back) {
  know(in_group(1, 1));
  book_.failed(in_group(1, 1), start + 24h * 365);
  EXPECT_EQ(next().size(), 1u);
}

TEST_F(Dialing, tries_anchors_before_all_others_but_one_of_a_group) {
  for (u8 i = 0; i < 100; ++i) know(in_group(i, 1));
  know(in_group(7, 2));
  anchors_ = {in_group(7, 1), in_group(7, 2), in_group(9, 1), in_group(200, 1)};
  const auto picks = next();
  ASSERT_GE(picks.size(), 2u);
  EXPECT_EQ(picks[0].address, in_group(7, 1));
  EXPECT_EQ(picks[1].address, in_group(9, 1));
  EXPECT_NE(picks[2].address, in_group(7, 2));
}

TEST_F(Dialing, sends_one_feeler_to_a_new_address_when_it_is_due) {
  know(in_group(1, 1));
  book_.good(in_group(1, 1), start - 1h);
  know(in_group(2, 1));
  config_.outbound = 0;
  EXPECT_TRUE(next().empty());
  situation_.feeler_due = situation_.now;
  const auto picks = next();
  ASSERT_EQ(picks.size(), 1u);
  EXPECT_TRUE(picks[0].feeler);
  EXPECT_EQ(picks[0].address, in_group(2, 1));
  links_.push_back({.address = in_group(2, 1), .feeler = true});
  know(in_group(3, 1));
  EXPECT_TRUE(next().empty());
}

TEST_F(Dialing, of_a_rare_kind_four_are_found_among_many_and_the_number_of_links_stays) {
  kinds_ = {5, 7};
  for (u8 i = 0; i < 200; ++i) know(in_group(i, 1));
  settle();
  ASSERT_EQ(links_.size(), config_.outbound);
  // Only now it hears who takes what.
  for (u8 i = 100; i < 110; ++i) know(in_group(i, 2)), book_.told(in_group(i, 2), 7);
  settle();
  EXPECT_EQ(links_.size(), config_.outbound);
  EXPECT_GE(leading_to(1), config_.per_kind);
  EXPECT_EQ(groups().size(), links_.size()) << "still no two of a group";
}

TEST_F(Dialing, kinds_that_no_link_serves_together_make_more_links_up_to_a_limit) {
  kinds_ = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  for (u8 i = 0; i < 200; ++i) know(in_group(i, 1)), book_.told(in_group(i, 1), 1 + i % 10u);
  config_.outbound_most = 20;
  settle();
  EXPECT_GT(links_.size(), config_.outbound);
  EXPECT_LE(links_.size(), config_.outbound_most);
  kinds_ = {1, 2, 3};
  links_.clear();
  settle();
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) EXPECT_GE(leading_to(kind), config_.per_kind) << kind;
}

TEST_F(Dialing, half_of_the_links_are_chosen_whatever_is_said_of_kinds) {
  kinds_ = {7};
  // Somebody tells of many takers, all of one source, beside those that were known.
  const Ip liar = Ip::v4(99, 1, 0, 1);
  for (u8 i = 0; i < 100; ++i) know(in_group(i, 1));
  for (u8 i = 100; i < 200; ++i) {
    book_.learn(in_group(i, 1), liar, start, start);
    book_.told(in_group(i, 1), 7);
  }
  settle();
  EXPECT_EQ(links_.size(), config_.outbound);
  EXPECT_LE(leading_to(0), config_.per_kind + 1);
}

TEST_F(Dialing, only_links_that_a_plan_made_and_no_kind_needs_are_surplus_and_of_them_the_youngest) {
  kinds_ = {7};
  situation_.kinds = kinds_;
  config_.outbound = 2;
  config_.per_kind = 1;
  const auto link = [&](u8 i, u64 kinds, bool planned) {
    links_.push_back({.address = in_group(i, 1),
                      .open = true,
                      .kinds = kinds,
                      .since = Time{} + std::chrono::seconds(i),
                      .planned = planned});
    situation_.links = links_;
  };
  situation_.now = Time{} + 1h;
  link(1, 0, true);
  link(2, 0, true);
  link(3, 0, false);
  EXPECT_FALSE(surplus(config_, situation_)) << "an operator's link is not ours to close";
  link(4, 1, true);
  EXPECT_EQ(surplus(config_, situation_), 1U) << "the fourth is needed";
  link(5, 1, true);
  EXPECT_EQ(surplus(config_, situation_), 4U) << "one of the last two is enough";
  situation_.now = Time{} + 5s + config_.keep_least - 1us;
  EXPECT_EQ(surplus(config_, situation_), 3U) << "the last had no time yet to tell whom it knows";
}

TEST_F(Dialing, who_wants_no_links_makes_none_for_a_kind) {
  kinds_ = {7};
  config_.outbound = 0;
  for (u8 i = 0; i < 10; ++i) know(in_group(i, 1)), book_.told(in_group(i, 1), 7);
  EXPECT_TRUE(next().empty());
}

TEST_F(Dialing, one_more_is_asked_in_a_feelers_stead_while_nobody_is_known_who_takes_a_kind) {
  kinds_ = {7};
  for (u8 i = 0; i < 50; ++i) know(in_group(i, 1));
  settle();
  ASSERT_EQ(links_.size(), config_.outbound);
  EXPECT_TRUE(next().empty());
  situation_.feeler_due = situation_.now;
  auto picks = next();
  ASSERT_EQ(picks.size(), 1u);
  EXPECT_TRUE(picks[0].explorer);
  EXPECT_FALSE(picks[0].feeler);
  links_.push_back({.address = picks[0].address, .open = true, .since = situation_.now, .planned = true});
  situation_.feeler_due = never;
  situation_.links = links_;
  const auto gone = surplus(config_, situation_);
  ASSERT_TRUE(gone) << "an older one makes room";
  EXPECT_NE(links_[*gone].address, picks[0].address);
  links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(*gone));
  // It told of somebody.
  know(in_group(60, 1));
  book_.told(in_group(60, 1), 7);
  picks = next();
  ASSERT_FALSE(picks.empty());
  EXPECT_EQ(picks.back().address, in_group(60, 1));
  for (const auto& pick : picks) EXPECT_FALSE(pick.explorer);
}

TEST_F(Dialing, an_entry_that_waits_to_be_tested_goes_before_explorers) {
  kinds_ = {7};
  for (u8 i = 0; i < 50; ++i) know(in_group(i, 1));
  settle();
  situation_.feeler_due = situation_.now;
  const Address waits = wait_to_be_tested();
  const auto picks = next();
  ASSERT_EQ(picks.size(), 1u);
  EXPECT_TRUE(picks[0].feeler);
  EXPECT_EQ(picks[0].address, waits);
}

TEST_F(Dialing, when_a_rotation_is_due_the_youngest_gives_way_to_a_new_one_and_the_old_stay) {
  for (u8 i = 0; i < 50; ++i) know(in_group(i, 1));
  settle();
  ASSERT_EQ(links_.size(), config_.outbound);
  const auto before = links_;
  for (int round = 1; round <= 3; ++round) {
    situation_.now += 10min;
    situation_.rotation_due = situation_.now;
    const auto picks = next();
    ASSERT_EQ(picks.size(), 1u);
    EXPECT_TRUE(picks[0].explorer);
    links_.push_back({.address = picks[0].address, .open = true, .since = situation_.now, .planned = true});
    EXPECT_TRUE(next().empty()) << "one at a time";
    const auto gone = surplus(config_, situation_);
    ASSERT_TRUE(gone);
    EXPECT_EQ(*gone, config_.outbound - 1) << "the same slot each time";
    links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(*gone));
  }
  for (std::size_t i = 0; i + 1 < config_.outbound; ++i) EXPECT_EQ(links_[i].address, before[i].address);
}

TEST_F(Dialing, nothing_rotates_while_there_is_room_or_nobody_else) {
  for (u8 i = 0; i < 4; ++i) know(in_group(i, 1));
  settle();
  situation_.rotation_due = situation_.now;
  EXPECT_TRUE(next().empty());
  config_.outbound = 4;
  EXPECT_TRUE(next().empty()) << "nobody that it is not connected with";
  know(in_group(9, 1));
  EXPECT_EQ(next().size(), 1u);
  config_.outbound = 0;
  EXPECT_TRUE(next().empty());
}

}  // namespace
}  // namespace kith::peers
