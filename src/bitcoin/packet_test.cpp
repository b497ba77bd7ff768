// Packets and what they are encrypted with, against the vectors of BIP 324 and against whoever changes them.
#include "bitcoin/packet.hpp"

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "base/gather.hpp"
#include "bitcoin/session.hpp"
#include "crypto/ellswift.hpp"

namespace kith::bitcoin {
namespace {

constexpr Magic mainnet{0xf9, 0xbe, 0xb4, 0xd9};

// A file of vectors: each row by the names of its first line.
std::vector<std::map<std::string, std::string>> read_vectors() {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/bitcoin/packet_encoding.csv");
  const auto fields = [](const std::string& line) {
    std::vector<std::string> out(1);
    for (const char c : line)
      if (c == ',')
        out.emplace_back();
      else if (c != '\r')
        out.back() += c;
    return out;
  };
  std::string line;
  std::getline(file, line);
  const auto names = fields(line);
  std::vector<std::map<std::string, std::string>> out;
  while (std::getline(file, line)) {
    const auto values = fields(line);
    auto& row = out.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = values.at(i);
  }
  return out;
}

template <std::size_t N>
std::array<u8, N> array(const std::string& hex) {
  return take_array<N>(from_hex(hex).value());
}

Buffer repeated(const std::string& hex, std::size_t times) {
  const auto once = from_hex(hex).value();
  Buffer out;
  for (std::size_t i = 0; i < times; ++i) append(out, once);
  return out;
}

// A packet as the vectors have them, which are also longer than any that we send or take.
struct ByHand {
  FsChaCha20 length;
  FsChaCha20Poly1305 text;

  Buffer write(crypto::Aead& aead, Bytes ad, bool decoy, Bytes contents) {
    Buffer out;
    for (std::size_t i = 0; i < packet_length_size; ++i) out.push_back(static_cast<u8>(contents.size() >> 8 * i));
    out.push_back(decoy ? 0x80 : 0);
    append(out, contents);
    out.resize(out.size() + crypto::tag_size);
    const std::span all(out);
    length.crypt(all.first(packet_length_size));
    text.seal(aead, ad, all.subspan(packet_length_size));
    return out;
  }
};

// Our writer makes `stream` of so many empty packets and one with `contents`, and our reader takes it, if it may.
void expect_packet(Session& ours, Session& theirs, std::size_t index, Bytes ad, bool decoy, Bytes contents,
                   Bytes stream) {
  crypto::Aead aead;
  Bytes rest = stream;
  for (std::size_t i = 0; i < index; ++i) ASSERT_TRUE(theirs.receive.take(aead, {}, rest).value());
  const auto read = theirs.receive.take(aead, ad, rest);
  if (contents.size() > max_contents) {
    EXPECT_EQ(read.error().fault, Fault::bad_record);
    return;
  }
  EXPECT_TRUE(equal(read->value().contents.bytes(), contents));
  EXPECT_EQ(read->value().decoy, decoy);

  Buffer written;
  for (std::size_t i = 0; i < index; ++i) ours.send.write(aead, {}, false, {}, written);
  ours.send.write(aead, ad, decoy, {contents}, written);
  EXPECT_TRUE(equal(written, stream));
}

TEST(Packet, is_that_of_the_vectors_of_bip_324) {
  crypto::Aead aead;
  const auto vectors = read_vectors();
  ASSERT_EQ(vectors.size(), 7U);
  for (const auto& v : vectors) {
    const crypto::Secret<32> secret(array<32>(v.at("in_priv_ours")));
    const auto ours = array<64>(v.at("in_ellswift_ours"));
    const auto theirs = array<64>(v.at("in_ellswift_theirs"));
    const bool initiator = v.at("in_initiating") == "1";
    EXPECT_EQ(to_hex(crypto::ellswift_decode(ours)), v.at("mid_x_ours"));
    EXPECT_EQ(to_hex(crypto::ellswift_decode(theirs)), v.at("mid_x_theirs"));
    EXPECT_EQ(to_hex(crypto::ellswift_x(secret, theirs).bytes), v.at("mid_x_shared"));
    const auto shared = crypto::bip324_exchange(secret, ours, theirs, initiator);
    EXPECT_EQ(to_hex(shared.bytes), v.at("mid_shared_secret"));
    auto agreed = agree(mainnet, shared, initiator);
    auto mirror = agree(mainnet, shared, !initiator);
    EXPECT_EQ(to_hex(agreed.ours), v.at("mid_send_garbage_terminator"));
    EXPECT_EQ(to_hex(agreed.theirs), v.at("mid_recv_garbage_terminator"));
    EXPECT_EQ(to_hex(agreed.session.id), v.at("out_session_id"));

    const auto index = std::stoul(v.at("in_idx"));
    const auto contents = repeated(v.at("in_contents"), std::stoul(v.at("in_multiply")));
    const auto ad = from_hex(v.at("in_aad")).value();
    const bool decoy = v.at("in_ignore") == "1";
    const std::string side = initiator ? "mid_initiator_" : "mid_responder_";
    ByHand writer{FsChaCha20(crypto::Secret<32>(array<32>(v.at(side + "l")))),
                  FsChaCha20Poly1305(crypto::Secret<32>(array<32>(v.at(side + "p"))))};
    Buffer stream;
    for (std::size_t i = 0; i < index; ++i) append(stream, writer.write(aead, {}, false, {}));
    const auto packet = writer.write(aead, ad, decoy, contents);
    const auto& whole = v.at("out_ciphertext");
    EXPECT_TRUE(whole.empty() || to_hex(packet) == whole) << to_hex(packet);
    EXPECT_TRUE(to_hex(packet).ends_with(v.at("out_ciphertext_endswith")));
    append(stream, packet);
    expect_packet(agreed.session, mirror.session, index, ad, decoy, contents, stream);
  }
}

struct Ends {
  crypto::Aead aead;
  Agreed a = agree(mainnet, crypto::Secret<32>(Hash{1}), true);
  Agreed b = agree(mainnet, crypto::Secret<32>(Hash{1}), false);

