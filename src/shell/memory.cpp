// The settings of glibc; see mallopt(3). Each of them also ends glibc's own guessing of both.
#include "shell/memory.hpp"

#include <malloc.h>

namespace kith::shell {

bool keep_pages_of_large_messages() {
  return mallopt(M_MMAP_THRESHOLD, int{largest_on_heap}) == 1 && mallopt(M_TRIM_THRESHOLD, int{most_kept_free}) == 1;
}

}  // namespace kith::shell
