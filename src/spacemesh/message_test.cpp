// Messages of the original, and those that made it die.
#include "spacemesh/message.hpp"

#include <limits>

#include "codec/xdr.hpp"
#include "spacemesh/answer.hpp"
#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

Result<ProtocolMessage> decode(Buffer plain) { return decode_message(Body(std::move(plain))); }

/// The message that a vector describes.
ProtocolMessage described(const Json& each) {
  ProtocolMessage out{{text(each.at("protocol")), text(each.at("client_version")), number<i64>(each.at("timestamp")),
                       hex(each.at("auth_pubkey")), number<u32>(each.at("network_id"))},
                      std::nullopt,
                      {}};
  const auto* wrapped = each.as_object().if_contains("wrapped");
  if (wrapped)
    out.call = Call{wrapped->at("req").as_bool(), number<u32>(wrapped->at("type")), number<u64>(wrapped->at("req_id"))};
  out.payload = Body(hex(wrapped ? wrapped->at("payload") : each.at("payload")));
  return out;
}

void expect_same(const Result<ProtocolMessage>& read, const ProtocolMessage& expected) {
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->metadata, expected.metadata);
  EXPECT_EQ(read->call, expected.call);
  EXPECT_EQ(to_hex(read->payload.bytes()), to_hex(expected.payload.bytes()));
}

TEST(Message, is_that_of_the_original) {
  for (const auto& each : list(vectors("protocol_message").at("messages"))) {
    const auto name = text(each.at("name"));
    SCOPED_TRACE(name);
    const auto xdr = hex(each.at("xdr"));
    auto message = described(each);
    if (name.starts_with("both arms set")) {
      // Written by nobody; of the two payloads the plain one is read.
      message.call.reset();
      message.payload = Body(Buffer{'p'});
      expect_same(decode(xdr), message);
    } else {
      EXPECT_EQ(to_hex(encode(message)), to_hex(xdr));
      if (each.as_object().contains("receiver_error"))
        EXPECT_EQ(fault(decode(xdr)), Fault::malformed);
      else
        expect_same(decode(xdr), message);
    }
    const auto sealed = seal(nonce(each.at("nonce")), xdr);
    EXPECT_EQ(to_hex(sealed), text(each.at("sealed_A_to_B")));
    Buffer framed;
    write_frame(framed, sealed);
    EXPECT_EQ(to_hex(framed), text(each.at("tcp_bytes")));

    FrameReader reader(max_record);
    const auto meant = hex(each.at("tcp_bytes_intended_key"));
    Bytes in = meant;
    EXPECT_EQ(fault(open(*reader.take(in).value())), Fault::bad_record);
  }
}

TEST(Message, without_metadata_or_payload_is_refused_where_the_original_dies) {
  EXPECT_EQ(fault(decode(hex(vectors("protocol_message").at("null_message_xdr_crashes_receiver")))), Fault::malformed);
  // All that a message has, but that one of the two is said to be none.
  const auto plain = encode(ProtocolMessage{{"x", "1", 1, {}, 0}, std::nullopt, Body(Buffer{1})});
  const std::size_t at = plain.size() - 16;
  ASSERT_EQ(to_hex(Bytes(plain).subspan(at)), "00000001000000010100000000000000");
  for (const std::size_t pointer : {std::size_t{0}, at}) {
    auto changed = plain;
    changed[pointer + 3] = 0;
    EXPECT_EQ(fault(decode(changed)), Fault::malformed);
  }
  auto ends = Buffer(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(at));
  append(ends, Buffer(4));
  EXPECT_EQ(fault(decode(ends)), Fault::malformed);
}

TEST(Message, of_neither_payload_is_refused) {
  EXPECT_EQ(fault(decode(encode(ProtocolMessage{}))), Fault::malformed);
  expect_same(decode(encode(ProtocolMessage{{}, Call{}, {}})), ProtocolMessage{{}, Call{}, {}});
}

TEST(Message, that_is_cut_anywhere_is_refused_and_what_follows_it_is_ignored) {
  const ProtocolMessage message{{"TxGossip", "0.0.2", 5, Buffer(32), 1}, Call{true, 4, 9}, Body(Buffer{1, 2, 3})};
  auto plain = encode(message);
  for (std::size_t size = 0; size < plain.size(); ++size)
    EXPECT_EQ(fault(decode(Buffer(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(size)))), Fault::malformed)
        << size;
  append(plain, as_bytes("trailing"));
  expect_same(decode(plain), message);
}

