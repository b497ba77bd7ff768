// Devnet witness: remembers what each node of a devnet told as accepted, to hold it to that after it was killed.
#pragma once

#include <set>

#include "app/devnet_network.hpp"
#include "base/rng.hpp"

namespace kith::app {

/// Blocks of a node's that are asked for after its restart: the latest that it told, and others drawn from all. Few,
/// since a node that syncs answers each only between two blocks.
inline constexpr std::size_t latest_checked = 6;
inline constexpr std::size_t drawn_checked = 4;

class DevnetWitness {
 public:
  explicit DevnetWitness(std::size_t nodes) : told_(nodes), notes_(nodes), unheard_(nodes) {}

  /// Takes in what `node`, which is number `index`, told since the last time.
  void hear(DevnetNode& node, std::size_t index);
  /// The tip that node `index` shows.
  void saw(std::size_t index, const NodeState& state) { told_[index][state.height] = state.tip; }
  /// Node `index` published a note, which counts as told by it.
  void published(std::size_t index, const std::string& note);
  /// The node was killed: what it gossiped is gone with it, its blocks are not.
  void killed(std::size_t index) {
    notes_[index].clear();
    unheard_[index].clear();
  }

  /// What a node that runs again has lost of the blocks that it told; empty if nothing. `dice` draw what is asked.
  std::string lost(DevnetNode& node, std::size_t index, Rng& dice) const;
  /// Notes that some node has which was not killed since: all are owed them.
  std::set<std::string> owed() const;
  /// How many of the owed notes node `index` has not told, but for those that it may have told unheard.
  std::size_t missing(std::size_t index, const std::set<std::string>& owed) const;
  /// Of how many notes it was not heard, over all nodes, whether they got them.
  std::size_t unheard() const;

 private:
  /// Bounded by the chain, and by what a devnet publishes.
  std::vector<std::map<u32, std::string>> told_;
  std::vector<std::set<std::string>> notes_;
  std::vector<std::set<std::string>> unheard_;
  std::set<std::string> published_;
};

}  // namespace kith::app
