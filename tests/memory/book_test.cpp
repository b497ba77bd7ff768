// What an address book keeps of its answers: as much as was told, however large the book is.
#include <gtest/gtest.h>

#include "memory/heap.hpp"
#include "peers/peer_book.hpp"

namespace kith::peers {
namespace {

TEST(Memory, an_answer_that_is_kept_holds_what_it_tells_and_not_the_book) {
  constexpr Utc now{std::chrono::seconds{1'767'225'600}};
  auto rng = Rng::seeded(1);
  PeerBook book(rng);
  for (u32 i = 0; i < 16'000; ++i) {
    const auto high = static_cast<u8>(i >> 8);
    const auto low = static_cast<u8>(i);
    book.learn({Ip::v4(60, high, low, 1), 7513, "lean", std::nullopt}, Ip::v4(70, low, 1, 1), now, now);
  }
  ASSERT_GT(book.size(), 5 * answer_most);
  const std::size_t before = testing::heap_bytes();
  for (std::size_t group = 0; group < max_answers; ++group)
    ASSERT_EQ(book.answer(rng, now, Ip::v4(80, static_cast<u8>(group), 1, 1)).size(), answer_most);
  EXPECT_LT(testing::heap_bytes() - before, max_answers * answer_most * sizeof(Place) * 5 / 4);
}

}  // namespace
}  // namespace kith::peers
