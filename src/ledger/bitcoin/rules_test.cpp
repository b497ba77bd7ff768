// The rules that look back: what a header may carry after the two weeks before it.
#include "ledger/bitcoin/rules.hpp"

#include <gtest/gtest.h>

#include "ledger/bitcoin/header.hpp"
#include "ledger/chain.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u32 genesis_time = 1231006505;
constexpr Utc now = Utc{std::chrono::hours{24 * 365 * 45}};

/// Mainnet's rules for headers that nobody has to mine.
class Unmined : public BitcoinRules {
 public:
  Unmined() : BitcoinRules(mainnet()) {}
  Result<Parsed> parse(Bytes bytes) const override {
    const auto header = parse_header(bytes);
    if (!header) return std::unexpected(header.error());
    Work one;
    one.bytes[31] = 1;
    return Parsed{.id = id_of(bytes),
                  .parent = header->parent,
                  .work = one,
                  .time = header->time,
                  .bits = header->bits,
                  .version = header->version};
  }
};

struct Interval : testing::Test {
  Unmined rules;
  Chain chain{rules, {}};

  Result<Taken> put(u32 height, u32 bits) {
    const std::vector<Buffer> one{
        encode({.version = 1, .parent = chain.best().id, .time = genesis_time + 300 * height, .bits = bits})};
    return chain.take(1, one, now);
  }
};

TEST_F(Interval, difficulty_is_measured_from_the_first_block_of_the_interval_to_its_last) {
  for (u32 height = 1; height < 2016; ++height) ASSERT_TRUE(put(height, 0x1d00ffff)) << height;
  // 2015 steps of 300 s, not 2016 and not 2014, worked out by hand.
  EXPECT_EQ(put(2016, 0x1d00ffff).error().fault, Fault::bad_header);
  EXPECT_EQ(put(2016, 0x1c7fdefe).error().fault, Fault::bad_header);
  EXPECT_TRUE(put(2016, 0x1c7fef3f));
  EXPECT_EQ(put(2017, 0x1d00ffff).error().fault, Fault::bad_header);
  EXPECT_TRUE(put(2017, 0x1c7fef3f));
}

}  // namespace
}  // namespace kith::ledger::bitcoin
