// What is left of real blocks without witnesses.
#include "ledger/bitcoin/strip.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "codec/compact.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// Block 831328, the first record of the file.
Body modern_block() {
  std::ifstream in(KITH_SOURCE_DIR "/data/mainnet-blocks-831328-831331.blk", std::ios::binary);
  const Buffer file(std::istreambuf_iterator<char>(in), {});
  Reader records(file);
  records.u32le();
  const u32 size = records.u32le();
  return Body(to_buffer(records.take(size)));
}

std::vector<Tx> transactions(const Body& block) {
  Reader in(block.bytes().subspan(header_size));
  std::vector<Tx> out;
  const u64 count = codec::read_compact(in);
  for (u64 i = 0; i < count; ++i) out.push_back(read_tx(in));
  EXPECT_TRUE(in.complete());
  return out;
}

TEST(Strip, leaves_the_header_and_every_transaction_with_its_id) {
  const auto block = modern_block();
  const auto stripped = stripped_block(block);
  EXPECT_LT(stripped.size(), block.size());
  EXPECT_TRUE(equal(stripped.bytes().first(header_size), block.bytes().first(header_size)));
  const auto before = transactions(block);
  const auto after = transactions(stripped);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].id, after[i].id);
    EXPECT_FALSE(after[i].has_witness);
    EXPECT_EQ(after[i].stripped_size, before[i].stripped_size);
  }
}

TEST(Strip, changes_nothing_that_has_no_witness) {
  const auto once = stripped_block(modern_block());
  const auto twice = stripped_block(once);
  EXPECT_EQ(twice.bytes().data(), once.bytes().data()) << "it was copied";
}

TEST(Strip, takes_the_witness_off_one_transaction) {
  const auto block = modern_block();
  Reader in(block.bytes().subspan(header_size));
  codec::read_compact(in);
  Reader start = in;
  const auto coinbase = read_tx(in);
  ASSERT_TRUE(coinbase.has_witness);
  const Body whole(to_buffer(start.take(start.left() - in.left())));
  const auto stripped = stripped_tx(whole);
  EXPECT_EQ(stripped.size(), coinbase.stripped_size);
  Reader again(stripped.bytes());
  EXPECT_EQ(read_tx(again).id, coinbase.id);
  EXPECT_EQ(stripped_tx(stripped).bytes().data(), stripped.bytes().data()) << "it was copied";
}

}  // namespace
}  // namespace kith::ledger::bitcoin
