// Nodes: what the tests of whole networks say often: kinds to gossip, items, and who blamed whom.
#pragma once

#include "sim/blocks.hpp"
#include "sim/report.hpp"
#include "sim/swarm.hpp"

namespace kith::testing {

/// The kind of the items that tests publish, the only one of its nodes.
inline constexpr u16 note_kind = 0;
inline constexpr u32 largest_note = 2'000'000;

/// Nodes that gossip notes.
sim::NodeSpec with_notes(const sim::Network& network, sim::NodeSpec spec = {});
/// Publishes a note of `size` bytes at a node.
Result<> publish(sim::Network& network, sim::NodeIndex node, std::size_t size, u8 fill = 7);

/// How many items each node has taken, its own among them.
class Notes {
 public:
  explicit Notes(sim::Network& network);
  std::size_t at(sim::NodeIndex node) const;
  bool all_have(const sim::Network& network, std::size_t count) const;

 private:
  std::shared_ptr<std::map<sim::NodeIndex, std::size_t>> counts_;
};

/// The debts that honest nodes booked on honest ones, a line each: empty, or something is wrong with us.
std::string wrongly_blamed(const sim::Network& network, std::span<const sim::NodeIndex> adversaries = {});
/// Whether somebody booked a debt on `node`.
bool blamed(const sim::Network& network, sim::NodeIndex node);

/// All nodes that are up are joined to each other, directly or through others.
bool is_whole(const sim::Network& network);

}  // namespace kith::testing
