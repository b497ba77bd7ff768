// One connection by itself: what it reports of what comes, and what becomes of what is said.
#include "spacemesh/wire.hpp"

#include <gtest/gtest.h>

#include "spacemesh/answer.hpp"

namespace kith::spacemesh {
namespace {

constexpr u16 chat = 1;
constexpr u16 mail = 2;

/// One side of a connection, and somebody at the other who says what a test wants.
struct WireTest : ::testing::Test {
  Rng rng = Rng::seeded(5);
  core::Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  PortConfig config{.key = {1}, .kinds = {}};
  std::unique_ptr<Port> port = nullptr;
  std::unique_ptr<core::Wire> wire = nullptr;
  std::vector<Hello> opened;
  std::vector<Message> came;
  std::vector<Fault> ends;
  std::size_t left = 0;

  void TearDown() override { wire.reset(); }

  core::Offer ours() const {
    core::Offer out;
    out.hello.port = 7513;
    out.names = {{"elsewhere/1", 9, Priority::item, "lean"},
                 {"/chat/1.0/", 1'000'000, Priority::item, std::string(wire_word)},
                 {"/mail/1.0/", 1'000'000, Priority::bulk, std::string(wire_word)}};
    return out;
  }
  Address there() const { return {Ip::v4(8, 8, 8, 8), 7513, std::string(wire_word), PeerId{{9}}}; }

  void dial(bool probe = false) {
    port = std::make_unique<Port>(config);
    wire = port->dial(turn, there(), ours(), probe);
  }
  /// The first record of the other side is not there yet.
  void accept() {
    port = std::make_unique<Port>(config);
    wire = port->accept(turn, there(), ours());
  }
  void open() {
    accept();
    hear(first());
    ASSERT_EQ(opened.size(), 1U);
  }
  Buffer framed(Bytes record) {
    Buffer out;
    write_frame(out, record);
    return out;
  }
  Buffer first(const HandshakeData& data = {"go-spacemesh/0.0.2", 1, 7513}) {
    return framed(encode(FirstRecord{{9}, data}, rng.bytes<24>()));
  }
  Buffer message(std::string_view protocol, const Buffer& payload, std::optional<Call> call = std::nullopt) {
    return framed(seal(
        rng.bytes<24>(),
        encode(ProtocolMessage{
            {std::string(protocol), "go-spacemesh/0.0.3-a-later", to_seconds(turn.utc), {}, 0}, call, Body(payload)})));
  }
  void hear(Bytes bytes) {
    wire->receive(turn, bytes);
    note();
  }
  void say(u16 name, Role role, Buffer body, Lane lane = 0, u32 type = 0) {
    wire->say(turn, {lane, name, role, type, Body(std::move(body))});
    note();
  }
  void note() {
    while (auto report = wire->take()) {
      if (auto* hello = std::get_if<core::Opened>(&*report)) opened.push_back(hello->hello);
      if (auto* message = std::get_if<core::Arrived>(&*report)) came.push_back(message->message);
      if (auto* bytes = std::get_if<core::Left>(&*report)) left += bytes->bytes;
      if (auto* closed = std::get_if<core::Closed>(&*report)) ends.push_back(closed->error.fault);
    }
  }
  /// The messages that it sends now; of who dials, the first record is passed over.
  std::vector<ProtocolMessage> sent(std::size_t room = std::size_t{1} << 30) {
    Buffer bytes;
    wire->pull(turn, bytes, room);
    note();
    std::vector<ProtocolMessage> out;
    FrameReader frames(max_record);
    for (Bytes rest = bytes; !rest.empty();) {
      const auto record = frames.take(rest);
      EXPECT_TRUE(record && *record);
      if (!record || !*record) break;
      const auto plain = spacemesh::open(**record);
      if (plain) out.push_back(decode_message(Body(*plain)).value());
    }
    return out;
  }
};

TEST_F(WireTest, who_is_dialled_and_does_not_hang_up_for_a_second_has_consented) {
  dial();
  EXPECT_TRUE(wire->has_output());
  Buffer bytes;
  wire->pull(turn, bytes, 1000);
  FrameReader frames(max_first_record);
  Bytes rest = bytes;
  EXPECT_EQ(decode_first_record(*frames.take(rest).value()).value(),
            (FirstRecord{{1}, {"go-spacemesh/0.0.2", 1, 7513}}));
  EXPECT_TRUE(rest.empty());
  EXPECT_FALSE(wire->has_output());
  EXPECT_EQ(wire->deadline(), turn.now + silence_is_consent);
  turn.now += silence_is_consent - 1ms;
  wire->on_tick(turn);
  note();
  EXPECT_TRUE(opened.empty());
  turn.now += 1ms;
  wire->on_tick(turn);
  note();
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].claimed, PeerId{{9}});
  EXPECT_FALSE(opened[0].id);
  EXPECT_EQ(opened[0].names, (std::vector<u16>{chat, mail})) << "of this wire's names, all";
  EXPECT_EQ(wire->deadline(), never);
}

