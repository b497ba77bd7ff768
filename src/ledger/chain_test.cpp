// What the chain promises: the heaviest valid branch leads, rulings move the tip, and every step of it is told.
#include "ledger/chain.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/branch_for_test.hpp"

namespace kith::ledger {
namespace {

const bitcoin::BitcoinRules& rules() {
  static const bitcoin::BitcoinRules out(bitcoin::regtest());
  return out;
}

Chain new_chain() { return Chain(rules(), {}); }

std::vector<Step> accept(Chain& chain, std::span<const Buffer> blocks) {
  std::vector<Step> out;
  for (const auto& block : blocks)
    for (const auto& step : chain.ruled(id_of(block), Verdict::accept)) out.push_back(step);
  return out;
}

Fault fault_of(Chain& chain, std::span<const Buffer> headers, Utc now = late) {
  const auto taken = chain.take(1, headers, now);
  return taken ? Fault::count : taken.error().fault;
}

/// The same block with another header field, mined again.
Buffer altered(const Buffer& block, void (*change)(bitcoin::Header&)) {
  auto header = *bitcoin::parse_header(header_of(block));
  change(header);
  const auto limit = bitcoin::regtest().limit_bits;
  while (!rules().parse(bitcoin::encode(header)) && header.bits == limit) ++header.nonce;
  return bitcoin::encode(header);
}

TEST(Chain, begins_with_an_accepted_genesis) {
  const auto chain = new_chain();
  EXPECT_EQ(to_display(chain.genesis().id), "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
  EXPECT_EQ(chain.tip(), chain.genesis());
  EXPECT_EQ(chain.best(), chain.genesis());
  EXPECT_EQ(chain.state(chain.genesis().id), BlockState::accepted);
  EXPECT_EQ(chain.locator(), std::vector<Hash>{chain.genesis().id});
}

TEST(Chain, the_first_seen_of_two_equal_branches_leads) {
  auto chain = new_chain();
  const auto a = branch(chain.genesis(), 3, 1);
  const auto b = branch(chain.genesis(), 3, 2);
  ASSERT_TRUE(chain.take(1, headers_of(a), late));
  ASSERT_TRUE(chain.take(2, headers_of(b), late));
  EXPECT_EQ(chain.best().id, id_of(a.back()));
  accept(chain, a);
  EXPECT_EQ(chain.tip().id, id_of(a.back()));
  EXPECT_TRUE(accept(chain, b).empty());
  EXPECT_EQ(chain.tip().id, id_of(a.back()));
}

TEST(Chain, a_header_announced_first_whose_block_is_held_back_does_not_displace_an_equal_tip) {
  auto chain = new_chain();
  const auto held_back = branch(chain.genesis(), 2, 1);
  const auto honest = branch(chain.genesis(), 2, 2);
  ASSERT_TRUE(chain.take(1, headers_of(held_back), late));
  ASSERT_TRUE(chain.take(2, headers_of(honest), late));
  accept(chain, honest);
  EXPECT_EQ(chain.tip().id, id_of(honest.back()));
  EXPECT_EQ(chain.best(), chain.tip());
  EXPECT_TRUE(chain.missing(10, 10).empty());
  EXPECT_TRUE(accept(chain, held_back).empty());
}

TEST(Chain, a_reorg_of_a_hundred_is_told_step_by_step) {
  auto chain = new_chain();
  const auto old_branch = branch(chain.genesis(), 100, 1);
  const auto new_branch = branch(chain.genesis(), 101, 2);
  ASSERT_TRUE(chain.take(1, headers_of(old_branch), late));
  EXPECT_EQ(accept(chain, old_branch).size(), 100u);
  ASSERT_TRUE(chain.take(1, headers_of(new_branch), late));
  EXPECT_EQ(chain.missing(1000, 1000).size(), 101u);
  const auto steps = accept(chain, new_branch);
  ASSERT_EQ(steps.size(), 201u);
  for (u32 i = 0; i < 100; ++i) {
    EXPECT_EQ(steps[i].way, Step::Way::disconnected);
    EXPECT_EQ(steps[i].block.id, id_of(old_branch[99 - i]));
  }
  for (u32 i = 0; i < 101; ++i) {
    EXPECT_EQ(steps[100 + i].way, Step::Way::connected);
    EXPECT_EQ(steps[100 + i].block.id, id_of(new_branch[i]));
    EXPECT_EQ(steps[100 + i].block.height, i + 1);
  }
  EXPECT_EQ(chain.accepted_at(50)->id, id_of(new_branch[49]));
  EXPECT_FALSE(chain.accepted_at(102));
}

TEST(Chain, a_block_accepted_before_its_ancestors_counts_only_with_them) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 5);
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  for (const std::size_t i : {4u, 2u, 1u, 3u}) EXPECT_TRUE(chain.ruled(id_of(blocks[i]), Verdict::accept).empty()) << i;
  EXPECT_EQ(chain.tip(), chain.genesis());
  EXPECT_EQ(chain.state(id_of(blocks[4])), BlockState::accepted);
  EXPECT_EQ(chain.ruled(id_of(blocks[0]), Verdict::accept).size(), 5u);
  EXPECT_EQ(chain.tip().height, 5u);
}

TEST(Chain, a_rejected_block_spoils_its_descendants_and_nothing_else) {
  auto chain = new_chain();
  const auto trunk = branch(chain.genesis(), 3);
  ASSERT_TRUE(chain.take(1, headers_of(trunk), late));
  accept(chain, trunk);
  const auto bad = branch(chain.tip(), 4, 1);
  const auto good = branch(chain.tip(), 2, 2);
  ASSERT_TRUE(chain.take(1, headers_of(bad), late));
  ASSERT_TRUE(chain.take(1, headers_of(good), late));
  EXPECT_EQ(chain.best().id, id_of(bad[3]));
  chain.ruled(id_of(bad[3]), Verdict::accept);
  EXPECT_TRUE(chain.ruled(id_of(bad[1]), Verdict::reject).empty());
  EXPECT_EQ(chain.best().id, id_of(good[1]));
  EXPECT_EQ(chain.tip().height, 3u);
  EXPECT_EQ(chain.state(id_of(bad[3])), BlockState::invalid);
  EXPECT_EQ(chain.state(id_of(bad[0])), BlockState::header);
  EXPECT_TRUE(chain.ruled(id_of(bad[2]), Verdict::accept).empty());
  const auto more = branch(*chain.find(id_of(bad[3])), 1, 3);
  EXPECT_EQ(fault_of(chain, headers_of(more)), Fault::low_work);
  EXPECT_EQ(fault_of(chain, headers_of(bad)), Fault::low_work);
}

TEST(Chain, a_block_rejected_after_it_was_accepted_is_taken_back) {
  auto chain = new_chain();
  const auto a = branch(chain.genesis(), 3, 1);
  const auto b = branch(chain.genesis(), 2, 2);
  ASSERT_TRUE(chain.take(1, headers_of(a), late));
  ASSERT_TRUE(chain.take(1, headers_of(b), late));
  accept(chain, b);
  accept(chain, a);
  const auto steps = chain.ruled(id_of(a[0]), Verdict::reject);
  ASSERT_EQ(steps.size(), 5u);
  EXPECT_EQ(steps[0].block.id, id_of(a[2]));
  EXPECT_EQ(steps[4].block.id, id_of(b[1]));
  EXPECT_EQ(chain.tip().id, id_of(b[1]));
  EXPECT_EQ(chain.best(), chain.tip());
}

TEST(Chain, takes_what_it_can_of_a_batch_and_says_what_is_wrong_with_the_rest) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 6);
  auto headers = headers_of(blocks);
  EXPECT_EQ(fault_of(chain, std::span(headers).subspan(1)), Fault::unconnected);
  EXPECT_EQ(chain.size(), 1u);
  std::vector<Buffer> gap{headers[0], headers[1], headers[3]};
  EXPECT_EQ(fault_of(chain, gap), Fault::bad_header);
  EXPECT_EQ(chain.best().height, 2u);
  headers[4].pop_back();
  EXPECT_EQ(fault_of(chain, headers), Fault::malformed);
  EXPECT_EQ(chain.best().height, 4u);
  const std::vector<Buffer> too_many(max_headers + 1, headers[0]);
  EXPECT_EQ(fault_of(chain, too_many), Fault::malformed);
}

