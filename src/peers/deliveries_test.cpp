// A letter tries one way after the other, each once, within bounds that are known beforehand; and says how it ended.
#include "peers/deliveries.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace kith::peers {
namespace {

PeerId id(u8 fill) {
  PeerId out;
  out.key.fill(fill);
  return out;
}
Address at(u8 host, u8 whom = 9) { return {Ip::v4(8, 8, 0, host), 7513, "toy", id(whom)}; }

/// A host of which the test says what it knows, and what befell it.
struct DeliveriesTest : ::testing::Test {
  Time now = Time{} + 1h;
  DeliveryConfig config;
  Deliveries deliveries{config};
  std::map<PeerId, Peer> connected;
  std::vector<Address> book;
  std::vector<Peer> neighbours;
  DeliveryDecisions decided;

  Around around() {
    return {.connected = [this](const PeerId& whom) -> std::optional<Peer> {
              const auto at = connected.find(whom);
              return at == connected.end() ? std::nullopt : std::optional(at->second);
            },
            .known = [this](const PeerId&) { return book; },
            .neighbours = [this](const PeerId&) { return neighbours; }};
  }
  void take(DeliveryDecisions more) {
    for (auto& each : more) decided.push_back(std::move(each));
  }
  void send(u64 number = 1, u8 to = 9) {
    auto out = deliveries.send(now, Letter{.who = id(to), .number = number, .protocol = "text"}, around());
    ASSERT_TRUE(out);
    take(std::move(*out));
  }
  void wait(Duration duration) {
    const Time end = now + duration;
    while (deliveries.next() <= end) {
      now = std::max(now, deliveries.next());
      take(deliveries.on_tick(now, around()));
    }
    now = end;
  }
  void neighbours_are(u64 count) {
    neighbours.clear();
    for (u64 i = 0; i < count; ++i) neighbours.push_back(Peer{100 + i});
  }
  /// What was decided of one sort since the last question about it.
  template <typename D>
  std::vector<D> all() {
    std::vector<D> out;
    std::erase_if(decided, [&](const Delivery& each) {
      const auto* one = std::get_if<D>(&each);
      if (one) out.push_back(*one);
      return one != nullptr;
    });
    return out;
  }
  void expect_end(bool acknowledged, Way way) {
    const auto ends = all<Delivered>();
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].acknowledged, acknowledged);
    EXPECT_STREQ(to_text(ends[0].way), to_text(way));
    EXPECT_EQ(deliveries.size(), 0U);
    EXPECT_EQ(deliveries.next(), never);
  }
};

TEST_F(DeliveriesTest, a_neighbour_is_handed_the_letter_and_nobody_else_hears_of_it) {
  connected[id(9)] = Peer{3};
  book = {at(1)};
  neighbours_are(5);
  send();
  ASSERT_EQ(all<Hand>().size(), 1U);
  now += 30ms;
  take(deliveries.acknowledged(now, id(9), 1));
  const auto hang_ups = all<HangUp>();
  EXPECT_TRUE(hang_ups.empty()) << "a connection that was there before is kept";
  expect_end(true, Way::direct);
  EXPECT_TRUE(decided.empty());
}

TEST_F(DeliveriesTest, who_stands_in_the_book_is_dialled_handed_the_letter_and_let_go) {
  book = {at(1), at(2)};
  send();
  EXPECT_EQ(all<DialFor>().at(0).to, at(1));
  take(deliveries.dial_failed(now, id(9), around()));
  EXPECT_EQ(all<DialFor>().at(0).to, at(2));
  take(deliveries.on_peer(now, id(9), Peer{4}));
  EXPECT_EQ(all<Hand>().at(0).peer, Peer{4});
  take(deliveries.acknowledged(now, id(9), 1));
  EXPECT_EQ(all<HangUp>().at(0).peer, Peer{4});
  expect_end(true, Way::dialled);
}

TEST_F(DeliveriesTest, who_is_found_by_key_is_dialled_where_the_first_answer_says) {
  neighbours_are(10);
  send();
  const auto first = all<AskWhere>();
  ASSERT_EQ(first.size(), config.asked_at_once);
  take(deliveries.found(now, first[0].peer, id(9), {}, around()));
  EXPECT_EQ(all<AskWhere>().size(), 1U) << "who does not know makes room for the next";
  take(deliveries.found(now, first[1].peer, id(9), {at(7)}, around()));
  EXPECT_EQ(all<DialFor>().at(0).to, at(7));
  take(deliveries.found(now, first[2].peer, id(9), {at(7)}, around()));
  EXPECT_TRUE(all<DialFor>().empty()) << "one dial at a time";
  take(deliveries.on_peer(now, id(9), Peer{4}));
  take(deliveries.acknowledged(now, id(9), 1));
  expect_end(true, Way::found);
}

