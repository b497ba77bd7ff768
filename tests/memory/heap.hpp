// What this program holds of the heap by new: exact, where the allocator's own figures count what it keeps for later.
#pragma once

#include <cstddef>

namespace kith::testing {

std::size_t heap_bytes();

}  // namespace kith::testing
