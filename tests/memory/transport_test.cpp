// What an idle connection of Bitcoin's transports keeps of what passed: nothing but its keys.
#include <gtest/gtest.h>

#include "bitcoin/pair_test.hpp"
#include "memory/heap.hpp"

namespace kith::bitcoin {
namespace {

using testing::answer;
using testing::body_of;
using testing::carry;
using testing::dial_v1;
using testing::dial_v2;
using testing::End;

void talk(End& dialler, End& listener) {
  for (auto* end : {&dialler, &listener}) {
    ASSERT_TRUE(end->say("version", body_of(100)));
    ASSERT_TRUE(end->say("block", body_of(1 << 20)));
  }
  carry(dialler, listener, 1000);
  for (auto* end : {&dialler, &listener}) {
    ASSERT_EQ(end->types().size(), 2U);
    give_back(end->events);
  }
}

TEST(Memory, an_idle_connection_of_bitcoin_keeps_nothing_but_its_keys) {
  for (const bool v2 : {false, true}) {
    const std::size_t before = kith::testing::heap_bytes();
    auto dialler = v2 ? dial_v2() : dial_v1();
    auto listener = answer();
    talk(dialler, listener);
    EXPECT_LE(kith::testing::heap_bytes() - before, v2 ? 2 * sizeof(Session) : 0);
  }
}

}  // namespace
}  // namespace kith::bitcoin
