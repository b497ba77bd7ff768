// The storage of headers, and the jumps that make any ancestor near.
#include "ledger/tree.hpp"

#include "base/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/u256.hpp"

namespace kith::ledger {
namespace {

/// Bytes of a page of raw headers: offsets in it fit 16 bits.
constexpr std::size_t page_size = 1 << 16;

}  // namespace

Tree::Tree(const std::array<u8, 16>& secret, const Parsed& first, Bytes raw, u32 height) : secret_(secret), index_(64) {
  insert({.work = first.work, .height = height, .state = BlockState::accepted, .connected = true}, first, raw);
}

Spot Tree::add(Spot parent, const Parsed& header, Bytes raw) {
  const auto& below = nodes_[parent];
  const auto& far = nodes_[below.jump];
  // Myers' jumps: as long as the two below are equally long, jump over both, else to the parent.
  const bool over = below.height - far.height == far.height - nodes_[far.jump].height;
  return insert({.work = plus(below.work, header.work),
                 .parent = parent,
                 .jump = over ? far.jump : parent,
                 .height = below.height + 1},
                header, raw);
}

Spot Tree::insert(Node node, const Parsed& header, Bytes raw) {
  check(raw.size() <= max_header, "a header larger than any");
  // The first page grows with what is in it: a chain of a few headers takes no more than they do.
  if (pages_.empty())
    pages_.emplace_back();
  else if (pages_.back().size() + raw.size() > page_size)
    pages_.emplace_back().reserve(page_size);
  node.id = header.id;
  node.time = header.time;
  node.bits = header.bits;
  node.version = header.version;
  node.page = static_cast<u32>(pages_.size() - 1);
  node.offset = static_cast<u16>(pages_.back().size());
  node.size = static_cast<u16>(raw.size());
  append(pages_.back(), raw);
  if (2 * (nodes_.size() + 1) > index_.size()) grow_index();
  nodes_.push_back(node);
  index_[slot(node.id)] = size();
  return size() - 1;
}

/// The slot that holds `id`, or the empty one where it belongs.
std::size_t Tree::slot(const Hash& id) const {
  std::size_t at = crypto::keyed_hash(secret_, id) & (index_.size() - 1);
  while (index_[at] != 0 && nodes_[index_[at] - 1].id != id) at = (at + 1) & (index_.size() - 1);
  return at;
}

void Tree::grow_index() {
  index_.assign(2 * index_.size(), 0);
  for (Spot spot = 0; spot < size(); ++spot) index_[slot(nodes_[spot].id)] = spot + 1;
}

std::optional<Spot> Tree::find(const Hash& id) const {
  const u32 held = index_[slot(id)];
  if (held == 0) return std::nullopt;
  return held - 1;
}

Bytes Tree::raw(Spot spot) const {
  const auto& node = nodes_[spot];
  return Bytes(pages_[node.page]).subspan(node.offset, node.size);
}

Parsed Tree::parsed(Spot spot) const {
  const auto& node = nodes_[spot];
  const bool first = spot == 0;
  return {.id = node.id,
          .parent = first ? Hash{} : nodes_[node.parent].id,
          .work = first ? node.work : minus(node.work, nodes_[node.parent].work),
          .time = node.time,
          .bits = node.bits,
          .version = node.version};
}

Spot Tree::ancestor(Spot spot, u32 height) const {
  check(height <= nodes_[spot].height, "an ancestor above its descendant");
  while (nodes_[spot].height > height)
    spot = nodes_[nodes_[spot].jump].height >= height ? nodes_[spot].jump : nodes_[spot].parent;
  return spot;
}

Spot Line::fork(const Tree& tree, Spot spot) const {
  if (tree[spot].height > height()) spot = tree.ancestor(spot, height());
  while (!contains(tree, spot)) spot = tree[spot].parent;
  return spot;
}

void Line::move(const Tree& tree, Spot tip) {
  const u32 common = tree[fork(tree, tip)].height;
  spots_.resize(tree[tip].height - base_ + 1);
  for (u32 height = tree[tip].height; height > common; --height) {
    spots_[height - base_] = tip;
    tip = tree[tip].parent;
  }
}

}  // namespace kith::ledger
