// Heights: a set of heights, a bit each, that finds its next member by words instead of by blocks.
#pragma once

#include <bit>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace kith::ledger {

class Heights {
 public:
  void set(u32 height, bool in) {
    if (height / bits >= words_.size()) {
      if (!in) return;
      words_.resize(height / bits + 1);
    }
    const u64 bit = u64{1} << height % bits;
    auto& word = words_[height / bits];
    word = in ? word | bit : word & ~bit;
  }
  /// Drops all that are not below `end`.
  void cut(u32 end) {
    if (end / bits >= words_.size()) return;
    words_.resize(end / bits + 1);
    words_.back() &= (u64{1} << end % bits) - 1;
  }
  /// The lowest that is not below `from`.
  std::optional<u32> next(u32 from) const {
    for (std::size_t at = from / bits; at < words_.size(); ++at) {
      const u64 below = at == from / bits ? (u64{1} << from % bits) - 1 : 0;
      if (const u64 word = words_[at] & ~below; word != 0)
        return static_cast<u32>(at * bits + static_cast<std::size_t>(std::countr_zero(word)));
    }
    return std::nullopt;
  }

 private:
  static constexpr u32 bits = 64;

  std::vector<u64> words_;
};

}  // namespace kith::ledger
