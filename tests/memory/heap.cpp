// new and delete that count.
#include "memory/heap.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::size_t> held{0};

}  // namespace

void* operator new(std::size_t size) {
  void* const out = std::malloc(size);
  if (!out) throw std::bad_alloc();
  held += malloc_usable_size(out);
  return out;
}

void operator delete(void* memory) noexcept {
  held -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

std::size_t kith::testing::heap_bytes() { return held; }
