// Secret: bytes that are overwritten when their holder goes, so that no holder of a key needs a destructor of its own.
#pragma once

#include <array>
#include <span>

#include "base/bytes.hpp"

namespace kith::crypto {

/// Overwrites secret bytes in a way that the compiler does not leave out.
void wipe(std::span<u8> secret);

/// A moved-from secret still holds its bytes, until it goes as well.
template <std::size_t N>
struct Secret {
  std::array<u8, N> bytes{};

  Secret() = default;
  explicit Secret(const std::array<u8, N>& from) : bytes(from) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(bytes); }
};

}  // namespace kith::crypto
