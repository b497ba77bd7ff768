// Rounds of questions for the time: what becomes of answers, and of what is none.
#include "spacemesh/peer_time.hpp"

#include "spacemesh/network_test.hpp"

namespace kith::spacemesh {
namespace {

using testing::Network;

struct AskingTheTime : ::testing::Test {
  Network net;
  testing::Node& a = net.add();
  /// Of groups of their own; none of them is a node.
  std::vector<Peer> others;

  void SetUp() override {
    for (const u8 who : {u8{11}, u8{12}, u8{13}}) {
      others.push_back(net.knock(a, Ip::v4(9, who, 0, 1)));
      net.send(a, others.back(), net.first(who));
    }
  }
  Utc now() { return net.turn(a).utc; }
  /// Lets time pass until it asks; what it asked each.
  std::vector<ProtocolMessage> asked() {
    std::vector<ProtocolMessage> out;
    for (int seconds = 0; out.empty() && seconds < 3 * 3600; ++seconds) {
      net.pass(1s, 1s);
      for (const Peer peer : others)
        for (auto& message : net.said(a, peer)) out.push_back(std::move(message));
    }
    return out;
  }
  void answer(std::size_t who, const ProtocolMessage& question, const Answer& what) {
    net.send(a, others[who],
             net.message(clock_protocol, *encode_answer(profile_b, what), Call{false, type_clock, question.call->id}));
  }
  void tell(std::size_t who, const ProtocolMessage& question, u64 round, Utc time) {
    answer(who, question, {Body(encode(ClockAnswer{round, to_nanoseconds(time)})), {}});
  }
};

TEST_F(AskingTheTime, everybody_is_asked_about_every_half_hour_in_numbered_rounds) {
  const auto start = now();
  for (u64 round = 1; round <= 8; ++round) {
    const auto all = asked();
    ASSERT_EQ(all.size(), 3U);
    for (const auto& each : all) EXPECT_EQ(decode_clock_question(each.payload.bytes()).value(), round);
  }
  EXPECT_GT(now() - start, 8 * 15min);
  EXPECT_LT(now() - start, 8 * 45min);
}

TEST_F(AskingTheTime, what_most_say_is_told_with_half_of_the_way_there_and_back_added) {
  const auto all = asked();
  ASSERT_EQ(all.size(), 3U);
  const auto then = now();
  net.pass(2s);
  tell(0, all[0], 1, then + 12min);
  tell(1, all[1], 1, then + 12min);
  net.pass(20s);
  ASSERT_EQ(a.clocks.size(), 1U);
  EXPECT_EQ(a.clocks[0].news.ahead, 12min - 1s);
}

TEST_F(AskingTheTime, what_is_late_of_another_round_or_a_refusal_says_nothing_and_costs_nothing) {
  auto all = asked();
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t who = 0; who < 3; ++who) tell(who, all[who], 2, now() + 1h);
  all = asked();
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t who = 0; who < 3; ++who) answer(who, all[who], {{}, std::string(error_shutting_down)});
  all = asked();
  ASSERT_EQ(all.size(), 3U);
  net.pass(time_patience);
  for (std::size_t who = 0; who < 3; ++who) tell(who, all[who], 3, now() + 1h);
  net.pass(1min);
  EXPECT_TRUE(a.clocks.empty());
  EXPECT_TRUE(a.blamed.empty());
  EXPECT_EQ(a.open(), 3U);
}

TEST_F(AskingTheTime, an_answer_that_cannot_be_read_costs_who_gives_it) {
  const auto all = asked();
  ASSERT_EQ(all.size(), 3U);
  answer(0, all[0], {Body(Buffer(15)), {}});
  EXPECT_EQ(a.blamed, std::vector{Fault::malformed});
}

TEST_F(AskingTheTime, who_went_is_not_asked_and_when_all_went_nothing_is_left_to_do) {
  const auto* host = &a.host();
  a.world->ended(net.turn(a), others[0]);
  net.run();
  EXPECT_EQ(asked().size(), 2U);
  a.world->ended(net.turn(a), others[1]);
  a.world->ended(net.turn(a), others[2]);
  net.run();
  EXPECT_EQ(host->connections().rows().size(), 0U);
  others.clear();
  EXPECT_TRUE(asked().empty());
}

TEST_F(AskingTheTime, a_question_is_answered_with_its_round_and_what_is_no_question_is_refused) {
  net.send(a, others[0], net.message(clock_protocol, encode_clock_question(7), Call{true, type_clock, 70}));
  net.send(a, others[0], net.message(clock_protocol, Buffer(7), Call{true, type_clock, 71}));
  net.send(a, others[0], net.message(clock_protocol, encode_clock_question(7), Call{true, type_clock + 1, 72}));
  const auto said = net.said(a, others[0]);
  ASSERT_EQ(said.size(), 2U) << "what is not known is not answered";
  EXPECT_EQ(decode_clock_answer(decode_answer(profile_b, said[0].payload)->data.bytes()).value(),
            (ClockAnswer{7, to_nanoseconds(now())}));
  EXPECT_EQ(said[1].call->id, 71U);
  EXPECT_EQ(decode_answer(profile_b, said[1].payload)->error, error_bad_request);
  EXPECT_TRUE(a.blamed.empty());
}

}  // namespace
}  // namespace kith::spacemesh
