// ElligatorSwift against the vectors of BIP 324, and what both sides of an exchange owe to each other.
#include "crypto/ellswift.hpp"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace kith::crypto {
namespace {

// The rows of a file of vectors without its first line, each cut at its commas.
std::vector<std::vector<std::string>> rows(const std::string& name) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/bitcoin/" + name);
  std::vector<std::vector<std::string>> out;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    auto& row = out.emplace_back();
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find(',', at), line.size());
      row.push_back(line.substr(at, end - at));
      at = end + 1;
    }
  }
  return out;
}

Coordinate coordinate(const std::string& hex) { return take_array<32>(from_hex(hex).value()); }

TEST(Ellswift, decodes_the_vectors_of_bip_324) {
  const auto vectors = rows("ellswift_decode.csv");
  ASSERT_EQ(vectors.size(), 76U);
  for (const auto& row : vectors)
    EXPECT_EQ(to_hex(ellswift_decode(take_array<64>(from_hex(row[0]).value()))), row[1]) << row[2];
}

TEST(Ellswift, inverts_the_vectors_of_bip_324_in_all_eight_cases) {
  const auto vectors = rows("xswiftec_inv.csv");
  ASSERT_EQ(vectors.size(), 32U);
  for (const auto& row : vectors)
    for (unsigned which = 0; which < 8; ++which) {
      const auto t = xswiftec_inv(coordinate(row[1]), coordinate(row[0]), which);
      EXPECT_EQ(t ? to_hex(*t) : "", row[2 + which]) << row[0] << " case " << which << ": " << row[10];
    }
}

TEST(Ellswift, comes_to_one_secret_on_both_sides_and_another_for_each_pair) {
  auto rng = Rng::seeded(1);
  std::set<Hash> secrets;
  for (int i = 0; i < 20; ++i) {
    const auto a = ellswift_create(rng);
    const auto b = ellswift_create(rng);
    const auto from_a = bip324_exchange(a.secret, a.public_key, b.public_key, true);
    EXPECT_EQ(from_a.bytes, bip324_exchange(b.secret, b.public_key, a.public_key, false).bytes);
    EXPECT_NE(from_a.bytes, bip324_exchange(b.secret, b.public_key, a.public_key, true).bytes);
    secrets.insert(from_a.bytes);
  }
  EXPECT_EQ(secrets.size(), 20U);
}

TEST(Ellswift, encodes_one_key_in_many_ways_that_all_mean_it) {
  auto rng = Rng::seeded(2);
  const auto pair = ellswift_create(rng);
  std::set<EllswiftKey> encodings{pair.public_key};
  for (int i = 0; i < 50; ++i) {
    const auto other = ellswift_encode(rng, pair.secret);
    EXPECT_EQ(ellswift_decode(other), ellswift_decode(pair.public_key));
    encodings.insert(other);
  }
  EXPECT_EQ(encodings.size(), 51U);
}

TEST(Ellswift, takes_any_bytes_for_a_key) {
  auto rng = Rng::seeded(3);
  const auto ours = ellswift_create(rng);
  EllswiftKey key;
  for (int i = 0; i < 100; ++i) {
    rng.fill(key);
    ellswift_x(ours.secret, key);
  }
  for (const u8 fill : std::array<u8, 2>{0x00, 0xff}) {
    key.fill(fill);
    ellswift_x(ours.secret, key);
  }
}

TEST(Ellswift, draws_the_same_key_from_the_same_dice) {
  auto one = Rng::seeded(4);
  auto two = Rng::seeded(4);
  EXPECT_EQ(ellswift_create(one).public_key, ellswift_create(two).public_key);
}

}  // namespace
}  // namespace kith::crypto
