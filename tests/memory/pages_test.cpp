// Large messages come and go; their pages stay.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/bytes.hpp"
#include "shell/memory.hpp"

namespace kith::shell {
namespace {

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/// A message of a mebibyte, put together of the pieces of records.
void receive_large_message() {
  const Buffer piece(16 * 1024, 7);
  Buffer message;
  for (int i = 0; i < 64; ++i) append(message, piece);
  ASSERT_EQ(message.size(), 1u << 20);
}

TEST(Memory, pages_of_large_messages_are_kept_for_the_next_ones) {
  ASSERT_TRUE(keep_pages_of_large_messages());
  constexpr int messages = 100;
  receive_large_message();
  const long before = page_faults();
  for (int i = 0; i < messages; ++i) receive_large_message();
  // A page is 4 KiB or more; a message that is not kept takes at least 256 anew where it is 4.
  EXPECT_LT(page_faults() - before, messages);
}

}  // namespace
}  // namespace kith::shell
