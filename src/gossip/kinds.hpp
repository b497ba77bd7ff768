// Kinds: which of our kinds of items a neighbour takes, and what a kind is called between nodes.
// parity: 15 | kinds that can be judged at the tip alone are not asked for far behind it | HostTest.what_can_be_judged_at_the_tip_alone_is_not_asked_for_far_behind_it, GossipTest.an_item_for_later_rests_and_is_then_asked_of_who_else_has_it
#pragma once

#include <string_view>

#include "model/item.hpp"

namespace kith::gossip {

/// Most kinds of a node: a bit each.
inline constexpr std::size_t max_kinds = 64;

/// A set of our kinds, by their index.
class KindSet {
 public:
  static KindSet all() { return KindSet(~u64{0}); }
  static KindSet none() { return KindSet(0); }

  void add(u16 kind) { bits_ |= u64{1} << kind; }
  bool has(u16 kind) const { return kind < max_kinds && (bits_ >> kind & 1) != 0; }
  bool operator==(const KindSet&) const = default;

 private:
  explicit KindSet(u64 bits) : bits_(bits) {}
  u64 bits_;
};

/// The first four bytes of the SHA-256 of the kind's text, most significant first. Two kinds of one tag would only cost
/// what it costs to send something that is not wanted.
KindTag tag_of(std::string_view kind);

}  // namespace kith::gossip
