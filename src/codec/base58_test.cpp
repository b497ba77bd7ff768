// Base58 against Bitcoin Core's vectors, and against what is not Base58.
#include "codec/base58.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::codec {
namespace {

/// What stands between quotes in a JSON text without escapes.
std::vector<std::string_view> json_strings(std::string_view json) {
  std::vector<std::string_view> out;
  for (auto at = json.find('"'); at != std::string_view::npos; at = json.find('"')) {
    json.remove_prefix(at + 1);
    out.push_back(json.substr(0, json.find('"')));
    json.remove_prefix(out.back().size() + 1);
  }
  return out;
}

TEST(Base58, has_the_forms_that_bitcoin_core_publishes) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/codec/base58_encode_decode.json");
  const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto strings = json_strings(json);
  ASSERT_GE(strings.size(), 28u);
  ASSERT_EQ(strings.size() % 2, 0u);
  for (std::size_t i = 0; i < strings.size(); i += 2) {
    const Buffer bytes = from_hex(strings[i]).value();
    const std::string_view text = strings[i + 1];
    EXPECT_EQ(to_base58(bytes), text);
    EXPECT_EQ(from_base58(text, bytes.size()), bytes) << text;
    if (!bytes.empty()) {
      EXPECT_FALSE(from_base58(text, bytes.size() - 1)) << text;
    }
  }
}

TEST(Base58, a_character_outside_the_alphabet_is_refused) {
  for (const char* text : {"0", "O", "I", "l", " 2g", "2g ", "2g\n", "2+g", "\xff"})
    EXPECT_FALSE(from_base58(text, 100)) << text;
  EXPECT_FALSE(from_base58(std::string_view("2g\0", 3), 100));
}

TEST(Base58, a_value_above_the_limit_is_refused) {
  EXPECT_EQ(from_base58("5Q", 1), Buffer{255});
  EXPECT_FALSE(from_base58("5R", 1));
  EXPECT_EQ(from_base58("111", 3), (Buffer{0, 0, 0}));
  EXPECT_FALSE(from_base58("111", 2));
  EXPECT_EQ(from_base58("", 0), Buffer{});
  EXPECT_FALSE(from_base58("1", 0));
  EXPECT_FALSE(from_base58(std::string(10'000'000, 'z'), 38)) << "and without dividing ten million digits";
}

RC_GTEST_PROP(Base58, every_value_reads_back_within_its_own_size, (Buffer bytes)) {
  RC_ASSERT(from_base58(to_base58(bytes), bytes.size()) == bytes);
  const Buffer ones(bytes.size(), 255);
  RC_ASSERT(from_base58(to_base58(ones), ones.size()) == ones);
}

}  // namespace
}  // namespace kith::codec
