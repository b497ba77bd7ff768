// Memory: how a process of nodes asks the system for it.
#pragma once

#include <cstddef>

namespace kith::shell {

/// Blocks of messages up to so many bytes come from the heap: larger than any block of the chains that we know.
inline constexpr std::size_t largest_on_heap = 8 * 1024 * 1024;
/// So many free bytes stay with a heap (glibc has one for each few threads) before it gives pages back to the system.
inline constexpr std::size_t most_kept_free = 16 * 1024 * 1024;

/// Tells the allocator of the C library to keep the pages of large messages for the next ones. As it comes, it gives
/// them back each time, and the system clears them anew: two fifths of the CPU time of a fast connection. For the start
/// of a program, before its first thread; nothing but speed depends on it. False if the library refuses.
bool keep_pages_of_large_messages();

}  // namespace kith::shell