TEST(Chain, headers_that_it_has_do_no_harm) {
  auto chain = new_chain();
  const auto headers = headers_of(branch(chain.genesis(), 10));
  EXPECT_EQ(chain.take(1, std::span(headers).first(6), late)->added, 6u);
  const auto again = chain.take(2, headers, late);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->added, 4u);
  EXPECT_EQ(again->last, chain.best());
  EXPECT_FALSE(again->more);
  EXPECT_EQ(chain.take(2, headers, late)->added, 0u);
  const std::vector<Buffer> genesis{rules().genesis_header()};
  EXPECT_EQ(chain.take(2, genesis, late)->last, chain.genesis());
  EXPECT_FALSE(chain.take(2, {}, late)->last);
  EXPECT_EQ(chain.size(), 11u);
}

TEST(Chain, a_full_batch_asks_for_more_behind_its_last_header) {
  auto chain = new_chain();
  const auto headers = headers_of(branch(chain.genesis(), max_headers));
  const auto taken = chain.take(1, headers, late);
  ASSERT_TRUE(taken && taken->more);
  EXPECT_EQ(taken->locator.front(), chain.best().id);
  EXPECT_EQ(taken->locator.back(), chain.genesis().id);
  EXPECT_LE(taken->locator.size(), max_locator);
}

