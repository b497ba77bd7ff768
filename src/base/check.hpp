// check: an assertion about our own code that stays on in every build. Bytes from outside never reach one.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace kith {

inline void check(bool holds, const char* what, std::source_location at = std::source_location::current()) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "%s:%u: broken invariant: %s\n", at.file_name(), static_cast<unsigned>(at.line()), what);
  std::abort();
}

}  // namespace kith
