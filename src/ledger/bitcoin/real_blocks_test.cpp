// The first 14,132 blocks of mainnet through the chain and the judge, as a node takes them.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/reader.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/log_judge.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr std::string_view last_block = "00000000b3e750f37fdb42e1018799a9f44b546d393b130b369590a072430a1c";
constexpr Utc now = Utc{std::chrono::hours{24 * 365 * 50}};

const Buffer& file() {
  static const Buffer out = [] {
    std::ifstream in(KITH_SOURCE_DIR "/data/mainnet-blocks-0-14131.blk", std::ios::binary);
    return Buffer(std::istreambuf_iterator<char>(in), {});
  }();
  return out;
}

std::vector<Buffer> read_blocks() {
  std::vector<Buffer> out;
  Reader in(file());
  while (in.left() > 0) {
    EXPECT_EQ(in.u32le(), mainnet().magic);
    const u32 size = in.u32le();
    out.push_back(to_buffer(in.take(size)));
  }
  EXPECT_TRUE(in.complete());
  return out;
}

struct Mainnet : testing::Test {
  BitcoinRules rules{mainnet()};
  Chain chain{rules, {}};
  std::vector<Buffer> blocks = read_blocks();

  LogJudge new_judge(Buffer log = {}) {
    return {rules, std::make_unique<MemoryLog>(std::move(log)), mainnet().magic,
            [](const BlockJob& job) { return check_block(mainnet(), job); }, Body(mainnet().genesis_block)};
  }
  std::vector<Buffer> headers(std::size_t first, std::size_t count) const {
    std::vector<Buffer> out;
    for (std::size_t i = first; i < std::min(first + count, blocks.size()); ++i)
      out.push_back(to_buffer(Bytes(blocks[i]).first(header_size)));
    return out;
  }
};

TEST_F(Mainnet, syncs_to_the_block_that_everybody_knows) {
  ASSERT_EQ(blocks.size(), 14'132u);
  EXPECT_EQ(blocks[0], mainnet().genesis_block);
  for (std::size_t i = 1; i < blocks.size(); i += max_headers) ASSERT_TRUE(chain.take(1, headers(i, max_headers), now));
  EXPECT_EQ(to_display(chain.best().id), last_block);
  EXPECT_EQ(chain.best().height, 14'131u);

  auto judge = new_judge();
  for (const auto& block : blocks) {
    const auto ref = *chain.find(id_of(Bytes(block).first(header_size)));
    if (ref.height == 0) continue;
    chain.judging(ref.id);
    const i64 median = chain.median_time(chain.parsed(ref.id)->parent);
    for (const auto& ruling : judge.judge({ref, median, Body(block)})) {
      ASSERT_EQ(ruling.verdict, Verdict::accept) << ref.height << " " << ruling.error.what;
      chain.ruled(ruling.id, ruling.verdict);
    }
  }
  EXPECT_EQ(to_display(chain.tip().id), last_block);
  EXPECT_EQ(judge.size(), 14'131u);
}

TEST_F(Mainnet, the_file_itself_can_be_restored_from) {
  auto judge = new_judge(file());
  const auto found = judge.restore(chain, now);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->blocks, 14'131u);
  EXPECT_EQ(found->skipped, 0u);
  EXPECT_EQ(found->cut_bytes, 0u);
  EXPECT_EQ(to_display(chain.tip().id), last_block);
  EXPECT_TRUE(equal(judge.block(chain.tip().id)->bytes(), blocks.back()));
}

TEST_F(Mainnet, a_flipped_bit_in_a_header_breaks_its_work_or_its_link) {
  auto batch = headers(1, 200);
  for (std::size_t bit = 0; bit < 8 * header_size; ++bit) {
    batch[170][bit / 8] ^= static_cast<u8>(1 << bit % 8);
    const auto taken = chain.take(1, batch, now);
    ASSERT_FALSE(taken) << bit;
    EXPECT_EQ(taken.error().fault, Fault::bad_header);
    EXPECT_EQ(chain.best().height, 170u);
    batch[170][bit / 8] ^= static_cast<u8>(1 << bit % 8);
  }
  EXPECT_TRUE(chain.take(1, batch, now));
}

TEST_F(Mainnet, a_flipped_bit_in_a_body_is_a_bad_copy) {
  ASSERT_TRUE(chain.take(1, headers(1, 200), now));
  auto judge = new_judge();
  const auto ref = *chain.at(170);
  const i64 median = chain.median_time(chain.at(169)->id);
  for (std::size_t bit = 8 * header_size; bit < 8 * blocks[170].size(); ++bit) {
    auto copy = blocks[170];
    copy[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    EXPECT_EQ(judge.judge({ref, median, Body(std::move(copy))})[0].verdict, Verdict::corrupt) << bit;
  }
  EXPECT_EQ(judge.judge({ref, median, Body(blocks[170])})[0].verdict, Verdict::accept);
}

TEST_F(Mainnet, passes_its_own_presync) {
  for (std::size_t i = 1; i < blocks.size(); i += max_headers) ASSERT_TRUE(chain.take(1, headers(i, max_headers), now));
  Chain strict(rules, {.minimum_work = chain.best().work, .secret = {9}});
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(strict.size(), 1u);
    for (std::size_t i = 1; i < blocks.size(); i += max_headers)
      ASSERT_TRUE(strict.take(1, headers(i, max_headers), now)) << i;
  }
  EXPECT_EQ(strict.best(), chain.best());
}

}  // namespace
}  // namespace kith::ledger::bitcoin