TEST_F(WireTest, who_is_dialled_and_speaks_consents_by_that) {
  dial();
  hear(message("/chat/1.0/", {1}));
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].client, "go-spacemesh/0.0.3-a-later");
  ASSERT_EQ(came.size(), 1U);
  EXPECT_EQ(came[0].name, chat);
}

TEST_F(WireTest, a_probe_ends_as_soon_as_it_knows) {
  dial(true);
  turn.now += silence_is_consent;
  wire->on_tick(turn);
  note();
  EXPECT_EQ(opened.size(), 1U);
  EXPECT_EQ(ends, std::vector{Fault::goodbye});
  hear(message("/chat/1.0/", {1}));
  EXPECT_TRUE(came.empty());
  dial(true);
  hear(message("/chat/1.0/", {1}));
  EXPECT_EQ(opened.size(), 2U);
  EXPECT_EQ(ends.size(), 2U);
  EXPECT_TRUE(came.empty()) << "also what told it";
}

TEST_F(WireTest, a_dial_that_is_given_up_before_its_record_left_sends_nothing) {
  dial();
  wire->close(turn, Fault::goodbye);
  EXPECT_FALSE(wire->has_output());
  Buffer bytes;
  wire->pull(turn, bytes, 1000);
  EXPECT_TRUE(bytes.empty());
}

TEST_F(WireTest, what_a_dialler_calls_itself_is_told_and_its_key_is_a_claim) {
  accept();
  hear(first({"a-name-of-some-length/0.0.2", 1, 7513}));
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].client, "a-name-of-some-length/0.0.2");
  EXPECT_EQ(opened[0].claimed, PeerId{{9}});
  EXPECT_FALSE(opened[0].id);
  EXPECT_EQ(opened[0].port, 0) << "where it says that it listens is not dialled";
}

TEST_F(WireTest, a_stream_that_ends_before_it_is_open_was_a_refusal_and_after_that_a_cut) {
  dial();
  wire->ended(turn);
  note();
  EXPECT_TRUE(opened.empty());
  open();
  wire->ended(turn);
  wire->ended(turn);
  note();
  EXPECT_EQ(ends, (std::vector{Fault::closed_silently, Fault::cut}));
}

TEST_F(WireTest, only_the_first_record_has_the_limit_of_those_who_have_not_said_who_they_are) {
  accept();
  Buffer length;
  write_frame(length, Buffer(max_first_record + 1));
  hear(Bytes(length).first(2));
  EXPECT_EQ(ends, std::vector{Fault::bad_record});
  open();
  hear(message("/chat/1.0/", Buffer(2 * max_first_record)));
  EXPECT_EQ(came.size(), 1U);
}

TEST_F(WireTest, a_first_record_that_cannot_be_read_ends_it_at_once) {
  accept();
  hear(framed(Buffer(104, 7)));
  accept();
  hear(first({std::string(max_client_version + 1, '1'), 1, 7513}));
  EXPECT_EQ(ends, (std::vector{Fault::bad_record, Fault::handshake_failed}));
  EXPECT_TRUE(opened.empty());
}

TEST_F(WireTest, after_the_end_nothing_comes_and_nothing_goes_and_what_waited_is_told) {
  open();
  say(chat, Role::letter, Buffer(10, 1));
  say(chat, Role::letter, Buffer(20, 1));
  wire->close(turn, Fault::goodbye);
  wire->close(turn, Fault::evicted);
  note();
  EXPECT_EQ(ends, std::vector{Fault::goodbye});
  EXPECT_EQ(left, 30U);
  say(chat, Role::letter, Buffer(5, 1));
  EXPECT_EQ(left, 35U);
  hear(message("/chat/1.0/", {1}));
  EXPECT_TRUE(came.empty());
  EXPECT_FALSE(wire->has_output());
  EXPECT_TRUE(sent().empty());
}

TEST_F(WireTest, a_letter_of_nothing_is_not_said_for_the_original_hangs_up_on_one) {
  open();
  say(chat, Role::letter, {});
  EXPECT_TRUE(sent().empty());
  EXPECT_TRUE(ends.empty());
}

TEST_F(WireTest, sends_no_more_than_about_what_there_is_room_for_and_tells_what_left) {
  open();
  for (int i = 0; i < 3; ++i) say(chat, Role::letter, Buffer(1000, 1));
  EXPECT_EQ(sent(1).size(), 1U);
  EXPECT_EQ(left, 1000U);
  EXPECT_EQ(sent(2000).size(), 2U);
  EXPECT_EQ(left, 3000U);
  EXPECT_FALSE(wire->has_output());
}