  Buffer write(Bytes contents, Bytes ad = {}) {
    Buffer out;
    a.session.send.write(aead, ad, false, {contents}, out);
    return out;
  }
  Result<std::optional<Packet>> read(Bytes bytes, Bytes ad = {}) { return b.session.receive.take(aead, ad, bytes); }
};

TEST(Packet, comes_through_many_renewals_of_both_keys_in_both_directions) {
  Ends ends;
  for (u32 i = 0; i < 5 * rekey_interval; ++i) {
    const Buffer contents(i % 50, static_cast<u8>(i));
    const auto there = ends.read(ends.write(contents));
    ASSERT_TRUE(there && *there) << i;
    EXPECT_TRUE(equal((*there)->contents.bytes(), contents));
    Buffer back;
    ends.b.session.send.write(ends.aead, {}, false, {contents}, back);
    Bytes rest = back;
    ASSERT_TRUE(ends.a.session.receive.take(ends.aead, {}, rest).value()) << i;
  }
}

TEST(Packet, is_refused_when_one_bit_is_changed_or_the_associated_data_is_another) {
  for (std::size_t at = packet_length_size; at < packet_overhead + 4; ++at) {
    Ends ends;
    auto packet = ends.write(as_bytes("text"), as_bytes("ad"));
    packet[at] ^= 0x10;
    EXPECT_EQ(ends.read(packet, as_bytes("ad")).error().fault, Fault::bad_record) << at;
  }
  Ends ends;
  EXPECT_EQ(ends.read(ends.write(as_bytes("text"), as_bytes("ad")), as_bytes("da")).error().fault, Fault::bad_record);
}

TEST(Packet, that_is_longer_than_the_largest_is_refused_at_its_length_alone) {
  const auto length_as = [](std::size_t length) {
    const crypto::Secret<32> key(Hash{5});
    std::array<u8, packet_length_size> raw{static_cast<u8>(length), static_cast<u8>(length >> 8),
                                           static_cast<u8>(length >> 16)};
    FsChaCha20(key).crypt(raw);
    crypto::Aead aead;
    PacketReader reader(key, key);
    Bytes bytes = raw;
    return reader.take(aead, {}, bytes).has_value();
  };
  EXPECT_TRUE(length_as(max_contents));
  EXPECT_FALSE(length_as(max_contents + 1));
  EXPECT_FALSE(length_as(0xffffff));
}

TEST(Packet, makes_memory_grow_with_what_came_and_not_with_what_was_announced) {
  Ends ends;
  const auto packet = ends.write(Buffer(1'000'000));
  Bytes rest = Bytes(packet).first(100);
  EXPECT_FALSE(ends.b.session.receive.take(ends.aead, {}, rest).value());
  EXPECT_EQ(ends.b.session.receive.held(), 100U);
  Buffer into;
  Bytes from = Bytes(packet).first(100);
  EXPECT_FALSE(gather(into, 1'000'000, from));
  EXPECT_LE(into.capacity(), 200U);
  Bytes more = packet;
  EXPECT_TRUE(gather(into, 150, more));
  EXPECT_LE(into.capacity(), 150U);
}

TEST(FsChaCha20, encrypts_alike_however_the_calls_follow_each_other) {
  FsChaCha20 one(crypto::Secret<32>(Hash{3}));
  FsChaCha20 two(crypto::Secret<32>(Hash{3}));
  for (u32 i = 0; i < 3 * rekey_interval; ++i) {
    std::array<u8, 3> text{1, 2, 3};
    one.crypt(text);
    two.crypt(text);
    EXPECT_EQ(text, (std::array<u8, 3>{1, 2, 3})) << i;
  }
}

}  // namespace
}  // namespace kith::bitcoin
