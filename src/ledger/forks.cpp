// Sums over the past, and what follows from two of them.
#include "ledger/forks.hpp"

#include <algorithm>

#include <boost/crc.hpp>

#include "base/check.hpp"
#include "base/writer.hpp"

namespace kith::ledger {

Forks::Forks(const Hash& genesis, std::vector<u32> heights) : heights_(std::move(heights)) {
  check(heights_.empty() || heights_.front() > 0, "a change of rules at the genesis block");
  check(std::ranges::adjacent_find(heights_, std::greater_equal{}) == heights_.end(), "changes of rules out of order");
  boost::crc_32_type sum;
  sum.process_bytes(genesis.data(), genesis.size());
  sums_.push_back(sum.checksum());
  for (const u32 height : heights_) {
    Buffer bytes;
    Writer(bytes).u64be(height);
    sum.process_bytes(bytes.data(), bytes.size());
    sums_.push_back(sum.checksum());
  }
}

std::size_t Forks::passed(u64 height) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(heights_, height) - heights_.begin());
}

ForkId Forks::id(u64 height) const {
  const auto past = passed(height);
  return {sums_[past], past < heights_.size() ? heights_[past] : 0};
}

bool Forks::agrees(const ForkId& theirs, u64 height) const {
  const auto past = passed(height);
  // The same past; but what they are going to change must not lie behind us, unchanged.
  if (theirs.hash == sums_[past]) return theirs.next == 0 || theirs.next > height;
  for (std::size_t i = 0; i < past; ++i)
    if (theirs.hash == sums_[i]) return theirs.next == heights_[i];
  return std::find(sums_.begin() + static_cast<std::ptrdiff_t>(past), sums_.end(), theirs.hash) != sums_.end();
}

}  // namespace kith::ledger