TEST(Chain, headers_must_keep_difficulty_median_time_version_and_date) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 12);
  ASSERT_TRUE(chain.take(1, headers_of(std::span(blocks).first(11)), late));
  const auto& next = blocks[11];
  const auto refused = [&](void (*change)(bitcoin::Header&)) {
    const std::vector<Buffer> one{altered(next, change)};
    return fault_of(chain, one);
  };
  EXPECT_EQ(refused([](bitcoin::Header& header) { header.version = 3; }), Fault::bad_header);
  EXPECT_EQ(refused([](bitcoin::Header& header) { header.time = regtest_start + 600 * 6; }), Fault::bad_header);
  EXPECT_EQ(refused([](bitcoin::Header& header) { header.bits = 0x207fffff + 1; }), Fault::bad_header);
  auto easy = *bitcoin::parse_header(header_of(next));
  easy.bits = 0x207ffffe;
  while (!rules().parse(bitcoin::encode(easy))) ++easy.nonce;
  const std::vector<Buffer> other_bits{bitcoin::encode(easy)};
  EXPECT_EQ(fault_of(chain, other_bits), Fault::bad_header);
  const std::vector<Buffer> honest{to_buffer(header_of(next))};
  const Utc two_hours_before = from_seconds(regtest_start + 600 * 12 - bitcoin::max_ahead);
  EXPECT_EQ(fault_of(chain, honest, two_hours_before - 1s), Fault::future_block);
  EXPECT_EQ(fault_of(chain, honest, two_hours_before), Fault::count);
  EXPECT_EQ(refused([](bitcoin::Header& header) { header.time = regtest_start + 600 * 6 + 1; }), Fault::count);
}

TEST(Chain, names_what_is_missing_lowest_first_within_the_window) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 50);
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  accept(chain, std::span(blocks).first(10));
  chain.judging(id_of(blocks[10]));
  chain.judging(id_of(blocks[12]));
  const auto heights = [&](std::size_t most, u32 window) {
    std::vector<u32> out;
    for (const auto& ref : chain.missing(most, window)) out.push_back(ref.height);
    return out;
  };
  EXPECT_EQ(heights(3, 1000), (std::vector<u32>{12, 14, 15}));
  EXPECT_EQ(heights(100, 4), (std::vector<u32>{12, 14, 15, 16}));
  EXPECT_EQ(heights(100, 1000).size(), 38u);
  chain.undecided(id_of(blocks[10]));
  EXPECT_EQ(heights(2, 1000), (std::vector<u32>{11, 12}));
  chain.judging(id_of(blocks[10]));
  chain.ruled(id_of(blocks[10]), Verdict::corrupt);
  EXPECT_EQ(heights(1, 1000), (std::vector<u32>{11}));
}

TEST(Chain, a_locator_is_ten_dense_hashes_then_doubling_steps_and_leads_to_what_follows) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 100);
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  accept(chain, std::span(blocks).first(90));
  std::vector<u32> heights;
  for (const auto& id : chain.locator()) heights.push_back(chain.find(id)->height);
  EXPECT_EQ(heights, (std::vector<u32>{90, 89, 88, 87, 86, 85, 84, 83, 82, 81, 79, 75, 67, 51, 19, 0}));
  EXPECT_EQ(chain.locator_of_best().front(), id_of(blocks[99]));

  const std::vector<Hash> at_fifty{Hash{1}, id_of(blocks[99]), id_of(blocks[49])};
  const auto after = chain.after(at_fifty, 3);
  ASSERT_EQ(after.size(), 3u);
  EXPECT_EQ(after[0], to_buffer(header_of(blocks[50])));
  EXPECT_EQ(chain.after(at_fifty, 1000).size(), 40u);
  EXPECT_EQ(chain.after({}, 1000).size(), 90u);
  EXPECT_TRUE(chain.after(chain.locator(), 1000).empty());
}

