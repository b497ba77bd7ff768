// What others computed before us: the frozen files of vectors/ that this folder has to reproduce byte for byte.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/reader.hpp"
#include "crypto/hash.hpp"
#include "crypto/noise.hpp"
#include "crypto/one_way.hpp"

namespace kith::crypto {
namespace {

// A file of vectors, read as far as these tests need it: flat values by their name, in the order of the file.
class VectorFile {
 public:
  explicit VectorFile(const std::string& name) {
    std::ifstream file(std::string(KITH_SOURCE_DIR "/vectors/") + name);
    text_.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::vector<Buffer> all(const std::string& name) const {
    const std::string opening = "\"" + name + "\": \"";
    std::vector<Buffer> out;
    for (std::size_t at = text_.find(opening); at != std::string::npos; at = text_.find(opening, at + 1)) {
      const std::size_t start = at + opening.size();
      out.push_back(from_hex(std::string_view(text_).substr(start, text_.find('"', start) - start)).value());
    }
    return out;
  }
  Buffer one(const std::string& name) const { return all(name).at(0); }
  Key key(const std::string& name) const { return take_array<32>(one(name)); }
  KeyPair pair(const std::string& name) const { return exchange_pair(key(name)); }

 private:
  std::string text_;
};

// Runs a handshake with these keys and compares each message with that of the file.
struct Handshake {
  Split initiator;
  Split responder;
};
Handshake run(Aead& aead, const KeyPair& s_i, const KeyPair& s_r, const KeyPair& e_i, const KeyPair& e_r,
              Bytes prologue, const std::vector<Buffer>& payloads, const std::vector<Buffer>& messages) {
  IkInitiator initiator(aead, s_i, s_r.public_key, e_i, prologue);
  IkResponder responder(aead, s_r, prologue);
  EXPECT_EQ(initiator.write_first(payloads[0]), messages[0]);
  EXPECT_EQ(responder.read_static(Bytes(messages[0]).first(IkResponder::static_part_size)), s_i.public_key);
  EXPECT_EQ(responder.read_payload(Bytes(messages[0]).subspan(IkResponder::static_part_size)), payloads[0]);
  EXPECT_EQ(responder.write_second(e_r, payloads[1]), messages[1]);
  EXPECT_EQ(initiator.read_second(messages[1]), payloads[1]);
  return {initiator.split(), responder.split()};
}

void expect_record(Aead& aead, CipherState& sender, CipherState& receiver, Bytes plain, const Buffer& sealed) {
  Buffer out;
  EXPECT_TRUE(sender.seal(aead, plain, out));
  EXPECT_EQ(to_hex(out), to_hex(sealed));
  Buffer back;
  EXPECT_TRUE(receiver.open(aead, sealed, back));
  EXPECT_TRUE(equal(back, plain));
}

TEST(Vectors, noise_ik_of_cacophony_is_reproduced) {
  const VectorFile file("crypto/noise_ik.json");
  const auto payloads = file.all("payload");
  const auto messages = file.all("ciphertext");
  ASSERT_EQ(payloads.size(), 6U);
  Aead aead;
  EXPECT_EQ(file.pair("resp_static").public_key, file.key("init_remote_static"));
  const auto [i, r] = run(aead, file.pair("init_static"), file.pair("resp_static"), file.pair("init_ephemeral"),
                          file.pair("resp_ephemeral"), file.one("init_prologue"), payloads, messages);
  EXPECT_EQ(to_buffer(i.handshake_hash), file.one("handshake_hash"));
  CipherState i_send(i.send), i_receive(i.receive), r_send(r.send), r_receive(r.receive);
  for (std::size_t n = 2; n < payloads.size(); n += 2) {
    expect_record(aead, i_send, r_receive, payloads[n], messages[n]);
    expect_record(aead, r_send, i_receive, payloads[n + 1], messages[n + 1]);
  }
}

TEST(Vectors, noise_n_of_cacophony_is_reproduced) {
  const VectorFile file("crypto/noise_n.json");
  const auto receiver = file.pair("resp_static");
  EXPECT_EQ(receiver.public_key, file.key("init_remote_static"));
  const auto prologue = file.one("init_prologue");
  EXPECT_EQ(seal_to(receiver.public_key, file.pair("init_ephemeral"), prologue, file.one("payload")),
            file.one("ciphertext"));
  EXPECT_EQ(open_sealed(receiver, prologue, file.one("ciphertext")), file.one("payload"));
}

// The strings of the next list in `text` behind `name`.
std::vector<std::string> list_behind(std::string_view& text, std::string_view name) {
  text.remove_prefix(text.find(name) + name.size());
  std::string_view inside = text.substr(text.find('[') + 1);
  inside = inside.substr(0, inside.find(']'));
  std::vector<std::string> out;
  for (std::size_t at = inside.find('"'); at != std::string_view::npos; at = inside.find('"', at + 1)) {
    const std::size_t end = inside.find('"', at + 1);
    out.emplace_back(inside.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

TEST(Vectors, siphash_of_bitcoin_core_is_reproduced) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/crypto/siphash.json");
  const std::string whole(std::istreambuf_iterator<char>(file), {});
  constexpr std::string_view expected = "\"siphash24\": \"";
  std::size_t count = 0;
  for (std::string_view text = whole; text.find("\"key\"") != std::string_view::npos; ++count) {
    // Two numbers as they are written by hand, highest digits first.
    Buffer key;
    for (const auto& word : list_behind(text, "\"key\"")) {
      auto bytes = from_hex(word).value();
      std::ranges::reverse(bytes);
      append(key, bytes);
    }
    Buffer data;
    for (const auto& piece : list_behind(text, "\"input\"")) append(data, from_hex(piece).value());
    text.remove_prefix(text.find(expected) + expected.size());
    auto hash = from_hex(text.substr(0, 16)).value();
    std::ranges::reverse(hash);
    EXPECT_EQ(keyed_hash(take_array<16>(key), data), Reader(hash).u64le()) << count;
  }
  EXPECT_EQ(count, 146U);
}

TEST(Vectors, lean_session_of_snow_is_reproduced) {
  const VectorFile file("lean/vector.json");
  Aead aead;
  const Identity initiator(file.key("initiator_seed"));
  const Identity responder(file.key("responder_seed"));
  EXPECT_EQ(initiator.public_key(), file.key("initiator_id"));
  EXPECT_EQ(responder.public_key(), file.key("responder_id"));
  EXPECT_EQ(initiator.exchange_public(), file.key("initiator_x"));
  EXPECT_EQ(responder.exchange_public(), file.key("responder_x"));
  EXPECT_EQ(file.one("message1").size(), 192U);
  EXPECT_EQ(file.one("message2").size(), 144U);

  const auto [i, r] = run(aead, {initiator.exchange_secret(), initiator.exchange_public()},
                          {responder.exchange_secret(), responder.exchange_public()}, file.pair("e_i"),
                          file.pair("e_r"), file.one("prologue"), {file.one("payload1"), file.one("payload2")},
                          {file.one("message1"), file.one("message2")});
  EXPECT_EQ(i.handshake_hash, file.key("handshake_hash"));
  EXPECT_EQ(r.handshake_hash, file.key("handshake_hash"));
  CipherState i_send(i.send), i_receive(i.receive), r_send(r.send), r_receive(r.receive);
  expect_record(aead, i_send, r_receive, as_bytes("ping"), file.one("i_to_r_record0_ping"));
  expect_record(aead, r_send, i_receive, as_bytes("pong"), file.one("r_to_i_record0_pong"));

  Buffer renewed;
  aead.seal(i.send, CipherState::last_nonce, {}, Key{}, renewed);
  CipherState after(take_array<32>(renewed), 1), after_too(take_array<32>(renewed), 1);
  expect_record(aead, after, after_too, as_bytes("ping"), file.one("i_to_r_record1_ping_after_rekey"));
}

TEST(Vectors, none_of_the_twelve_edge_cases_of_ed25519_counts) {
  const VectorFile file("crypto/speccheck.json");
  const auto messages = file.all("message");
  const auto keys = file.all("public_key");
  const auto signatures = file.all("signature");
  ASSERT_EQ(messages.size(), 12U);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Key author = take_array<32>(keys[i]);
    const Signature signature = take_array<64>(signatures[i]);
    EXPECT_FALSE(verify(author, messages[i], signature)) << "case " << i;
    // Case 3 is good but for its author's mixed order: all that verify_known leaves to to_exchange.
    EXPECT_EQ(verify_known(author, messages[i], signature), i == 3) << "case " << i;
  }
}

}  // namespace
}  // namespace kith::crypto