TEST_F(DeliveriesTest, who_was_not_asked_and_who_is_asked_about_another_change_nothing) {
  neighbours_are(2);
  send();
  all<AskWhere>();
  take(deliveries.found(now, Peer{999}, id(9), {at(7)}, around()));
  take(deliveries.found(now, Peer{100}, id(8), {at(7)}, around()));
  EXPECT_TRUE(decided.empty());
}

TEST_F(DeliveriesTest, who_cannot_be_dialled_is_sent_one_sealed_item_and_the_letter_ends_in_time) {
  book = {at(1)};
  neighbours_are(100);
  send();
  std::size_t asked = 0;
  for (int i = 0; i < 600; ++i) {
    wait(100ms);
    asked += all<AskWhere>().size();
  }
  EXPECT_LE(asked, config.most_asked);
  EXPECT_EQ(all<SealUp>().size(), 1U);
  EXPECT_EQ(all<DialFor>().size(), 1U);
  const auto ends = all<Delivered>();
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_FALSE(ends[0].acknowledged);
  EXPECT_EQ(ends[0].took, config.give_up);
  EXPECT_EQ(deliveries.size(), 0U);
}

TEST_F(DeliveriesTest, an_acknowledgement_counts_from_its_receiver_alone) {
  send();
  EXPECT_EQ(all<SealUp>().size(), 1U);
  take(deliveries.acknowledged(now, id(8), 1));
  EXPECT_TRUE(decided.empty());
  take(deliveries.acknowledged(now, id(9), 1));
  expect_end(true, Way::sealed);
}

TEST_F(DeliveriesTest, who_goes_or_refuses_after_it_was_handed_the_letter_is_reached_another_way) {
  connected[id(9)] = Peer{3};
  send(1);
  send(2);
  EXPECT_EQ(all<Hand>().size(), 2U);
  take(deliveries.not_taken(now, Peer{3}, 1, around()));
  EXPECT_EQ(all<SealUp>().at(0).letter.number, 1U);
  connected.clear();
  take(deliveries.on_gone(now, Peer{3}, around()));
  EXPECT_EQ(all<SealUp>().at(0).letter.number, 2U);
}

TEST_F(DeliveriesTest, a_silent_receiver_is_given_up_after_its_patience) {
  connected[id(9)] = Peer{3};
  send();
  all<Hand>();
  wait(config.hand_patience);
  EXPECT_EQ(all<SealUp>().size(), 1U);
  wait(config.give_up);
  expect_end(false, Way::sealed);
}

TEST_F(DeliveriesTest, sealed_items_keep_to_the_share_of_their_author) {
  for (u64 number = 0; number < 40; ++number) send(number);
  EXPECT_EQ(all<SealUp>().size(), config.sealed.burst);
  wait(5s);
  EXPECT_EQ(all<SealUp>().size(), 5 * config.sealed.per_second);
}

TEST_F(DeliveriesTest, no_more_letters_are_under_way_than_the_limit) {
  for (u64 number = 0; number < config.most_letters; ++number) send(number);
  const auto more = deliveries.send(now, Letter{.who = id(9), .number = 99'999}, around());
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().fault, Fault::flood);
  wait(config.give_up);
  EXPECT_EQ(all<Delivered>().size(), config.most_letters);
  EXPECT_EQ(deliveries.size(), 0U);
}

TEST_F(DeliveriesTest, a_sealed_letter_is_acknowledged_where_its_sender_says_that_it_is) {
  const Letter letter{.who = id(9), .number = 5, .protocol = "text", .back = {at(7)}};
  neighbours_are(5);
  take(deliveries.acknowledge(now, letter, around()));
  EXPECT_EQ(all<DialFor>().at(0).to, at(7));
  EXPECT_TRUE(all<AskWhere>().empty()) << "an item from afar makes nobody ask around";
  take(deliveries.on_peer(now, id(9), Peer{4}));
  const auto handed = all<Hand>();
  ASSERT_EQ(handed.size(), 1U);
  EXPECT_TRUE(handed[0].letter.acknowledgement);
  EXPECT_TRUE(handed[0].letter.bytes.empty());
  take(deliveries.acknowledged(now, id(9), 5));
  EXPECT_EQ(all<HangUp>().size(), 1U);
  EXPECT_TRUE(all<Delivered>().empty()) << "an acknowledgement is nothing that the application sent";
  EXPECT_EQ(deliveries.size(), 0U);
}

TEST_F(DeliveriesTest, a_sender_that_cannot_be_dialled_is_acknowledged_by_a_sealed_item) {
  take(deliveries.acknowledge(now, Letter{.who = id(9), .number = 5}, around()));
  EXPECT_TRUE(all<SealUp>().at(0).letter.acknowledgement);
  EXPECT_EQ(deliveries.size(), 0U);
}

TEST_F(DeliveriesTest, who_does_not_want_to_be_found_dials_nobody_to_acknowledge) {
  config.findable = false;
  Deliveries hidden(config);
  const Letter letter{.who = id(9), .number = 5, .back = {at(7)}};
  const auto out = hidden.acknowledge(now, letter, around());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<SealUp>(out[0]));
}

