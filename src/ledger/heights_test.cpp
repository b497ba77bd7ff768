// A set of bits against a set of numbers.
#include "ledger/heights.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::ledger {
namespace {

RC_GTEST_PROP(Heights, agree_with_a_set_of_numbers, ()) {
  Heights heights;
  std::set<u32> twin;
  const auto moves = *rc::gen::container<std::vector<std::pair<u8, u16>>>(rc::gen::arbitrary<std::pair<u8, u16>>());
  for (const auto& [move, at] : moves) {
    const u32 height = at % 300;
    if (move % 8 == 0) {
      heights.cut(height);
      twin.erase(twin.lower_bound(height), twin.end());
    } else if (move % 2 == 0) {
      heights.set(height, true);
      twin.insert(height);
    } else {
      heights.set(height, false);
      twin.erase(height);
    }
    for (u32 from = 0; from < 400; ++from) {
      const auto next = twin.lower_bound(from);
      RC_ASSERT(heights.next(from) == (next == twin.end() ? std::nullopt : std::optional(*next)));
    }
  }
}

}  // namespace
}  // namespace kith::ledger
