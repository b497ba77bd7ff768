// give_back: empties a vector and returns its memory, which `= {}` does not: that assigns an empty list and keeps it.
#pragma once

#include <vector>

namespace kith {

template <typename T>
void give_back(std::vector<T>& items) {
  std::vector<T>().swap(items);
}

}  // namespace kith