TEST_F(DeliveriesTest, a_letter_that_comes_twice_is_told_once) {
  EXPECT_TRUE(deliveries.came(now, {.who = id(9), .number = 1}));
  EXPECT_FALSE(deliveries.came(now, {.who = id(9), .number = 1}));
  EXPECT_TRUE(deliveries.came(now, {.who = id(9), .number = 2}));
  EXPECT_TRUE(deliveries.came(now, {.who = id(8), .number = 1}));
}

/// What a letter may cost, counted from the decisions alone: the same bounds by other means.
struct Bill {
  std::size_t seals = 0;
  std::size_t ends = 0;
};

TEST_F(DeliveriesTest, whatever_befalls_them_all_end_in_time_and_cost_no_more_than_their_bounds) {
  for (u64 seed = 1; seed <= 200; ++seed) {
    auto rng = Rng::seeded(seed);
    deliveries = Deliveries(config);
    decided.clear();
    connected.clear();
    neighbours_are(rng.below(40));
    book.clear();
    for (u64 i = 0; i < rng.below(3); ++i) book.push_back(at(static_cast<u8>(i)));
    std::map<u64, Bill> bills;
    std::map<u64, Time> sent;
    u64 next_peer = 1000;
    for (int step = 0; step < 300; ++step) {
      const u8 whom = static_cast<u8>(9 + rng.below(3));
      const Peer asked{100 + rng.below(40)};
      switch (rng.below(9)) {
        case 0:
          sent[static_cast<u64>(step)] = now;
          send(static_cast<u64>(step), whom);
          break;
        case 1: take(deliveries.on_peer(now, id(whom), connected[id(whom)] = Peer{next_peer++})); break;
        case 2: {
          const auto gone = connected.extract(id(whom));
          take(deliveries.on_gone(now, gone.empty() ? asked : gone.mapped(), around()));
          break;
        }
        case 3: take(deliveries.dial_failed(now, id(whom), around())); break;
        case 4: take(deliveries.found(now, asked, id(whom), {}, around())); break;
        case 5:
          take(deliveries.found(now, asked, id(whom), {at(static_cast<u8>(rng.below(9)), whom)}, around()));
          break;
        case 6:
          if (rng.one_in(4)) take(deliveries.acknowledged(now, id(whom), rng.below(300)));
          break;
        case 7:
          take(deliveries.not_taken(now, Peer{1000 + rng.below(next_peer - 999)}, rng.below(300), around()));
          break;
        default: wait(Duration{static_cast<i64>(rng.below(2'000'000))});
      }
    }
    wait(config.give_up);
    EXPECT_EQ(deliveries.size(), 0U) << seed;
    std::map<PeerId, std::size_t> letters, asks, dials;
    for (const auto& each : decided) {
      if (const auto* ask = std::get_if<AskWhere>(&each)) ++asks[ask->whom];
      if (const auto* dial = std::get_if<DialFor>(&each)) ++dials[dial->whom];
      if (const auto* seal = std::get_if<SealUp>(&each)) ++bills[seal->letter.number].seals;
      if (const auto* end = std::get_if<Delivered>(&each)) {
        ++bills[end->number].ends;
        ++letters[end->to];
        EXPECT_LE(end->took, config.give_up) << seed;
      }
    }
    for (const auto& [number, when] : sent) {
      EXPECT_EQ(bills[number].ends, 1U) << seed << " letter " << number;
      EXPECT_LE(bills[number].seals, 1U) << seed << " letter " << number;
    }
    for (const auto& [whom, count] : letters) {
      EXPECT_LE(asks[whom], count * config.most_asked) << seed;
      EXPECT_LE(dials[whom], count * config.most_dials) << seed;
    }
  }
}

}  // namespace
}  // namespace kith::peers