TEST_F(WireTest, who_reads_nothing_is_let_go_when_too_much_waits) {
  open();
  std::size_t said = 0;
  while (ends.empty() && said < 2 * max_waiting_bytes) {
    say(mail, Role::letter, Buffer(1'000'000, 1));
    said += 1'000'000;
  }
  EXPECT_EQ(ends, std::vector{Fault::too_slow});
  EXPECT_LE(said, max_waiting_bytes + 1'000'000);
  EXPECT_EQ(left, said) << "nobody waits for what is thrown away";
}

TEST_F(WireTest, who_asks_on_and_reads_no_answer_is_let_go_when_too_many_wait) {
  open();
  std::size_t asked = 0;
  while (ends.empty() && asked < 2 * max_waiting) {
    hear(message("/chat/1.0/", {}, Call{true, 5, ++asked}));
    say(chat, Role::answer, {}, came.back().lane, 5);
  }
  EXPECT_EQ(ends, std::vector{Fault::too_slow});
  EXPECT_EQ(asked, max_waiting + 1);
}

TEST_F(WireTest, an_answer_is_to_a_question_that_was_asked_and_said_once) {
  open();
  hear(message("/chat/1.0/", {}, Call{true, 5, 77}));
  ASSERT_EQ(came.size(), 1U);
  EXPECT_EQ(came[0].role, Role::request);
  say(chat, Role::answer, {7}, came[0].lane + 2, 5);
  EXPECT_EQ(left, 1U) << "nobody asked";
  say(chat, Role::answer, {7}, came[0].lane, 5);
  say(chat, Role::answer, {7}, came[0].lane, 5);
  const auto all = sent();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].call, (Call{false, 5, 77}));
  EXPECT_EQ(all[0].metadata.protocol, "/chat/1.0/");
  EXPECT_EQ(all[0].metadata.timestamp, to_seconds(turn.utc));
  EXPECT_EQ(left, 3U);
}

TEST_F(WireTest, a_refusal_is_a_text_in_profile_b_and_silence_in_profile_a) {
  for (const auto& profile : {profile_b, profile_a}) {
    config.profile = profile;
    opened.clear();
    came.clear();
    open();
    for (const u64 id : {u64{1}, u64{2}, u64{3}}) hear(message("/chat/1.0/", {}, Call{true, 5, id}));
    say(chat, Role::refusal, to_buffer(as_bytes("not today")), came[0].lane, 5);
    say(chat, Role::refusal, {}, came[1].lane, 5);
    say(chat, Role::answer, {7}, came[2].lane, 5);
    const auto all = sent();
    ASSERT_EQ(all.size(), profile.wrapped_answers ? 3U : 1U);
    EXPECT_EQ(decode_answer(profile, all.back().payload)->data.bytes()[0], 7);
    if (!profile.wrapped_answers) continue;
    EXPECT_EQ(decode_answer(profile, all[0].payload)->error, "not today");
    EXPECT_EQ(decode_answer(profile, all[1].payload)->error, error_bad_request);
  }
  EXPECT_EQ(left, 2 * (9U + 1U));
}

TEST_F(WireTest, what_comes_for_a_question_is_its_answer_or_a_refusal_or_the_end) {
  open();
  for (const Lane lane : {2U, 4U, 6U}) say(chat, Role::request, {1}, lane, 5);
  ASSERT_EQ(sent().size(), 3U);
  hear(message("/chat/1.0/", *encode_answer(profile_b, {Body(Buffer{7}), {}}), Call{false, 5, 2}));
  hear(message("/chat/1.0/", *encode_answer(profile_b, {{}, "no"}), Call{false, 5, 1}));
  hear(message("/chat/1.0/", *encode_answer(profile_b, {{}, "no"}), Call{false, 5, 1}));
  hear(message("/chat/1.0/", *encode_answer(profile_b, {{}, "no"}), Call{false, 5, 9}));
  ASSERT_EQ(came.size(), 2U);
  EXPECT_EQ(came[0].role, Role::answer);
  EXPECT_EQ(came[0].lane, 4U);
  EXPECT_EQ(came[0].body.size(), 1U);
  EXPECT_EQ(came[1].role, Role::refusal);
  EXPECT_EQ(came[1].lane, 2U);
  EXPECT_EQ(as_text(came[1].body.bytes()), "no");
  hear(message("/chat/1.0/", {0, 0, 0, 99}, Call{false, 5, 3}));
  EXPECT_EQ(ends, std::vector{Fault::malformed});
}

TEST_F(WireTest, a_protocol_of_a_later_node_costs_nothing_and_one_of_another_wire_is_none_here) {
  open();
  hear(message("/later/2.0/", {1}));
  hear(message("elsewhere/1", {1}));
  EXPECT_TRUE(came.empty());
  EXPECT_TRUE(ends.empty());
}

}  // namespace
}  // namespace kith::spacemesh
