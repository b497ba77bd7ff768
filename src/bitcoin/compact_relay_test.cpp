// Real blocks through three nodes in a row as compact blocks: who lacks transactions asks for exactly these, and who
// lacks what the one before it lacked, need not ask.
#include "bitcoin/compact_relay.hpp"

#include "bitcoin/messages/names.hpp"
#include "bitcoin/network_test.hpp"
#include "bitcoin/vectors_test.hpp"
#include "codec/compact.hpp"

namespace kith::bitcoin {
namespace {

using namespace testing;

/// Transactions by their ids with witnesses.
using Pool = std::map<Hash, Body>;

PoolView view_of(const Pool& pool) {
  return {.each = [&pool](const auto& what) {
    for (const auto& [id, tx] : pool) what(id, tx);
  }};
}

ledger::Anchor below(Bytes block) {
  const auto header = ledger::bitcoin::parse_header(block.first(ledger::bitcoin::header_size));
  return {.id = header->parent, .height = 831'327, .bits = header->bits, .time = header->time - 1};
}

/// The types of all messages of a plain connection, in one direction.
std::vector<std::string> types_of(const Buffer& bytes) {
  std::vector<std::string> out;
  Reader in(bytes);
  while (in.left() > 0) {
    in.take(4);
    const auto type = read_type(in.take(12));
    out.push_back(type.value_or("?"));
    const u32 size = in.u32le();
    in.take(4);
    in.take(size);
  }
  EXPECT_TRUE(in.complete());
  return out;
}

struct InARow : ::testing::Test {
  std::vector<Buffer> blocks = large_blocks();
  Pool whole, middle_pool, last_pool;
  Network network;
  Node& origin = add(whole);
  Node& middle = add(middle_pool);
  Node& last = add(last_pool);
  /// Of each block, bytes of what both pools lack.
  std::vector<std::size_t> lacked;

  Node& add(const Pool& pool) {
    return network.add({.encrypted = false,
                        .chain = &ledger::bitcoin::mainnet(),
                        .anchor = below(blocks.at(0)),
                        .pool = view_of(pool)});
  }
  /// All transactions are known to the first node, and to the others but for one of `one_in`.
  void fill(u64 one_in, u64 most = ~u64{0}) {
    auto rng = Rng::seeded(one_in);
    for (const auto& block : blocks) {
      const auto txs = ledger::bitcoin::read_txs(block).value();
      lacked.push_back(0);
      u64 left = most;
      for (const auto& tx : std::span(txs).subspan(1)) {
        const Body body(to_buffer(tx.bytes));
        whole.emplace(tx.witness_id, body);
        if (left > 0 && rng.one_in(one_in)) {
          lacked.back() += tx.bytes.size();
          --left;
          continue;
        }
        middle_pool.emplace(tx.witness_id, body);
        last_pool.emplace(tx.witness_id, body);
      }
    }
  }
  void meet() {
    network.connect(middle, origin);
    network.connect(last, middle);
    network.pass(2s);
  }
  std::size_t count(const Node& from, const Node& to, std::string_view type) {
    const auto types = types_of(network.wiretap()[{&from, &to}]);
    return static_cast<std::size_t>(std::ranges::count(types, type));
  }
  void release_all() {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const std::size_t asked = count(last, middle, name::getblocktxn);
      network.publish_block(origin, Body(blocks[i]));
      network.pass(1s);
      for (const auto* node : {&origin, &middle, &last})
        ASSERT_EQ(node->chain().tip().height, 831'328 + i) << "of the three, one did not follow";
      const Hash id = last.chain().tip().id;
      ASSERT_TRUE(equal(last.judge->block(id)->bytes(), blocks[i]));
      // What the middle one had to ask for, it sends along as far as that may be.
      EXPECT_EQ(count(last, middle, name::getblocktxn) - asked, lacked[i] > max_prefilled ? 1U : 0U) << lacked[i];
    }
    for (const auto* node : {&origin, &middle, &last}) EXPECT_TRUE(node->blamed.empty());
  }
};

struct LackingInARow : InARow, ::testing::WithParamInterface<u64> {};

TEST_P(LackingInARow, each_block_comes_with_one_question_at_most_and_never_whole) {
  fill(100 / GetParam());
  meet();
  release_all();
  EXPECT_EQ(count(middle, origin, name::getblocktxn), 4U);
  EXPECT_EQ(count(origin, middle, name::block), 0U);
  EXPECT_EQ(count(middle, last, name::block), 0U);
  EXPECT_EQ(count(middle, last, name::cmpctblock), 4U);
  std::size_t sum = 0;
  for (const auto& block : blocks) sum += block.size();
  const std::pair<const Node*, const Node*> way(&middle, &last);
  EXPECT_LT(network.wiretap()[way].size(), sum / 2);
}

INSTANTIATE_TEST_SUITE_P(Percent, LackingInARow, ::testing::Values(2, 5, 20));

TEST_F(InARow, who_lacks_a_few_transactions_that_the_one_before_it_lacked_gets_them_unasked) {
  fill(100, 5);
  meet();
  release_all();
  EXPECT_EQ(count(middle, origin, name::getblocktxn), 4U);
  EXPECT_EQ(count(last, middle, name::getblocktxn), 0U);
}

TEST_F(InARow, who_has_everything_asks_for_nothing) {
  fill(1'000'000);
  meet();
  release_all();
  EXPECT_EQ(count(middle, origin, name::getblocktxn), 0U);
  // After the first block the neighbour that gave it is asked to push, and the others come without a question.
  EXPECT_EQ(count(middle, origin, name::getdata), 1U);
}

}  // namespace
}  // namespace kith::bitcoin
