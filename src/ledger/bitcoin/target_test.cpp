// The arithmetic of difficulty against published figures, and wide numbers against narrow ones.
#include "ledger/bitcoin/target.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::ledger::bitcoin {
namespace {

TEST(Target, compact_forms_are_read_as_bitcoin_core_reads_them) {
  // src/test/arith_uint256_tests.cpp, bignum_SetCompact.
  for (const u32 nothing : {0u, 0x00123456u, 0x01003456u, 0x02000056u, 0x03000000u, 0x04000000u, 0x00923456u,
                            0x01803456u, 0x02800056u, 0x03800000u, 0x04800000u, 0x04923456u, 0xff123456u, 0x01fedcbau})
    EXPECT_FALSE(from_compact(nothing)) << std::hex << nothing;
  EXPECT_EQ(from_compact(0x01123456), U256::of(0x12));
  EXPECT_EQ(to_compact(U256::of(0x12)), 0x01120000u);
  EXPECT_EQ(to_compact(U256::of(0x80)), 0x02008000u);
  EXPECT_EQ(from_compact(0x02123456), U256::of(0x1234));
  EXPECT_EQ(from_compact(0x03123456), U256::of(0x123456));
  EXPECT_EQ(from_compact(0x04123456), U256::of(0x12345600));
  EXPECT_EQ(from_compact(0x05009234), U256::of(0x92340000));
  EXPECT_EQ(from_compact(0x20123456), U256::of(0x123456) << 232);
  EXPECT_EQ(to_compact(U256::of(0x123456) << 232), 0x20123456u);
  EXPECT_EQ(from_compact(0x220000ff), U256::of(0xff) << 248);
  EXPECT_FALSE(from_compact(0x2200ffff));
}

TEST(Target, work_is_the_expected_number_of_hashes) {
  EXPECT_EQ(work_of(*from_compact(0x1d00ffff)), U256::of(0x100010001).to_work());
  EXPECT_EQ(work_of(*from_compact(0x207fffff)), U256::of(2).to_work());
  EXPECT_EQ(work_of(~U256{}), U256::of(1).to_work());
}

TEST(Target, difficulty_follows_the_clock_as_in_bitcoin_core) {
  // src/test/pow_tests.cpp: blocks 30240, 0, 66528 and 46368 of mainnet and the ends of their intervals.
  EXPECT_EQ(retarget(mainnet(), 0x1d00ffff, 1262152739 - 1261130161), 0x1d00d86au);
  EXPECT_EQ(retarget(mainnet(), 0x1d00ffff, 1233061996 - 1231006505), 0x1d00ffffu);
  EXPECT_EQ(retarget(mainnet(), 0x1c05a3f4, 1279297671 - 1279008237), 0x1c0168fdu);
  EXPECT_EQ(retarget(mainnet(), 0x1c387f6f, 1269211443 - 1263163443), 0x1d00e1fdu);
}

TEST(Target, difficulty_changes_only_at_the_end_of_an_interval_and_at_most_fourfold) {
  EXPECT_TRUE(may_change(mainnet(), 0x1d00ffff, 0x1d00d86a, 32256));
  EXPECT_FALSE(may_change(mainnet(), 0x1d00ffff, 0x1d00d86a, 32257));
  EXPECT_TRUE(may_change(mainnet(), 0x1c05a3f4, 0x1c0168fd, 68544));
  EXPECT_FALSE(may_change(mainnet(), 0x1c05a3f4, 0x1c0168fc, 68544));
  EXPECT_TRUE(may_change(mainnet(), 0x1c387f6f, 0x1d00e1fd, 48384));
  EXPECT_FALSE(may_change(mainnet(), 0x1c387f6f, 0x1d00e1fe, 48384));
  EXPECT_TRUE(may_change(regtest(), 0x207fffff, 0x207fffff, 2016));
  EXPECT_FALSE(may_change(regtest(), 0x207fffff, 0x207ffffe, 2016));
}

TEST(Target, easier_than_the_limit_proves_nothing) {
  EXPECT_TRUE(proves_work(regtest(), Hash{1}, 0x207fffff));
  EXPECT_FALSE(proves_work(mainnet(), Hash{1}, 0x207fffff));
  EXPECT_FALSE(proves_work(mainnet(), Hash{1}, 0x1d010000));
  EXPECT_TRUE(proves_work(mainnet(), Hash{1}, 0x1d00ffff));
  Hash heavy{};
  heavy[28] = 1;
  EXPECT_FALSE(proves_work(mainnet(), heavy, 0x1d00ffff));
}

U256 arbitrary() {
  const auto words = *rc::gen::arbitrary<std::array<u64, 4>>();
  return U256{words} >> static_cast<u32>(*rc::gen::inRange(0, 256));
}

RC_GTEST_PROP(U256, product_quotient_and_rest_fit_together, (u32 factor)) {
  const U256 a = arbitrary();
  U256 b = arbitrary();
  if (b == U256{}) b = U256::of(1);
  const U256 quotient = a / b;
  U256 product;
  for (u32 bit = 0; bit < quotient.bit_length(); ++bit)
    if (((quotient >> bit).words[0] & 1) != 0) product = product + (b << bit);
  RC_ASSERT(product <= a);
  RC_ASSERT(a - product < b);
  U256 sum;
  for (u32 bit = 0; bit < 32; ++bit)
    if ((factor >> bit & 1) != 0) sum = sum + (a << bit);
  RC_ASSERT(a * factor == sum);
  RC_ASSERT(a + b - b == a);
  RC_ASSERT(U256::of(a.to_work()) == a);
  RC_ASSERT((a.to_work() < b.to_work()) == (a < b));
}

RC_GTEST_PROP(Target, compact_forms_survive_a_round_trip, ()) {
  const U256 target = arbitrary();
  if (target == U256{}) return;
  const u32 bits = to_compact(target);
  const auto back = from_compact(bits);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back <= target);
  RC_ASSERT(to_compact(*back) == bits);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
