// Fork identifiers: the published vectors of EIP-2124, and the same questions on a chain of ours.
#include "ledger/forks.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "ledger/branch_for_test.hpp"

namespace kith::ledger {
namespace {

constexpr u64 max_height = std::numeric_limits<u64>::max();

Hash hash_of(std::string_view hex) { return take_array<32>(*from_hex(hex)); }

/// Ethereum's first changes of rules, which the vectors are about.
const Forks& published() {
  static const Forks forks(hash_of("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"),
                           {1'150'000, 1'920'000, 2'463'000, 2'675'000, 4'370'000, 7'280'000});
  return forks;
}

TEST(Forks, identifiers_are_those_of_the_published_vectors) {
  const std::pair<u64, ForkId> expected[] = {
      {0, {0xfc64ec04, 1'150'000}},         {1'149'999, {0xfc64ec04, 1'150'000}}, {1'150'000, {0x97c2c34c, 1'920'000}},
      {1'919'999, {0x97c2c34c, 1'920'000}}, {1'920'000, {0x91d1f948, 2'463'000}}, {2'462'999, {0x91d1f948, 2'463'000}},
      {2'463'000, {0x7a64da13, 2'675'000}}, {2'674'999, {0x7a64da13, 2'675'000}}, {2'675'000, {0x3edd5b10, 4'370'000}},
      {4'369'999, {0x3edd5b10, 4'370'000}}, {4'370'000, {0xa00bc324, 7'280'000}}, {7'279'999, {0xa00bc324, 7'280'000}},
      {7'280'000, {0x668db0af, 0}},         {7'987'396, {0x668db0af, 0}},
  };
  for (const auto& [height, id] : expected) EXPECT_EQ(published().id(height), id) << height;
}

TEST(Forks, agreement_is_that_of_the_published_vectors) {
  struct Vector {
    u64 height;
    ForkId theirs;
    bool agrees;
  };
  const Vector vectors[] = {
      // The same past, with and without a word about the future.
      {7'987'396, {0x668db0af, 0}, true},
      {7'987'396, {0x668db0af, max_height}, true},
      // The same past before a change that both, or only we, know of.
      {7'279'999, {0xa00bc324, 0}, true},
      {7'279'999, {0xa00bc324, 7'280'000}, true},
      {7'279'999, {0xa00bc324, max_height}, true},
      // They are behind and know of our next change.
      {7'987'396, {0xa00bc324, 7'280'000}, true},
      {7'987'396, {0x3edd5b10, 4'370'000}, true},
      // We are behind and know of all theirs.
      {7'279'999, {0x668db0af, 0}, true},
      {4'369'999, {0xa00bc324, 0}, true},
      // They are behind and will not change.
      {7'987'396, {0xa00bc324, 0}, false},
      // They changed what we do not know of.
      {7'987'396, {0x5cddc0e1, 0}, false},
      {7'279'999, {0x5cddc0e1, 0}, false},
      {7'987'396, {0xafec6b27, 0}, false},
      // They are going to change at a height that we are past, or changed by another name.
      {88'888'888, {0x668db0af, 88'888'888}, false},
      {7'279'999, {0xa00bc324, 7'279'999}, false},
  };
  for (const auto& [height, theirs, agrees] : vectors)
    EXPECT_EQ(published().agrees(theirs, height), agrees)
        << height << " " << std::hex << theirs.hash << std::dec << " " << theirs.next;
}

TEST(Forks, who_knows_of_none_agrees_until_the_first_is_past) {
  const auto genesis = bitcoin::id_of(bitcoin::BitcoinRules(bitcoin::regtest()).genesis_header());
  const Forks old(genesis, {});
  const Forks changed(genesis, {5});
  EXPECT_EQ(old.id(1'000'000), old.none());
  EXPECT_EQ(changed.id(4), (ForkId{old.none().hash, 5}));
  EXPECT_TRUE(changed.agrees(old.none(), 4));
  EXPECT_FALSE(changed.agrees(old.none(), 5));
  EXPECT_TRUE(old.agrees(changed.id(4), 4));
  EXPECT_FALSE(old.agrees(changed.id(4), 5));
  EXPECT_FALSE(old.agrees(changed.id(5), 0));
  EXPECT_TRUE(changed.agrees(changed.id(0), 1'000));
  EXPECT_TRUE(changed.agrees(changed.id(1'000), 0));
}

TEST(Forks, no_chain_of_ours_has_one_and_another_genesis_is_another_chain) {
  EXPECT_TRUE(bitcoin::BitcoinRules(bitcoin::mainnet()).forks().empty());
  EXPECT_TRUE(bitcoin::BitcoinRules(bitcoin::regtest()).forks().empty());
  const Forks ours(bitcoin::id_of(bitcoin::BitcoinRules(bitcoin::mainnet()).genesis_header()), {});
  const Forks others(bitcoin::id_of(bitcoin::BitcoinRules(bitcoin::regtest()).genesis_header()), {});
  EXPECT_FALSE(ours.agrees(others.none(), 0));
}

}  // namespace
}  // namespace kith::ledger
