// What the address book promises: sources and groups that flood it gain little, who answers stays, and a file is either
// the book that was saved or refused.
#include "peers/peer_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/sealed.hpp"

namespace kith::peers {
namespace {

const Utc start = from_seconds(1'700'000'000);

Address at(Ip ip, u16 port = 7513) { return {ip, port, "wire", std::nullopt}; }
Address in_group(u64 group, u64 host, u16 port = 7513) {
  return at(Ip::v4(static_cast<u8>(11 + group / 256), static_cast<u8>(group), static_cast<u8>(host / 256),
                   static_cast<u8>(host)),
            port);
}
Ip source(u64 group) { return Ip::v4(static_cast<u8>(80 + group / 256), static_cast<u8>(group), 1, 1); }
bool any(const Entry&) { return true; }

PeerBook empty_book(u64 seed = 1) {
  auto rng = Rng::seeded(seed);
  return PeerBook(rng);
}

/// A book after `steps` random events from few sources about few addresses, so that they meet.
PeerBook lived_in(u64 seed, int steps) {
  auto rng = Rng::seeded(seed);
  PeerBook book(rng);
  Utc now = start;
  for (int i = 0; i < steps; ++i) {
    now += std::chrono::seconds(rng.below(3000));
    const auto address = in_group(rng.below(40), rng.below(20));
    switch (rng.below(6)) {
      case 0:
        book.good(address, now);
        if (const KindTag kind = static_cast<KindTag>(rng.below(3))) book.takes(address, {{kind, 7}});
        break;
      case 1: book.failed(address, now); break;
      case 2: book.tried(address, now); break;
      default: book.learn(address, source(rng.below(12)), now - std::chrono::hours(rng.below(900)), now);
    }
  }
  return book;
}

TEST(PeerBook, knows_what_it_learned_and_who_said_it) {
  auto book = empty_book();
  EXPECT_TRUE(book.learn(in_group(1, 1), source(1), start - 1h, start));
  EXPECT_FALSE(book.learn(in_group(1, 1), source(2), start, start + 1h));
  const auto entry = book.find(in_group(1, 1));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->source, source(1));
  EXPECT_EQ(entry->first_seen, start);
  EXPECT_EQ(entry->last_seen, start);
  EXPECT_FALSE(entry->tried);
  EXPECT_FALSE(book.find(in_group(1, 1, 99)));
}

TEST(PeerBook, knows_where_an_identity_is_expected_the_latest_good_one_first) {
  auto book = empty_book();
  const PeerId one{{1}};
  for (u64 host = 1; host <= 4; ++host) {
    auto address = in_group(host, 1);
    address.id = host == 4 ? PeerId{{2}} : one;
    book.learn(address, source(host), start, start);
  }
  auto good = in_group(3, 1);
  good.id = one;
  book.good(good, start);
  const auto found = book.with_id(one);
  ASSERT_EQ(found.size(), max_of_one_id);
  EXPECT_EQ(found[0], good);
  EXPECT_EQ(book.with_id(PeerId{{2}}).size(), 1U);
  EXPECT_TRUE(book.with_id(PeerId{{3}}).empty());
}

TEST(PeerBook, refuses_addresses_that_cannot_be_and_such_of_less_reach_than_their_source) {
  auto book = empty_book();
  EXPECT_FALSE(book.learn(in_group(1, 1, 0), source(1), start, start));
  EXPECT_FALSE(book.learn(at(Ip{}), source(1), start, start));
  EXPECT_FALSE(book.learn(at(Ip::v4(127, 0, 0, 1)), source(1), start, start));
  EXPECT_FALSE(book.learn(at(Ip::v4(192, 168, 0, 1)), source(1), start, start));
  EXPECT_FALSE(book.learn(at(Ip::v4(127, 0, 0, 1)), Ip::v4(10, 0, 0, 1), start, start));
  EXPECT_EQ(book.size(), 0u);
  EXPECT_TRUE(book.learn(at(Ip::v4(127, 0, 0, 1)), Ip::v4(127, 0, 0, 2), start, start));
  EXPECT_TRUE(book.learn(in_group(1, 1), Ip::v4(127, 0, 0, 2), start, start));
}

TEST(PeerBook, takes_no_date_from_the_future_nor_from_long_ago) {
  auto book = empty_book();
  book.learn(in_group(1, 1), source(1), Utc::max(), start);
  book.learn(in_group(1, 2), source(1), Utc::min(), start);
  EXPECT_EQ(book.find(in_group(1, 1))->last_seen, start);
  EXPECT_EQ(book.find(in_group(1, 2))->last_seen, start - 30 * 24h);
}

TEST(PeerBook, gives_a_source_group_no_more_than_its_buckets_of_the_new_table) {
  auto book = empty_book();
  for (u64 i = 0; i < 60'000; ++i) book.learn(in_group(i % 2000, i / 2000), source(1), start, start);
  EXPECT_LE(book.size(), buckets_per_source * bucket_size);
  EXPECT_GT(book.size(), buckets_per_source * bucket_size / 2);
}

TEST(PeerBook, gives_a_group_of_addresses_no_more_than_its_buckets_of_the_tried_table) {
  auto book = empty_book();
  for (u64 i = 0; i < 5000; ++i) {
    const auto address = in_group(1, i);
    book.learn(address, source(i % 64), start, start);
    book.good(address, start);
  }
  EXPECT_LE(book.tried_size(), buckets_per_group * bucket_size);
}

TEST(PeerBook, holds_a_source_group_to_an_eighth_of_the_tried_table) {
  auto book = empty_book();
  for (u64 i = 0; i < 400; ++i) {
    book.learn(in_group(i, 1), source(2 + i), start, start);
    book.good(in_group(i, 1), start);
  }
  for (u64 i = 400; i < 1000; ++i) {
    book.learn(in_group(i, 1), source(1), start, start);
    book.good(in_group(i, 1), start);
  }
  const auto entries = book.entries();
  const auto poisoned = std::ranges::count_if(
      entries, [](const Entry& entry) { return entry.tried && group_of(entry.source) == group_of(source(1)); });
  EXPECT_GT(book.tried_size(), 300u);
  EXPECT_GT(poisoned, 0);
  EXPECT_LE(static_cast<std::size_t>(poisoned) * tried_share, book.tried_size());
}

TEST(PeerBook, who_teaches_the_addresses_of_others_does_not_keep_them_from_being_tried) {
  auto book = empty_book();
  for (u64 i = 0; i < 400; ++i) {
    book.learn(in_group(i, 1), source(1), start, start);
    book.learn(in_group(i, 1), source(2 + i % 50), start, start);
    book.good(in_group(i, 1), start);
  }
  EXPECT_GT(book.tried_size(), 350u);
}

TEST(PeerBook, a_source_that_fills_nine_tenths_of_it_gets_its_part_of_the_choices_and_no_more) {
  auto book = empty_book();
  for (u64 i = 0; i < 3000; ++i) book.learn(in_group(1000 + i % 1000, i / 1000), source(0), start, start);
  for (u64 i = 0; i < 190; ++i) book.learn(in_group(i, 1), source(1 + i % 19), start, start);
  ASSERT_GT(book.size(), 1900u);
  auto rng = Rng::seeded(2);
  int poisoned = 0;
  for (int i = 0; i < 4000; ++i)
    if (book.find(*book.choose(rng, true, start, any))->source == source(0)) ++poisoned;
  // A twentieth of 4000 is 200, with a standard deviation of 14.
  EXPECT_LT(poisoned, 270);
  EXPECT_GT(poisoned, 130);
}

TEST(PeerBook, a_crowded_group_of_one_source_is_chosen_no_more_often_than_its_other_groups) {
  auto book = empty_book();
  for (u64 i = 0; i < 50; ++i) book.learn(in_group(0, i), source(1), start, start);
  for (u64 i = 1; i < 5; ++i) book.learn(in_group(i, 1), source(1), start, start);
  auto rng = Rng::seeded(2);
  int crowded = 0;
  for (int i = 0; i < 1000; ++i)
    if (group_of(book.choose(rng, true, start, any)->ip) == group_of(in_group(0, 0).ip)) ++crowded;
  EXPECT_LT(crowded, 300);
}

TEST(PeerBook, teaching_everything_first_does_not_make_a_source_the_only_one) {
  auto book = empty_book();
  for (u64 i = 0; i < 100; ++i) book.learn(in_group(i, 1), source(0), start, start);
  for (u64 i = 0; i < 100; ++i) book.learn(in_group(500 + i, 1), source(1), start, start);
  for (u64 i = 0; i < 100; ++i) book.learn(in_group(i, 1), source(2 + i % 18), start, start);
  auto rng = Rng::seeded(3);
  int poisoned = 0;
  for (int i = 0; i < 2000; ++i)
    if (book.find(*book.choose(rng, true, start, any))->source == source(1)) ++poisoned;
  EXPECT_LT(poisoned, 200);
}

TEST(PeerBook, finds_the_one_entry_that_fits_among_thousands) {
  auto book = empty_book();
  for (u64 i = 0; i < 2000; ++i) book.learn(in_group(i % 500, i / 500), source(i % 5), start, start);
  const auto wanted = in_group(250, 2);
  ASSERT_TRUE(book.find(wanted));
  auto rng = Rng::seeded(4);
  EXPECT_EQ(book.choose(rng, false, start, [&](const Entry& entry) { return entry.address == wanted; }), wanted);
  EXPECT_EQ(book.choose(rng, false, start, [](const Entry&) { return false; }), std::nullopt);
  EXPECT_EQ(empty_book().choose(rng, false, start, any), std::nullopt);
}

TEST(PeerBook, chooses_what_is_stale_only_when_nothing_else_is_there) {
  auto book = empty_book();
  book.learn(in_group(1, 1), source(1), start, start);
  book.learn(in_group(2, 1), source(2), start, start);
  for (int i = 0; i < 3; ++i) book.failed(in_group(1, 1), start);
  auto rng = Rng::seeded(5);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(book.choose(rng, false, start, any), in_group(2, 1));
  for (int i = 0; i < 3; ++i) book.failed(in_group(2, 1), start);
  EXPECT_TRUE(book.choose(rng, false, start, any));
}

TEST(PeerBook, only_a_session_changes_the_id_that_is_expected_at_an_address) {
  auto book = empty_book();
  auto first = in_group(1, 1);
  first.id = PeerId{{1}};
  auto second = first;
  second.id = PeerId{{2}};
  book.learn(first, source(1), start, start);
  book.learn(second, source(2), start, start);
  EXPECT_EQ(book.find(first)->address.id, first.id);
  book.good(second, start);
  EXPECT_EQ(book.find(first)->address.id, second.id);
}

TEST(PeerBook, an_id_that_was_never_found_at_an_address_gives_way_to_the_next) {
  auto book = empty_book();
  auto liar = in_group(1, 1);
  liar.id = PeerId{{1}};
  auto honest = liar;
  honest.id = PeerId{{2}};
  book.learn(liar, source(1), start, start);
  for (int i = 0; i < 3; ++i) book.failed(liar, start);
  EXPECT_TRUE(book.learn(honest, source(2), start, start));
  EXPECT_EQ(book.find(liar)->address.id, honest.id);
  EXPECT_EQ(book.find(liar)->failures, 0u);
}

TEST(PeerBook, remembers_an_address_that_nobody_told_it_of_but_where_a_session_opened) {
  auto book = empty_book();
  book.good(in_group(1, 1), start);
  EXPECT_EQ(book.tried_size(), 1u);
  EXPECT_EQ(book.find(in_group(1, 1))->source, in_group(1, 1).ip);
}

/// Two addresses that want the same tried slot.
std::pair<Address, Address> rivals(PeerBook& book) {
  for (u64 i = 0;; ++i) {
    const auto address = in_group(i % 1000, i / 1000);
    book.learn(address, source(i), start, start);
    book.good(address, start);
    if (!book.find(address)->tried) continue;
    for (u64 j = 0; j < 3000; ++j) {
      auto copy = book;
      const auto rival = in_group(i % 1000, j, 1);
      copy.learn(rival, source(300 + j % 100), start + 5h, start + 5h);
      copy.good(rival, start + 5h);
      if (copy.find(rival) && copy.to_test() == address) return {address, rival};
    }
  }
}

class TestBeforeEvict : public testing::Test {
 protected:
  void SetUp() override {
    std::tie(holder_, rival_) = rivals(book_);
    book_.learn(rival_, source(999), later_, later_);
    book_.good(rival_, later_);
  }
  PeerBook book_ = empty_book();
  Utc later_ = start + 5h;
  Address holder_, rival_;
};

TEST_F(TestBeforeEvict, an_entry_that_answers_keeps_its_slot) {
  ASSERT_EQ(book_.to_test(), holder_);
  book_.tried(holder_, later_ + 1s);
  EXPECT_EQ(book_.to_test(), std::nullopt);
  book_.good(holder_, later_ + 2s);
  EXPECT_TRUE(book_.find(holder_)->tried);
  EXPECT_FALSE(book_.find(rival_)->tried);
  EXPECT_EQ(book_.to_test(), std::nullopt);
  book_.failed(rival_, later_ + 41min);
  EXPECT_TRUE(book_.find(holder_)->tried);
}

TEST_F(TestBeforeEvict, an_entry_that_fails_goes_back_to_new) {
  book_.failed(holder_, later_ + 1s);
  EXPECT_FALSE(book_.find(holder_)->tried);
  EXPECT_TRUE(book_.find(rival_)->tried);
}

TEST_F(TestBeforeEvict, an_entry_that_nobody_tests_goes_after_the_test_window) {
  book_.failed(in_group(900, 900), later_ + 41min);
  book_.learn(in_group(900, 900), source(5), later_, later_);
  book_.failed(in_group(900, 900), later_ + 39min);
  EXPECT_TRUE(book_.find(holder_)->tried);
  book_.failed(in_group(900, 900), later_ + 41min);
  EXPECT_TRUE(book_.find(rival_)->tried);
}

TEST(PeerBook, forgets_what_only_a_poisoned_source_told) {
  auto book = empty_book();
  book.learn(in_group(1, 1), source(1), start, start);
  book.learn(in_group(2, 1), source(1), start, start);
  book.learn(in_group(2, 1), source(2), start, start);
  book.learn(in_group(3, 1), source(1), start, start);
  book.good(in_group(3, 1), start);
  book.forget_source(source(1));
  EXPECT_EQ(book.size(), 1u);
  EXPECT_EQ(book.find(in_group(2, 1))->source, source(2));
  EXPECT_EQ(book.tried_size(), 0u);
}

TEST(PeerBook, answers_with_part_of_itself_and_nothing_but_addresses_and_rounded_dates) {
  auto book = empty_book();
  auto rng = Rng::seeded(6);
  const auto asker = Ip::v4(99, 1, 1, 1);
  for (u64 i = 0; i < 5; ++i) book.learn(in_group(i, 1), source(i), start, start);
  EXPECT_EQ(book.answer(rng, start, asker).size(), 5u);
  for (u64 i = 0; i < 20; ++i) book.learn(in_group(i, 1), source(i), start, start);
  EXPECT_EQ(book.answer(rng, start, asker).size(), answer_least);
  for (u64 i = 0; i < 200; ++i) book.learn(in_group(i, 1), source(i), start, start);
  EXPECT_EQ(book.answer(rng, start, asker).size(), book.size() * answer_percent / 100);
  for (u64 i = 0; i < 8000; ++i) book.learn(in_group(i % 2000, 1 + i / 2000), source(i % 500), start, start);
  EXPECT_EQ(book.answer(rng, start, asker).size(), answer_most);
  for (const auto& entry : book.answer(rng, start, asker)) {
    EXPECT_EQ(to_millis(entry.last_seen) % std::chrono::milliseconds(10min).count(), 0);
    EXPECT_EQ(entry, (Entry{.address = entry.address, .last_seen = entry.last_seen}));
  }
}

TEST(PeerBook, one_group_of_askers_gets_one_answer_a_day) {
  auto book = empty_book();
  auto rng = Rng::seeded(7);
  for (u64 i = 0; i < 500; ++i) book.learn(in_group(i, 1), source(i % 100), start, start);
  const auto first = book.answer(rng, start, Ip::v4(99, 1, 1, 1));
  EXPECT_EQ(book.answer(rng, start + 20h, Ip::v4(99, 1, 200, 7)), first);
  EXPECT_NE(book.answer(rng, start, Ip::v4(98, 1, 1, 1)), first);
  EXPECT_NE(book.answer(rng, start + 25h, Ip::v4(99, 1, 1, 1)), first);
}

TEST(PeerBook, a_book_that_grows_does_not_answer_for_a_day_that_it_knows_nobody) {
  auto book = empty_book();
  auto rng = Rng::seeded(8);
  const auto asker = Ip::v4(127, 0, 0, 9);
  EXPECT_TRUE(book.answer(rng, start, asker).empty());
  book.learn(at(Ip::v4(127, 0, 0, 1)), asker, start, start);
  EXPECT_EQ(book.answer(rng, start, asker).size(), 1u);
}

TEST(PeerBook, tells_nobody_of_addresses_that_they_cannot_reach_nor_of_stale_ones) {
  auto book = empty_book();
  auto rng = Rng::seeded(9);
  const auto home = Ip::v4(127, 0, 0, 1);
  book.learn(at(home), home, start, start);
  book.learn(at(Ip::v4(10, 0, 0, 1)), home, start, start);
  book.learn(in_group(1, 1), home, start, start);
  book.learn(in_group(2, 1), home, start, start);
  for (int i = 0; i < 3; ++i) book.failed(in_group(2, 1), start);
  EXPECT_EQ(book.answer(rng, start, home).size(), 3u);
  EXPECT_EQ(book.answer(rng, start, Ip::v4(10, 0, 0, 2)).size(), 2u);
  EXPECT_EQ(book.answer(rng, start, Ip::v4(99, 0, 0, 2)).size(), 1u);
}

TEST(PeerBook, ages_as_the_stale_rules_say) {
  Entry entry{.last_seen = start};
  EXPECT_FALSE(is_stale(entry, start + 30 * 24h));
  EXPECT_TRUE(is_stale(entry, start + 30 * 24h + 1s));
  entry.failures = 3;
  EXPECT_TRUE(is_stale(entry, start));
  entry.last_good = start - 8 * 24h;
  EXPECT_FALSE(is_stale(entry, start));
  entry.failures = 10;
  EXPECT_TRUE(is_stale(entry, start));
  entry.last_good = start - 6 * 24h;
  EXPECT_FALSE(is_stale(entry, start));
}

RC_GTEST_PROP(PeerBookFile, a_saved_book_is_the_same_book_again, (u16 seed)) {
  const auto book = lived_in(seed, 300);
  const auto file = book.save();
  const auto again = PeerBook::restore(file);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->entries() == book.entries());
  RC_ASSERT(again->tried_size() == book.tried_size());
  RC_ASSERT(again->save() == file);
}

RC_GTEST_PROP(PeerBookFile, random_bytes_are_refused_also_under_a_right_checksum, (Buffer bytes)) {
  RC_ASSERT(!PeerBook::restore(bytes));
  crypto::seal(bytes);
  RC_ASSERT(!PeerBook::restore(bytes));
}

TEST(PeerBookFile, of_the_version_without_kinds_is_read) {
  auto book = empty_book();
  for (u64 i = 0; i < 20; ++i) book.learn(in_group(i, 1), source(i), start, start);
  book.good(in_group(3, 1), start);
  const auto saved = book.save();
  // The same without the number of kinds, 0, which stands behind the failures of each entry.
  Buffer old;
  const Bytes content = Bytes(saved).first(saved.size() - Hash{}.size());
  const auto entries = book.entries();
  constexpr std::size_t head = 4 + 16 + 4;
  const std::size_t entry = (content.size() - head) / entries.size();
  append(old, content.first(head));
  old[3] = 1;
  constexpr std::size_t behind_kinds = 4 + 16;
  for (std::size_t at = head; at < content.size(); at += entry) {
    append(old, content.subspan(at, entry - behind_kinds - 4));
    append(old, content.subspan(at + entry - behind_kinds, behind_kinds));
  }
  crypto::seal(old);
  const auto restored = PeerBook::restore(old);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->entries(), entries);
  EXPECT_EQ(restored->save(), saved);
}

TEST(PeerBook, remembers_the_kinds_that_a_node_says_it_takes_and_those_that_others_say_of_it) {
  auto book = empty_book();
  const auto met = in_group(1, 1);
  const auto heard_of = in_group(2, 1);
  book.learn(met, source(1), start, start);
  book.learn(heard_of, source(1), start, start);
  book.told(heard_of, 7);
  book.told(heard_of, 3);
  book.told(heard_of, 7);
  EXPECT_EQ(book.find(heard_of)->kinds, (std::vector<KindTag>{3, 7}));
  for (KindTag kind = 100; kind < 200; ++kind) book.told(heard_of, kind);
  EXPECT_EQ(book.find(heard_of)->kinds.size(), max_entry_kinds);
  book.good(met, start);
  book.takes(met, {{9, 2, 9}});
  EXPECT_EQ(book.find(met)->kinds, (std::vector<KindTag>{2, 9}));
  book.told(met, 5);
  EXPECT_EQ(book.find(met)->kinds, (std::vector<KindTag>{2, 9})) << "what it said itself stands";
  book.takes(met, {});
  EXPECT_TRUE(book.find(met)->kinds.empty());
  book.told(in_group(3, 1), 7);
  EXPECT_FALSE(book.find(in_group(3, 1))) << "nobody comes into the book in this way";
}

TEST(PeerBook, answers_with_takers_of_a_kind_alone_and_does_not_give_them_all_away) {
  auto book = empty_book();
  auto rng = Rng::seeded(1);
  for (u64 i = 0; i < 400; ++i) {
    book.learn(in_group(i, 1), source(i), start, start);
    if (i % 4 == 0) book.told(in_group(i, 1), 7);
  }
  const auto asker = source(1);
  const auto first = book.answer(rng, start, asker, 7);
  EXPECT_GE(first.size(), 20U);
  EXPECT_LE(first.size(), 24U);
  for (const auto& entry : first) EXPECT_TRUE(book.find(entry.address)->takes(7));
  EXPECT_EQ(book.answer(rng, start + 1h, asker, 7), first) << "asking again tells nothing new";
  EXPECT_TRUE(book.answer(rng, start, asker, 8).empty());
  const auto others = book.answer(rng, start, asker);
  for (KindTag made_up = 1000; made_up < 1200; ++made_up) book.answer(rng, start, asker, made_up);
  EXPECT_EQ(book.answer(rng, start, asker), others);
  EXPECT_EQ(book.answer(rng, start, asker, 7), first) << "made-up kinds do not flush what was answered";
}

RC_GTEST_PROP(PeerBookFile, a_changed_book_is_refused_or_a_book, (u16 seed)) {
  auto rng = Rng::seeded(seed);
  const auto saved = lived_in(seed, 40).save();
  auto file = to_buffer(Bytes(saved).first(saved.size() - Hash{}.size()));
  file[rng.below(file.size())] ^= static_cast<u8>(1 + rng.below(255));
  crypto::seal(file);
  if (auto book = PeerBook::restore(file)) {
    RC_ASSERT(book->save() == file);
    for (const auto& entry : book->entries()) book->good(entry.address, start);
    while (book->size() > 0) book->forget_source(book->entries().front().source);
  }
}

TEST(PeerBookFile, is_refused_when_two_entries_would_have_one_slot) {
  auto book = empty_book();
  for (u64 i = 0; i < 2000; ++i) book.learn(in_group(i % 500, i / 500), source(i % 5), start, start);
  const auto saved = book.save();
  auto file = to_buffer(Bytes(saved).first(saved.size() - Hash{}.size()));
  // The first byte of the salt: all slots become others.
  file[4] ^= 1;
  crypto::seal(file);
  EXPECT_EQ(PeerBook::restore(file).error().fault, Fault::malformed);
}

TEST(PeerBookFile, is_refused_when_cut_at_any_byte) {
  const auto file = lived_in(1, 60).save();
  ASSERT_TRUE(PeerBook::restore(file));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_EQ(PeerBook::restore(Bytes(file).first(size)).error().fault, Fault::storage);
    if (size == file.size() - Hash{}.size()) continue;
    auto cut = to_buffer(Bytes(file).first(size));
    crypto::seal(cut);
    EXPECT_EQ(PeerBook::restore(cut).error().fault, Fault::malformed);
  }
}

}  // namespace
}  // namespace kith::peers
