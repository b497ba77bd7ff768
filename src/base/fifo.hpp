// Fifo: first in, first out, and no memory while it is empty: what a connection has many of and seldom uses.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/give_back.hpp"

namespace kith {

template <typename T>
class Fifo {
 public:
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size() - first_; }
  T& front() { return items_[first_]; }
  const T& front() const { return items_[first_]; }
  auto begin() { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  auto end() const { return items_.end(); }
  auto rbegin() const { return items_.rbegin(); }
  auto rend() const { return items_.rend() - static_cast<std::ptrdiff_t>(first_); }

  template <typename... From>
  T& emplace_back(From&&... from) {
    if (items_.capacity() == 0) items_.reserve(first_capacity);
    return items_.emplace_back(std::forward<From>(from)...);
  }
  void push_back(T item) { emplace_back(std::move(item)); }
  void pop_front() {
    ++first_;
    if (first_ == items_.size()) return clear();
    // What is gone from the front is closed up when it is half of all: a constant cost for each item.
    if (first_ < keep || 2 * first_ < items_.size()) return;
    items_.erase(items_.begin(), begin());
    first_ = 0;
  }
  /// Takes out those that `which` holds for.
  template <typename Which>
  void erase_if(Which which) {
    items_.erase(items_.begin(), begin());
    first_ = 0;
    std::erase_if(items_, which);
    if (items_.empty()) clear();
  }
  void clear() {
    give_back(items_);
    first_ = 0;
  }

 private:
  static constexpr std::size_t first_capacity = 4;
  static constexpr std::size_t keep = 16;

  std::vector<T> items_;
  std::size_t first_ = 0;
};

}  // namespace kith
