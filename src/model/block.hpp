// BlockRef and Work: where a block stands in a chain, and how much effort the chain up to it proves.
#pragma once

#include "base/bytes.hpp"

namespace kith {

/// Total effort of a chain, 256 bits, most significant byte first, so that bytes compare as numbers do.
struct Work {
  std::array<u8, 32> bytes{};
  auto operator<=>(const Work&) const = default;
};

struct BlockRef {
  Hash id{};
  u32 height = 0;
  Work work;
  auto operator<=>(const BlockRef&) const = default;
};

/// Hashes in the order that block explorers print: most significant byte first.
std::string to_display(const Hash& hash);
std::optional<Hash> from_display(std::string_view text);

}  // namespace kith
