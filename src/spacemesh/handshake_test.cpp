// First records: those of the original, and such as nobody should send.
#include "spacemesh/handshake.hpp"

#include "codec/xdr.hpp"
#include "spacemesh/frame.hpp"
#include "spacemesh/profile.hpp"
#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

const FirstRecord sound{{1}, {"go-spacemesh/0.0.2", 7, 7513}};

TEST(FirstRecord, is_that_of_the_original) {
  for (const auto& each : list(vectors("handshake"))) {
    const auto& all = each.as_object();
    const FirstRecord first{
        key_of(each.at("from")),
        {text(each.at("client_version")), number<u32>(each.at("network_id")), number<u16>(each.at("port"))}};
    EXPECT_EQ(to_hex(encode(first.data)), text(each.at("plaintext_xdr")));
    const auto record = encode(first, nonce(each.at("nonce")));
    Buffer framed;
    write_frame(framed, record);
    EXPECT_EQ(to_hex(framed), text(each.at("tcp_bytes")));
    if (all.contains("record")) {
      EXPECT_EQ(to_hex(record), text(each.at("record")));
    }
    if (all.contains("sealed")) {
      EXPECT_EQ(to_hex(Bytes(record).subspan(32)), text(each.at("sealed")));
    }

    FrameReader reader(max_first_record);
    Bytes in = framed;
    EXPECT_EQ(decode_first_record(*reader.take(in).value()).value(), first);

    if (!all.contains("tcp_bytes_intended_key")) continue;
    const auto meant = hex(each.at("tcp_bytes_intended_key"));
    in = meant;
    EXPECT_EQ(fault(decode_first_record(*reader.take(in).value())), Fault::bad_record);
  }
}

TEST(FirstRecord, that_is_cut_or_changed_is_refused) {
  const auto record = encode(sound, {2});
  EXPECT_EQ(decode_first_record(record).value(), sound);
  for (std::size_t size = 0; size < record.size(); ++size)
    EXPECT_EQ(fault(decode_first_record(Bytes(record).first(size))), Fault::bad_record) << size;
  for (std::size_t i = 32; i < record.size(); ++i) {
    auto changed = record;
    changed[i] ^= 1;
    EXPECT_EQ(fault(decode_first_record(changed)), Fault::bad_record) << i;
  }
}

TEST(FirstRecord, names_any_key_as_its_own) {
  auto record = encode(sound, {2});
  record[31] = 9;
  EXPECT_EQ(decode_first_record(record).value().key[31], 9) << "and nothing tells that it is not";
}

TEST(FirstRecord, that_opens_to_no_data_is_refused) {
  const auto plain = encode(sound.data);
  for (std::size_t size = 0; size < plain.size(); ++size) {
    Buffer record(32);
    append(record, seal({}, Bytes(plain).first(size)));
    EXPECT_EQ(fault(decode_first_record(record)), Fault::handshake_failed) << size;
  }
}

TEST(HandshakeData, has_a_bounded_version_and_a_port_of_16_bits) {
  const auto data = [](std::size_t version, u32 port) {
    Buffer out;
    codec::XdrWriter(out).string(std::string(version, '1')).u32(1).u32(port);
    return fault(decode_handshake_data(out));
  };
  EXPECT_EQ(data(max_client_version, 65535), Fault::count);
  EXPECT_EQ(data(max_client_version + 1, 65535), Fault::handshake_failed);
  EXPECT_EQ(data(max_client_version, 65536), Fault::handshake_failed);
  EXPECT_EQ(fault(decode_handshake_data(from_hex("7fffffff0000").value())), Fault::handshake_failed)
      << "a version of 2 GiB";
}

TEST(HandshakeData, may_be_followed_by_what_a_later_version_adds) {
  auto plain = encode(sound.data);
  append(plain, as_bytes("more"));
  EXPECT_EQ(decode_handshake_data(plain).value(), sound.data);
}

TEST(HandshakeData, of_another_network_or_too_old_is_not_acceptable) {
  EXPECT_TRUE(acceptable(sound.data, 7, profile_b.least_version));
  EXPECT_EQ(fault(acceptable(sound.data, 8, profile_b.least_version)), Fault::wrong_network);
  EXPECT_EQ(fault(acceptable({"go-spacemesh/0.0.1", 7, 1}, 7, profile_b.least_version)), Fault::wrong_network);
  EXPECT_EQ(fault(acceptable({"", 7, 1}, 7, profile_b.least_version)), Fault::wrong_network);
}

}  // namespace
}  // namespace kith::spacemesh