TEST(Chain, gives_back_headers_as_they_came) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 3);
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  const auto id = id_of(blocks[1]);
  EXPECT_EQ(chain.header(id), to_buffer(header_of(blocks[1])));
  const auto parsed = rules().parse(header_of(blocks[1]));
  const auto kept = chain.parsed(id);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->parent, parsed->parent);
  EXPECT_EQ(kept->work, parsed->work);
  EXPECT_EQ(kept->time, parsed->time);
  EXPECT_EQ(kept->bits, parsed->bits);
  EXPECT_EQ(kept->version, parsed->version);
  EXPECT_FALSE(chain.header(Hash{}));
  EXPECT_FALSE(chain.ancestor(id, 3));
  EXPECT_EQ(chain.state(Hash{}), BlockState::unknown);
}

/// What is missing, found by looking at every block on the way from the tip to the best header.
std::vector<BlockRef> missing_by_looking(const Chain& chain) {
  std::vector<BlockRef> out;
  u32 common = std::min(chain.tip().height, chain.best().height);
  while (chain.at(common) != chain.accepted_at(common)) --common;
  for (u32 height = common + 1; height <= chain.best().height; ++height)
    if (chain.state(chain.at(height)->id) == BlockState::header) out.push_back(*chain.at(height));
  return out;
}

/// The chain's answers, worked out the slow way.
struct Naive {
  struct Block {
    std::size_t parent = 0;
    u32 height = 0;
    bool accepted = false;
    bool invalid = false;
    Hash id{};
  };
  std::vector<Block> blocks;

  bool spoiled(std::size_t at) const { return blocks[at].invalid || (at != 0 && spoiled(blocks[at].parent)); }
  bool connected(std::size_t at) const { return at == 0 || (blocks[at].accepted && connected(blocks[at].parent)); }
  u32 best() const {
    u32 out = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i)
      if (!spoiled(i)) out = std::max(out, blocks[i].height);
    return out;
  }
  u32 tip() const {
    u32 out = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i)
      if (!spoiled(i) && connected(i)) out = std::max(out, blocks[i].height);
    return out;
  }
};

RC_GTEST_PROP(Chain, agrees_with_a_naive_twin_whatever_the_order_of_headers_and_rulings, ()) {
  auto chain = new_chain();
  Naive naive{{{.id = chain.genesis().id}}};
  std::vector<Hash> line{chain.genesis().id};
  const auto moves = *rc::gen::container<std::vector<std::pair<u8, u16>>>(rc::gen::arbitrary<std::pair<u8, u16>>());
  for (const auto& [move, pick] : moves) {
    const std::size_t at = pick % naive.blocks.size();
    auto& block = naive.blocks[at];
    if (move % 5 == 0) chain.judging(block.id);
    if (move % 7 == 0) chain.undecided(block.id);
    if (move % 3 == 0) {
      const auto fresh = branch(*chain.find(block.id), 1, naive.blocks.size());
      const bool taken = chain.take(0, headers_of(fresh), late).has_value();
      RC_ASSERT(taken == !naive.spoiled(at));
      if (taken) naive.blocks.push_back({.parent = at, .height = block.height + 1, .id = id_of(fresh[0])});
    } else {
      const bool accepts = move % 8 != 1;
      const bool counts = at != 0 && !naive.spoiled(at);
      (accepts ? block.accepted : block.invalid) |= counts;
      for (const auto& step : chain.ruled(block.id, accepts ? Verdict::accept : Verdict::reject)) {
        if (step.way == Step::Way::connected) {
          line.push_back(step.block.id);
        } else {
          RC_ASSERT(line.back() == step.block.id);
          line.pop_back();
        }
      }
    }
    RC_ASSERT(chain.best().height == naive.best());
    RC_ASSERT(chain.tip().height == naive.tip());
    RC_ASSERT(chain.tip().id == line.back());
    RC_ASSERT(line.size() == chain.tip().height + 1);
    RC_ASSERT(chain.missing(100, 100) == missing_by_looking(chain));
  }
  for (const auto& block : naive.blocks) {
    std::size_t at = static_cast<std::size_t>(&block - naive.blocks.data());
    for (u32 height = block.height + 1; height-- > 0; at = naive.blocks[at].parent)
      RC_ASSERT(chain.ancestor(block.id, height)->id == naive.blocks[at].id);
  }
}

TEST(Chain, finds_any_ancestor_of_a_long_branch) {
  auto chain = new_chain();
  const auto blocks = branch(chain.genesis(), 1500);
  ASSERT_TRUE(chain.take(1, headers_of(blocks), late));
  for (u32 from = 1; from <= 1500; from += 97)
    for (u32 to = 1; to <= from; to += 13)
      EXPECT_EQ(chain.ancestor(id_of(blocks[from - 1]), to)->id, id_of(blocks[to - 1])) << from << " to " << to;
}

}  // namespace
}  // namespace kith::ledger
