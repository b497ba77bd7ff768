// Orphans: transactions whose parents are not known yet, few and shared fairly among the peers that sent them.
#pragma once

#include <map>
#include <set>

#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/coin.hpp"
#include "model/body.hpp"
#include "model/peer.hpp"

namespace kith::ledger::bitcoin {

/// Most of them in all.
inline constexpr std::size_t max_orphans = 100;
/// Weight that each peer has for itself: one transaction of the largest size, and a little (Bitcoin Core's orphanage).
inline constexpr std::size_t orphan_weight = 404'000;

class Orphans {
 public:
  struct Orphan {
    Body body;
    Hash id{};
    Hash witness_id{};
    std::size_t weight = 0;
    /// Ids of transactions that were not known when it came.
    std::vector<Hash> missing;
    /// What it spends.
    std::vector<Outpoint> inputs;
    /// Who sent it; whoever has too much gives its place up.
    std::set<Peer> peers = {};
    /// In the order of arrival.
    u64 number = 0;
  };

  /// `missing` are those of a Refusal. Over a limit the peer with the most gives up what it sent first: in weight
  /// whoever is over its own, in number whoever has the most of them. False if it did not stay.
  bool add(Peer peer, Body body, std::vector<Hash> missing);
  /// Those that wait for `parent`, in the order of arrival: to be offered again, alone or behind a parent that pays too
  /// little.
  std::vector<const Orphan*> children_of(const Hash& parent) const;
  const Orphan* find(const Hash& witness_id) const;
  /// It is no orphan any more, or was refused.
  void erase(const Hash& witness_id);
  /// The connection is gone, and what nobody else sent.
  void forget(Peer peer);
  /// Those in the block go, and those that spend what it spent.
  void block_connected(const Block& block);

  std::size_t size() const { return orphans_.size(); }
  /// Sum of the weights of what `peer` sent.
  std::size_t weight_of(Peer peer) const;

 private:
  struct Share {
    std::size_t weight = 0;
    /// By arrival.
    std::map<u64, Hash> sent = {};
  };

  void give_up(Peer peer, u64 number);
  Peer greediest() const;

  /// By witness id.
  std::map<Hash, Orphan> orphans_;
  /// (missing parent, number) to witness id, and (what is spent, number) likewise.
  std::map<std::pair<Hash, u64>, Hash> by_parent_;
  std::map<std::pair<Outpoint, u64>, Hash> by_input_;
  std::map<Peer, Share> shares_;
  u64 last_number_ = 0;
};

}  // namespace kith::ledger::bitcoin
