// Forks: at which heights a chain's rules change, told in a few bytes, so that two nodes see before they quarrel
// whether they follow the same rules. EIP-2124.
#pragma once

#include <vector>

#include "model/fork_id.hpp"

namespace kith::ledger {

class Forks {
 public:
  /// `heights` ascend, and none is 0: the genesis block is of no two minds.
  Forks(const Hash& genesis, std::vector<u32> heights);

  /// What a node says whose tip stands at `height`.
  ForkId id(u64 height) const;
  /// What a node says that knows of no change.
  ForkId none() const { return {sums_.front(), 0}; }
  /// Whether a node that says `theirs` may follow the rules that are ours at `height`: EIP-2124's rules for a node
  /// whose tip stands there. Who is behind agrees if it knows of our next change, who is ahead if we know of all of
  /// its.
  bool agrees(const ForkId& theirs, u64 height) const;

 private:
  /// How many changes a tip at `height` is past.
  std::size_t passed(u64 height) const;

  std::vector<u32> heights_;
  /// The sum with so many changes passed.
  std::vector<u32> sums_;
};

}  // namespace kith::ledger
