// What is idle keeps no memory of what passed.
#include <gtest/gtest.h>

#include "base/fifo.hpp"
#include "lean/pair_test.hpp"
#include "memory/heap.hpp"

namespace kith::lean {
namespace {

using testing::carry;
using testing::End;
using testing::Node;

TEST(Memory, a_queue_that_is_empty_holds_none) {
  Fifo<std::array<u8, 1000>> queue;
  const std::size_t before = kith::testing::heap_bytes();
  for (int i = 0; i < 100; ++i) queue.push_back({});
  ASSERT_GT(kith::testing::heap_bytes(), before + 100'000);
  while (!queue.empty()) queue.pop_front();
  EXPECT_EQ(kith::testing::heap_bytes(), before);
}

struct Pair {
  End dialler;
  End listener;

  Pair(Node& a, Node& b) : dialler(testing::dial(a, b.id())), listener(testing::accept(b)) { carry(dialler, listener); }
  void forget_reports() {
    for (auto* end : {&dialler, &listener}) give_back(end->reports);
  }
  /// A large message each way, in pieces that end in the middle of records, behind a small one.
  void talk() {
    for (auto* end : {&dialler, &listener}) {
      const Lane lane = end == &dialler ? 1 : 2;
      end->say({lane, 0, Role::letter, 1, testing::body_of(100)});
      end->say({lane + 2, 1, Role::letter, 1, testing::body_of(1 << 20)});
    }
    carry(dialler, listener, 1000);
    ASSERT_EQ(dialler.messages().size(), 2u);
    ASSERT_EQ(listener.messages().size(), 2u);
  }
};

TEST(Memory, a_connection_that_is_idle_keeps_nothing_of_what_it_carried) {
  Node a(1);
  Node b(2);
  Pair first(a, b);
  // What all connections of a node share grows once.
  first.talk();
  Pair pair(a, b);
  pair.forget_reports();
  const std::size_t before = kith::testing::heap_bytes();
  pair.talk();
  pair.forget_reports();
  EXPECT_LE(kith::testing::heap_bytes(), before);
}

}  // namespace
}  // namespace kith::lean
