// The tree: any height in few jumps, any id in few looks.
#include "ledger/tree.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"

namespace kith::ledger {
namespace {

Parsed numbered(u64 number) {
  Parsed out;
  const std::array<u8, 4> bytes{static_cast<u8>(number), static_cast<u8>(number >> 8), static_cast<u8>(number >> 16),
                                0};
  out.id = crypto::sha256(bytes);
  out.work.bytes[31] = 1;
  out.time = static_cast<i64>(number);
  return out;
}

TEST(Tree, reaches_any_height_of_a_long_branch_in_a_logarithmic_number_of_jumps) {
  constexpr u32 length = 1 << 16;
  Tree tree({7}, numbered(0), Buffer(80), 0);
  for (u32 i = 1; i <= length; ++i) tree.add(i - 1, numbered(i), Buffer(80, static_cast<u8>(i)));
  for (u32 height = 0; height <= length; height += 257) {
    EXPECT_EQ(tree.ancestor(length, height), height);
    Spot at = length;
    int jumps = 0;
    for (; tree[at].height > height; ++jumps)
      at = tree[tree[at].jump].height >= height ? tree[at].jump : tree[at].parent;
    EXPECT_LE(jumps, 3 * 16) << height;
  }
}

TEST(Tree, finds_what_it_holds_and_gives_it_back_whole) {
  Tree tree({7}, numbered(0), Buffer(80), 0);
  for (u32 i = 1; i < 5000; ++i) tree.add(i - 1, numbered(i), Buffer(i % (max_header + 1), static_cast<u8>(i)));
  for (u32 i = 1; i < 5000; ++i) {
    ASSERT_EQ(tree.find(numbered(i).id), i);
    EXPECT_TRUE(equal(tree.raw(i), Buffer(i % (max_header + 1), static_cast<u8>(i))));
    EXPECT_EQ(tree.parsed(i).work, numbered(i).work);
    EXPECT_EQ(tree.parsed(i).parent, numbered(i - 1).id);
  }
  EXPECT_FALSE(tree.find(numbered(5000).id));
  EXPECT_EQ(tree.size(), 5000u);
}

}  // namespace
}  // namespace kith::ledger
