// A chain that begins at a trusted block instead of genesis, with four large blocks of mainnet on top of it.
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

constexpr Utc now = Utc{std::chrono::hours{24 * 365 * 55}};
constexpr u32 first_height = 831328;

std::vector<Buffer> read_blocks() {
  std::ifstream file(KITH_SOURCE_DIR "/data/mainnet-blocks-831328-831331.blk", std::ios::binary);
  const Buffer bytes(std::istreambuf_iterator<char>(file), {});
  std::vector<Buffer> out;
  Reader in(bytes);
  while (in.left() > 0) {
    EXPECT_EQ(in.u32le(), mainnet().magic);
    const u32 size = in.u32le();
    out.push_back(to_buffer(in.take(size)));
  }
  EXPECT_TRUE(in.complete());
  return out;
}

/// The parent of the first block, as much as that one tells of it.
Anchor below(const Buffer& block) {
  const auto header = *parse_header(Bytes(block).first(header_size));
  return {.id = header.parent, .height = first_height - 1, .bits = header.bits, .time = header.time - 1};
}

Buffer header_of(const Buffer& block) { return to_buffer(Bytes(block).first(header_size)); }

struct Anchored : testing::Test {
  BitcoinRules rules{mainnet()};
  std::vector<Buffer> blocks = read_blocks();
  Anchor anchor = below(blocks.at(0));
  Chain chain{rules, {.minimum_work = {}, .secret = {}, .anchor = anchor}};

  std::vector<Buffer> headers() const {
    std::vector<Buffer> out;
    for (const auto& block : blocks) out.push_back(header_of(block));
    return out;
  }
};

TEST_F(Anchored, real_blocks_of_2024_are_taken_on_their_parent) {
  ASSERT_EQ(blocks.size(), 4u);
  ASSERT_TRUE(chain.take(1, headers(), now));
  LogJudge judge(
      rules, std::make_unique<MemoryLog>(), mainnet().magic,
      [](const BlockJob& job) { return check_block(mainnet(), job); }, Body(mainnet().genesis_block));
  for (const auto& ref : chain.missing(10, 10)) {
    const auto& block = blocks.at(ref.height - first_height);
    const auto rulings = judge.judge({ref, chain.median_time(chain.parsed(ref.id)->parent), Body(block)});
    ASSERT_EQ(rulings.at(0).verdict, Verdict::accept) << rulings.at(0).error.what;
    chain.ruled(ref.id, Verdict::accept);
  }
  EXPECT_EQ(chain.tip().height, first_height + 3);
}

TEST_F(Anchored, nothing_is_known_asked_for_or_served_below_it) {
  ASSERT_TRUE(chain.take(1, headers(), now));
  EXPECT_EQ(chain.genesis().id, anchor.id);
  EXPECT_EQ(chain.genesis().height, anchor.height);
  EXPECT_FALSE(chain.at(anchor.height - 1));
  EXPECT_FALSE(chain.accepted_at(anchor.height - 1));
  EXPECT_EQ(chain.accepted_at(anchor.height)->id, anchor.id);
  EXPECT_FALSE(chain.ancestor(chain.best().id, anchor.height - 1));
  EXPECT_EQ(chain.ancestor(chain.best().id, anchor.height)->id, anchor.id);
  EXPECT_FALSE(chain.header(anchor.id));
  EXPECT_EQ(chain.locator_of_best().back(), anchor.id);
  EXPECT_EQ(chain.locator(), std::vector<Hash>{anchor.id});
}

TEST_F(Anchored, peers_are_served_from_it_on) {
  ASSERT_TRUE(chain.take(1, headers(), now));
  for (const auto& ref : chain.missing(10, 10)) chain.ruled(ref.id, Verdict::accept);
  const std::vector<Hash> unknown{Hash{1}};
  EXPECT_EQ(chain.after(unknown, 10), headers());
  EXPECT_EQ(chain.after(std::vector<Hash>{anchor.id}, 10), headers());
}

TEST_F(Anchored, a_branch_that_forks_from_it_is_one_step_back) {
  const auto all = headers();
  ASSERT_TRUE(chain.take(1, std::span(all).first(1), now));
  const auto first = chain.best();
  chain.ruled(first.id, Verdict::accept);
  EXPECT_EQ(chain.tip(), first);
  const auto steps = chain.ruled(first.id, Verdict::reject);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].way, Step::Way::disconnected);
  EXPECT_EQ(chain.tip().id, anchor.id);
}

/// Mainnet's rules for headers that nobody has to mine.
class Unmined : public BitcoinRules {
 public:
  Unmined() : BitcoinRules(mainnet()) {}
  Result<Parsed> parse(Bytes bytes) const override {
    const auto header = parse_header(bytes);
    if (!header) return std::unexpected(header.error());
    Work one;
    one.bytes[31] = 1;
    return Parsed{
        .id = id_of(bytes), .parent = header->parent, .work = one, .time = header->time, .bits = header->bits};
  }
};

TEST(AnAnchorInAnInterval, leaves_the_next_difficulty_open_within_a_factor_of_four) {
  const Unmined rules;
  const Anchor anchor{.id = Hash{7}, .height = 2014, .bits = 0x1c7fef3f, .time = 1'500'000'000};
  const auto fault = [&](u32 bits) {
    Chain chain(rules, {.minimum_work = {}, .secret = {}, .anchor = anchor});
    const Header last{.version = 1, .parent = anchor.id, .time = 1'500'000'600, .bits = anchor.bits};
    const std::vector<Buffer> first{encode(last)};
    EXPECT_TRUE(chain.take(1, first, now));
    const std::vector<Buffer> next{
        encode({.version = 1, .parent = id_of(first[0]), .time = 1'500'001'200, .bits = bits})};
    const auto taken = chain.take(1, next, now);
    return taken ? Fault::count : taken.error().fault;
  };
  EXPECT_EQ(fault(0x1c7fef3f), Fault::count);
  EXPECT_EQ(fault(0x1c1ffbcf), Fault::count);
  EXPECT_EQ(fault(0x1c1ffbce), Fault::bad_header);
  EXPECT_EQ(fault(0x1d01ffbd), Fault::bad_header);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
