// Lists of coins, as an operator or a devnet writes them.
#include "ledger/bitcoin/coins.hpp"

#include <gtest/gtest.h>

namespace kith::ledger::bitcoin {
namespace {

constexpr std::string_view id = "00000000b3e750f37fdb42e1018799a9f44b546d393b130b369590a072430a1c";

std::string line(std::string_view rest) { return std::string(id) + std::string(rest) + "\n"; }

Buffer outpoint(u8 first, u8 output) {
  Buffer out = *from_hex("1c0a4372a09095360b133b396d544bf4a9998701e142db7ff350e7b300000000");
  out[0] = first;
  out.push_back(output);
  out.resize(36);
  return out;
}

TEST(Coins, are_found_by_the_bytes_that_an_input_holds) {
  const auto coins = Coins::parse(line(":2 5000 76a9") + "\n" + line(":3 0 -"));
  ASSERT_TRUE(coins) << coins.error().what;
  ASSERT_EQ(coins->size(), 2u);
  const auto* coin = coins->find(outpoint(0x1c, 2));
  ASSERT_NE(coin, nullptr);
  EXPECT_EQ(coin->value, 5000u);
  EXPECT_EQ(coin->script, (Buffer{0x76, 0xa9}));
  EXPECT_TRUE(coins->find(outpoint(0x1c, 3))->script.empty());
  EXPECT_EQ(coins->find(outpoint(0x1c, 4)), nullptr);
  EXPECT_EQ(coins->find(outpoint(0x1d, 2)), nullptr);
}

TEST(Coins, are_written_as_they_are_read) {
  const auto text = line(":2 5000 76a9") + line(":3 0 -");
  EXPECT_EQ(Coins::parse(text)->to_text(), text);
}

TEST(Coins, that_cannot_be_are_refused) {
  for (const auto* rest : {"", ":", ":2", ":2 5000", ":x 5000 76a9", ":2 x 76a9", ":2 5000 7", ":2 5000 zz",
                           ":4294967296 1 -", ":2 2100000000000001 -", ":2 -1 -"})
    EXPECT_FALSE(Coins::parse(line(rest))) << rest;
  EXPECT_FALSE(Coins::parse("abcd:2 5000 76a9\n"));
}

}  // namespace
}  // namespace kith::ledger::bitcoin