TEST(Message, with_a_boolean_or_a_filling_that_is_none_is_refused) {
  const auto plain = encode(ProtocolMessage{{"x", "1", 1, {7}, 0}, Call{true, 4, 9}, Body(Buffer{1})});
  std::size_t refused = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    auto changed = plain;
    if (changed[i] == 0) changed[i] = 0x80;
    refused += decode(changed) ? 0u : 1u;
  }
  // Four booleans, the filling of four texts, and the first byte of five lengths.
  EXPECT_GE(refused, 4 * 3 + 4 * 3 + 5u);
}

TEST(Message, has_texts_within_their_bounds) {
  const auto message = [](std::size_t protocol, std::size_t version, std::size_t author) {
    const Metadata metadata{std::string(protocol, 'p'), std::string(version, 'v'), 0, Buffer(author), 0};
    return fault(decode(encode(ProtocolMessage{metadata, std::nullopt, Body(Buffer{1})})));
  };
  EXPECT_EQ(message(max_protocol, max_client_version, max_author), Fault::count);
  EXPECT_EQ(message(max_protocol + 1, 0, 0), Fault::malformed);
  EXPECT_EQ(message(0, max_client_version + 1, 0), Fault::malformed);
  EXPECT_EQ(message(0, 0, max_author + 1), Fault::malformed);
}

TEST(Message, of_the_largest_payload_fits_a_record) {
  const Metadata metadata{std::string(max_protocol, 'p'), std::string(max_client_version, 'v'), 0, Buffer(max_author),
                          0};
  for (const auto& call : {std::optional<Call>{}, std::optional<Call>{Call{}}}) {
    const auto plain = encode(ProtocolMessage{metadata, call, Body(Buffer(max_payload))});
    EXPECT_LE(plain.size() + seal_overhead, max_record);
    EXPECT_TRUE(decode(plain));
    EXPECT_FALSE(decode(encode(ProtocolMessage{metadata, call, Body(Buffer(max_payload + 1))})));
  }
}

TEST(Time, of_a_message_is_ten_minutes_from_now_at_most) {
  const Utc now = from_millis(1'600'000'000'500);
  EXPECT_TRUE(check_time(1'600'000'000, now));
  EXPECT_TRUE(check_time(1'600'000'600, now));
  EXPECT_FALSE(check_time(1'600'000'601, now));
  EXPECT_FALSE(check_time(1'599'999'400, now)) << "half a second too old";
  EXPECT_TRUE(check_time(1'599'999'401, now));
  EXPECT_TRUE(check_time(1'599'999'400, from_seconds(1'600'000'000)));
  EXPECT_EQ(fault(check_time(to_nanoseconds(now), now)), Fault::wrong_network) << "nanoseconds are for UDP";
  for (const i64 far : {std::numeric_limits<i64>::min(), std::numeric_limits<i64>::max(), i64{0}})
    EXPECT_FALSE(check_time(far, now));
}

TEST(Answer, is_that_of_the_original_in_profile_b) {
  for (const auto& each : list(vectors("protocol_message").at("server_response"))) {
    const Answer answer{Body(hex(each.at("data"))), text(each.at("error"))};
    const auto body = encode_answer(profile_b, answer);
    ASSERT_TRUE(body);
    EXPECT_EQ(to_hex(*body), text(each.at("xdr")));
    const auto read = decode_answer(profile_b, Body(*body));
    ASSERT_TRUE(read);
    EXPECT_EQ(to_hex(read->data.bytes()), text(each.at("data")));
    EXPECT_EQ(read->error, answer.error);
  }
}

TEST(Answer, is_its_data_in_profile_a_and_cannot_be_an_error) {
  EXPECT_EQ(encode_answer(profile_a, {Body(Buffer{1, 2}), {}}), (Buffer{1, 2}));
  EXPECT_EQ(encode_answer(profile_a, {{}, std::string(error_bad_request)}), std::nullopt);
  const auto read = decode_answer(profile_a, Body(Buffer{1, 2}));
  EXPECT_EQ(to_hex(read->data.bytes()), "0102");
  EXPECT_EQ(read->error, "");
}

TEST(Answer, that_is_cut_or_too_wordy_is_refused_in_profile_b) {
  const auto body = *encode_answer(profile_b, {Body(Buffer{1}), "e"});
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_EQ(fault(decode_answer(profile_b, Body(to_buffer(Bytes(body).first(size))))), Fault::malformed) << size;
  const auto error = [](std::size_t size) {
    return fault(decode_answer(profile_b, Body(*encode_answer(profile_b, {{}, std::string(size, 'e')}))));
  };
  EXPECT_EQ(error(max_error_text), Fault::count);
  EXPECT_EQ(error(max_error_text + 1), Fault::malformed);
}

}  // namespace
}  // namespace kith::spacemesh
