// Hashes as people read them.
#include "model/block.hpp"

#include <algorithm>

namespace kith {

std::string to_display(const Hash& hash) {
  auto reversed = hash;
  std::reverse(reversed.begin(), reversed.end());
  return to_hex(reversed);
}

std::optional<Hash> from_display(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  auto hash = take_array<32>(*bytes);
  std::reverse(hash.begin(), hash.end());
  return hash;
}

}  // namespace kith
