// Files that the original wrote: read, written again in the same bytes, and refused where they are damaged.
#include "app/spacemesh_files.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace kith::app {
namespace {

std::string sample(const std::string& name) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/spacemesh/" + name + ".sample.json");
  std::string out{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(out.empty()) << name;
  return out;
}

/// `text` with the first `from` in it replaced.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string_view wrong_id(const std::string& text) {
  const auto read = read_id_json(text);
  if (read) return "";
  EXPECT_EQ(read.error().fault, Fault::bad_config);
  return read.error().what;
}

std::string_view wrong_peers(const std::string& text) {
  const auto read = read_peers_json(text);
  if (read) return "";
  EXPECT_EQ(read.error().fault, Fault::malformed);
  return read.error().what;
}

TEST(SpacemeshId, of_the_original_is_read_and_written_in_the_same_bytes) {
  const auto text = sample("id");
  const auto identity = read_id_json(text);
  ASSERT_TRUE(identity);
  EXPECT_EQ(to_hex(identity->secret), "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
  EXPECT_EQ(to_hex(identity->public_key), "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c");
  EXPECT_EQ(to_id_json(*identity), text);
}

TEST(SpacemeshId, that_is_damaged_is_told_by_its_part) {
  const auto text = sample("id");
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_EQ(wrong_id(text.substr(0, size)), "id.json") << size;
  EXPECT_EQ(wrong_id("[]"), "pubKey");
  EXPECT_EQ(wrong_id("{\"pubKey\": 1}"), "pubKey");
  EXPECT_EQ(wrong_id(with(text, "priKey", "priVKey")), "priKey");
  EXPECT_EQ(wrong_id(with(text, "4wBqp", "4wBq0")), "priKey");
  EXPECT_EQ(wrong_id(with(text, "4wBqp", "4wBqq")), "pubKey is not that of priKey");
  EXPECT_EQ(wrong_id(text + std::string(max_spacemesh_id_file, ' ')), "id.json");
}

TEST(SpacemeshPeers, of_the_original_are_read_and_written_in_the_same_bytes) {
  const auto text = sample("peers");
  const auto book = read_peers_json(text);
  ASSERT_TRUE(book) << book.error().what;
  EXPECT_EQ(book->secret[0], 16);
  EXPECT_EQ(book->secret[31], 47);
  ASSERT_EQ(book->peers.size(), 32u);
  EXPECT_EQ(book->peers[0].last_seen, 1'795'253'591);
  EXPECT_EQ(book->peers[6].last_attempt, spacemesh_never);
  EXPECT_EQ(to_peers_json(*book), text);

  // Each node is where its hash puts it.
  std::size_t placed = 0;
  for (const auto& peer : book->peers) {
    const auto& fresh = book->new_table[spacemesh::new_bucket(book->secret, peer.node, peer.source)];
    const auto& tried = book->tried_table[spacemesh::tried_bucket(book->secret, peer.node)];
    placed += static_cast<std::size_t>(std::ranges::count(fresh, peer.node) + std::ranges::count(tried, peer.node));
  }
  EXPECT_EQ(placed, book->peers.size());
}

TEST(SpacemeshPeers, of_an_empty_book_are_read_and_written) {
  const SpacemeshBook empty;
  EXPECT_EQ(read_peers_json(to_peers_json(empty)).value(), empty);
}

TEST(SpacemeshPeers, that_are_damaged_are_told_by_their_part) {
  const auto text = sample("peers");
  // The last byte ends the line and no value.
  for (std::size_t size = 0; size + 1 < text.size(); size += 97)
    EXPECT_EQ(wrong_peers(text.substr(0, size)), "peers.json") << size;
  EXPECT_EQ(wrong_peers("null"), "Key");
  EXPECT_EQ(wrong_peers(with(text, "[16,", "[256,")), "Key");
  EXPECT_EQ(wrong_peers(with(text, "[16,", "[-1,")), "Key");
  EXPECT_EQ(wrong_peers(with(text, "[16,", "[16.0,")), "Key") << "no number here has a fraction";
  EXPECT_EQ(wrong_peers(with(text, "[16,", "[")), "Key");
  EXPECT_EQ(wrong_peers(with(text, "Addresses", "Addr")), "Addresses");
  EXPECT_EQ(wrong_peers(with(text, "@8.8.8.8:7513", "@8.8.8.8")), "Addresses");
  EXPECT_EQ(wrong_peers(with(text, "@5.6.7.8:7513", "@example.org:7513")), "Addresses");
  for (const char* number : {"Attempts", "LastSeen", "LastAttempt", "LastSuccess"})
    EXPECT_EQ(wrong_peers(with(text, number, "Other")), "Addresses") << number;
  EXPECT_EQ(wrong_peers(with(text, "1795253591", "1795253591.5")), "Addresses");
  EXPECT_EQ(wrong_peers(with(text, "1795253591", "9223372036854775808")), "Addresses");
  EXPECT_EQ(wrong_peers(with(text, "\"NewBuckets\":[[],", "\"NewBuckets\":[")), "NewBuckets") << "one too few";
  EXPECT_EQ(wrong_peers(with(text, "\"NewBuckets\":[[],", "\"NewBuckets\":[null,")), "NewBuckets");
  EXPECT_EQ(wrong_peers(with(text, "\"TriedBuckets\":[[],", "\"TriedBuckets\":[[],[],")), "TriedBuckets");
  const auto stranger = "\"TriedBuckets\":[[\"spacemesh://" + std::string(32, '1') + "@1.2.3.4:1\"],";
  EXPECT_EQ(wrong_peers(with(text, "\"TriedBuckets\":[[],", stranger)), "TriedBuckets") << "whom the list lacks";
  EXPECT_EQ(wrong_peers(std::string(100'000, '[')), "peers.json");
}

TEST(SpacemeshPeers, of_a_file_that_is_too_large_are_not_read) {
  const auto read = read_peers_json(std::string(max_spacemesh_peers_file + 1, ' '));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().fault, Fault::storage);
}

}  // namespace
}  // namespace kith::app
