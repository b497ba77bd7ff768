// Tree: all headers of a chain in about 200 bytes each, found by id or by height; and Line, one branch of it by height.
#pragma once

#include <deque>
#include <vector>

#include "ledger/rules.hpp"

namespace kith::ledger {

/// How far a block has come.
enum class BlockState : u8 { unknown, header, judging, accepted, invalid };

/// A header's place in its tree. Parents have lower spots than their children; the first is 0.
using Spot = u32;

class Tree {
 public:
  struct Node {
    Hash id{};
    /// Of the chain up to here.
    Work work;
    i64 time = 0;
    Spot parent = 0;
    /// An ancestor some way down, so that any height is reached in a logarithmic number of jumps.
    Spot jump = 0;
    u32 height = 0;
    u32 bits = 0;
    i32 version = 0;
    u32 page = 0;
    u16 offset = 0;
    u16 size = 0;
    BlockState state = BlockState::header;
    /// Accepted, and so are all ancestors.
    bool connected = false;
  };

  /// `secret` keys the index, so that nobody can choose ids that collide in it. `first`, of which `raw` may be unknown,
  /// stands at `height`.
  Tree(const std::array<u8, 16>& secret, const Parsed& first, Bytes raw, u32 height);

  std::optional<Spot> find(const Hash& id) const;
  /// Adds a header whose id is not there yet. `raw` has at most max_header bytes.
  Spot add(Spot parent, const Parsed& header, Bytes raw);

  const Node& operator[](Spot spot) const { return nodes_[spot]; }
  Node& operator[](Spot spot) { return nodes_[spot]; }
  Bytes raw(Spot spot) const;
  BlockRef ref(Spot spot) const { return {nodes_[spot].id, nodes_[spot].height, nodes_[spot].work}; }
  Parsed parsed(Spot spot) const;
  /// The ancestor of `spot`, or itself, at `height`, which must not be above it nor below the first.
  Spot ancestor(Spot spot, u32 height) const;
  Spot size() const { return static_cast<Spot>(nodes_.size()); }

 private:
  Spot insert(Node node, const Parsed& header, Bytes raw);
  void grow_index();
  std::size_t slot(const Hash& id) const;

  std::array<u8, 16> secret_;
  std::deque<Node> nodes_;
  /// Raw headers, one behind the other.
  std::vector<Buffer> pages_;
  /// Open addressing, at most half full; spot + 1, 0 where empty.
  std::vector<u32> index_;
};

class Line {
 public:
  /// A line of the first block of a tree, which stands at `base`.
  explicit Line(u32 base) : base_(base) {}

  Spot tip() const { return spots_.back(); }
  u32 base() const { return base_; }
  u32 height() const { return base_ + static_cast<u32>(spots_.size() - 1); }
  bool has(u32 height) const { return height >= base_ && height <= this->height(); }
  /// The spot at `height`, which the line has.
  Spot at(u32 height) const { return spots_[height - base_]; }
  bool contains(const Tree& tree, Spot spot) const { return has(tree[spot].height) && at(tree[spot].height) == spot; }
  /// The highest common block of this line and the branch that ends at `spot`.
  Spot fork(const Tree& tree, Spot spot) const;
  /// Makes `tip` the end of this line.
  void move(const Tree& tree, Spot tip);

 private:
  u32 base_;
  std::vector<Spot> spots_{0};
};

}  // namespace kith::ledger
