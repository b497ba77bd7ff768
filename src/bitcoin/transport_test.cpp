// Two honest transports in all pairings, and the queue that both kinds share.
#include "bitcoin/transport.hpp"

#include <set>

#include <gtest/gtest.h>

#include "bitcoin/pair_test.hpp"

namespace kith::bitcoin {
namespace {

using testing::aead;
using testing::answer;
using testing::body_of;
using testing::carry;
using testing::dial_v1;
using testing::dial_v2;
using testing::End;
using testing::mainnet;

using Types = std::vector<std::string>;

/// The same talk over either transport: messages of all sizes, both ways, with short and long types.
void talk(End& dialler, End& listener, std::size_t chunk) {
  dialler.events.clear();
  listener.events.clear();
  for (auto* end : {&dialler, &listener}) {
    ASSERT_TRUE(end->say("version", body_of(100)));
    ASSERT_TRUE(end->say("verack"));
    ASSERT_TRUE(end->say("block", body_of(200'000)));
    ASSERT_TRUE(end->say("ping", body_of(8)));
  }
  carry(dialler, listener, chunk);
  for (auto* end : {&dialler, &listener}) {
    EXPECT_EQ(end->types(), (Types{"version", "verack", "block", "ping"}));
    EXPECT_EQ(end->left(), 200'108U);
    EXPECT_EQ(end->transport.held(), 0U);
    EXPECT_FALSE(end->transport.has_output());
    const auto block = end->all<NetMessage>().at(2).payload;
    EXPECT_TRUE(equal(block.bytes(), body_of(200'000).bytes()));
  }
}

TEST(Transport, carries_the_same_messages_over_v1_and_v2) {
  for (const std::size_t chunk : {std::size_t{1'000}, std::size_t{1} << 20}) {
    auto plain = dial_v1();
    auto listener = answer();
    talk(plain, listener, chunk);
    EXPECT_EQ(listener.transport.version(), Transport::Version::v1);

    auto dialler = dial_v2();
    auto other = answer();
    talk(dialler, other, chunk);
    talk(dialler, other, chunk);
    EXPECT_EQ(other.transport.version(), Transport::Version::v2);
    EXPECT_TRUE(dialler.transport.session_id());
    EXPECT_EQ(dialler.transport.session_id(), other.transport.session_id());
    EXPECT_FALSE(dialler.transport.retry_as_v1());
  }
}

TEST(Transport, draws_garbage_of_any_length_and_every_length_is_accepted) {
  std::set<std::size_t> sizes;
  std::size_t longest = 0;
  for (u64 seed = 1; seed <= 40; ++seed) {
    auto dialler = dial_v2(testing::regtest, seed);
    auto listener = answer(testing::regtest, seed + 5000);
    const auto first = dialler.pull();
    sizes.insert(first.size());
    longest = std::max(longest, first.size());
    listener.receive(first, 100);
    ASSERT_TRUE(dialler.say("verack"));
    carry(dialler, listener);
    EXPECT_EQ(listener.types(), Types{"verack"}) << seed;
  }
  EXPECT_GT(sizes.size(), 30U);
  EXPECT_LE(longest, 64 + max_garbage);
  EXPECT_GT(longest, 64 + max_garbage / 2);
}

TEST(Transport, dialled_again_says_other_garbage) {
  auto rng = Rng::seeded(9);
  Buffer first;
  Buffer second;
  Transport::dial_v2(aead(), rng, mainnet).pull(first, 10'000);
  Transport::dial_v2(aead(), rng, mainnet).pull(second, 10'000);
  EXPECT_NE(first.size(), second.size());
}

TEST(Transport, that_dialled_v2_at_a_node_of_v1_alone_is_worth_a_dial_of_v1) {
  auto dialler = dial_v2();
  EXPECT_FALSE(dialler.transport.retry_as_v1()) << "nothing was sent";
  auto plain = dial_v1();  // a node that takes all for v1 from the start
  plain.receive(dialler.pull(23));
  EXPECT_FALSE(dialler.transport.retry_as_v1()) << "less than a header was sent";
  plain.receive(dialler.pull(1));
  EXPECT_EQ(plain.closed(), Fault::wrong_network);
  EXPECT_TRUE(dialler.transport.retry_as_v1());
  dialler.transport.close({Fault::cut});
  EXPECT_TRUE(dialler.transport.retry_as_v1()) << "also when the end is known";
}

TEST(Transport, that_heard_one_byte_is_not_to_be_dialled_as_v1) {
  auto dialler = dial_v2();
  dialler.pull();
  dialler.receive(Buffer{1});
  EXPECT_FALSE(dialler.transport.retry_as_v1());
}

TEST(Transport, that_answered_or_dialled_v1_is_never_to_be_dialled_as_v1) {
  auto listener = answer();
  auto plain = dial_v1();
  ASSERT_TRUE(plain.say("version", body_of(100)));
  plain.pull();
  EXPECT_FALSE(plain.transport.retry_as_v1());
  EXPECT_FALSE(listener.transport.retry_as_v1());
}

TEST(Transport, of_two_networks_exchanges_nothing) {
  for (const bool v2 : {false, true}) {
    auto dialler = v2 ? dial_v2(mainnet) : dial_v1(mainnet);
    auto listener = answer();
    ASSERT_TRUE(dialler.say("version", body_of(100)));
    ASSERT_TRUE(listener.say("version", body_of(100)));
    carry(dialler, listener);
    EXPECT_TRUE(listener.types().empty());
    EXPECT_TRUE(dialler.types().empty());
  }
}

TEST(Transport, sends_decoys_before_and_behind_its_version_which_nobody_sees) {
  auto dialler = dial_v2();
  auto listener = answer();
  for (auto* end : {&dialler, &listener}) {
    end->transport.say_decoy(50);
    end->transport.say_decoy(0);
    ASSERT_TRUE(end->say("verack"));
    end->transport.say_decoy(100'000);
    ASSERT_TRUE(end->say("ping", body_of(8)));
  }
  carry(dialler, listener, 1000);
  for (auto* end : {&dialler, &listener}) {
    EXPECT_EQ(end->types(), (Types{"verack", "ping"}));
    EXPECT_EQ(end->left(), 8U);
  }
}

TEST(Transport, puts_no_more_into_a_pull_than_there_is_room_for_and_fills_it) {
  for (const bool v2 : {false, true}) {
    auto dialler = v2 ? dial_v2() : dial_v1();
    auto listener = answer();
    ASSERT_TRUE(dialler.say("version", body_of(10)));
    carry(dialler, listener);
    dialler.events.clear();
    listener.events.clear();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(dialler.say("tx", body_of(300)));
    ASSERT_TRUE(dialler.say("block", body_of(10'000)));
    ASSERT_TRUE(dialler.say("ping", body_of(8)));
    while (dialler.transport.has_output()) {
      const auto before = dialler.left();
      const auto bytes = dialler.pull(1'000);
      EXPECT_TRUE(bytes.size() == 1'000 || !dialler.transport.has_output());
      EXPECT_LE(dialler.left() - before, bytes.size());
      listener.receive(bytes);
    }
    EXPECT_EQ(listener.types().size(), 22U);
    EXPECT_EQ(listener.types().back(), "ping");
    EXPECT_EQ(dialler.left(), 20 * 300 + 10'000 + 8U);
  }
}

TEST(Transport, reports_what_it_threw_away_when_it_ended) {
  for (const bool v2 : {false, true}) {
    auto dialler = v2 ? dial_v2() : dial_v1();
    auto listener = answer();
    ASSERT_TRUE(dialler.say("version", body_of(10)));
    carry(dialler, listener);
    dialler.events.clear();
    ASSERT_TRUE(dialler.say("block", body_of(10'000)));
    ASSERT_TRUE(dialler.say("tx", body_of(300)));
    EXPECT_EQ(dialler.pull(1'000).size(), 1'000U);
    EXPECT_GT(dialler.left(), 900U);
    EXPECT_LT(dialler.left(), 1'000U);
    dialler.transport.close({Fault::cut});
    dialler.collect();
    EXPECT_EQ(dialler.left(), 10'300U);
    EXPECT_EQ(dialler.closed(), Fault::cut);
    EXPECT_FALSE(dialler.transport.has_output());
    ASSERT_TRUE(dialler.say("tx", body_of(300)));
    EXPECT_EQ(dialler.left(), 10'600U);
    EXPECT_TRUE(dialler.pull().empty());
    dialler.transport.close({Fault::timed_out});
    dialler.collect();
    EXPECT_EQ(dialler.all<core::Closed>().size(), 1U);
  }
}

TEST(Transport, takes_only_so_many_messages_that_wait) {
  auto dialler = dial_v1();
  for (std::size_t i = 0; i < max_waiting; ++i) ASSERT_TRUE(dialler.say("ping"));
  EXPECT_FALSE(dialler.say("ping"));
  dialler.pull(24);
  EXPECT_TRUE(dialler.say("ping"));
}

TEST(Transport, is_small_when_it_is_idle) {
  EXPECT_LE(sizeof(Transport), 352U);
  EXPECT_LE(sizeof(Session), 440U);
}

}  // namespace
}  // namespace kith::bitcoin
