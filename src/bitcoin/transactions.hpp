// Transactions: their relay by ids. The host's gossip decides what is asked, of whom, and who is told; here ids of
// this network stand for its items, announcements wait for company, and nothing is given that was not announced.
// spec: BIP 133 | our least fee rate is told every ten minutes or so; what pays a peer too little is not told to it | CompactFaults.what_pays_too_little_is_not_told
// spec: BIP 339 | transactions go by the ids with witnesses where both sides say so, by the others otherwise | OverEither.transactions_are_told_of_after_a_while_and_fetched
#pragma once

#include <map>
#include <set>

#include "base/recent.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/pool_view.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

/// The kind of items that travels as tx messages.
inline constexpr std::string_view tx_kind = "tx";
/// Announcements that wait for one peer; beyond these the peer is not told.
inline constexpr std::size_t max_untold = 5000;
/// Announcements that are taken of one message: more of one peer are not kept anyway (Bitcoin Core, txdownloadman.h:
/// MAX_PEER_TX_ANNOUNCEMENTS).
inline constexpr std::size_t max_named = 5000;
/// Transactions of which both ids are remembered, and for how long.
inline constexpr std::size_t max_known_ids = 65'536;
inline constexpr Duration known_ids_for = std::chrono::hours(2);

/// How often a peer is told our least fee rate, on average.
inline constexpr Duration feefilter_every = std::chrono::minutes(10);

/// Mean times for which announcements wait, so that nobody sees where a transaction comes from. Bitcoin Core,
/// net_processing.cpp: INBOUND_INVENTORY_BROADCAST_INTERVAL and its sister.
struct Trickle {
  Duration inbound = std::chrono::seconds(5);
  Duration outbound = std::chrono::seconds(2);
};

struct TxNames {
  u16 inv = 0;
  u16 getdata = 0;
  u16 tx = 0;
  u16 wtxidrelay = 0;
  u16 feefilter = 0;
};

class Transactions {
 public:
  Transactions(const Trickle& trickle, PoolView pool) : trickle_(trickle), pool_(std::move(pool)) {}

  void mounted(const TxNames& names) { names_ = names; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer);
  void on_gone(Peer peer) { rows_.erase(peer); }
  void on_tick(core::ProtocolTurn& turn);
  Time next() const;
  bool idle() const { return rows_.empty(); }

  void ask(core::ProtocolTurn& turn, const Ask& ask);
  void cancel(u64 ask);
  void tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids);

  /// Transactions that an inv names.
  void on_named(core::ProtocolTurn& turn, Peer peer, std::span<const Inv> entries);
  void on_tx(core::ProtocolTurn& turn, Peer peer, const Body& body);
  /// `peer` gave a transaction that spends outputs of these, of which nobody has told us.
  void on_needs(core::ProtocolTurn& turn, Peer peer, u16 kind, std::span<const Hash> txids);
  void on_feefilter(Peer peer, Bytes payload);
  void on_missing(core::ProtocolTurn& turn, Peer peer, std::span<const Inv> entries);
  /// What a getdata asks for, if this peer was told of it.
  std::optional<Body> wanted(core::ProtocolTurn& turn, Peer peer, const Inv& entry);

 private:
  /// Of an item: its whole id, unless only its kin was named, and that without witnesses, once it was here.
  struct Ids {
    std::optional<Hash> wtxid;
    std::optional<Hash> txid;
    /// When the first peer was to be told of it, as a number that rises; 0 if never.
    u64 order = 0;
  };
  /// Of an id without witnesses: the whole of it, and the item that came last with it. Until one has come, the first
  /// bytes stand for an item.
  struct Named {
    Hash txid{};
    std::optional<ItemHash> item;
  };
  struct Row {
    bool by_wtxid = false;
    Duration trickle{};
    /// Asked for, and by which ask.
    std::map<ItemHash, u64> asked;
    std::set<ItemHash> untold;
    Time tell_at = never;
    /// The order up to which it was told.
    u64 told = 0;
    /// In satoshi per 1000 virtual bytes: what pays less is not told.
    u64 least_rate = 0;
    Time feefilter_at = never;
  };
  Ids& ids(Time now, const ItemHash& hash);
  Ids& learn(Time now, Bytes tx);
  std::optional<Inv> question(Time now, const Row& row, const ItemHash& item);
  void announce(core::ProtocolTurn& turn, Peer peer, Row& row);
  bool pays(const Row& row, const ItemHash& item) const;
  void say_feefilter(core::ProtocolTurn& turn, Peer peer, Row& row) const;
  void offer(core::ProtocolTurn& turn, Peer peer, Row& row, const Ids& of, const Body& body);

  TxNames names_;
  Trickle trickle_;
  PoolView pool_;
  std::map<Peer, Row> rows_;
  Recent<ItemHash, Ids> ids_{max_known_ids, known_ids_for};
  /// By the first bytes of the id without witnesses.
  Recent<ItemHash, Named> named_{max_known_ids, known_ids_for};
  u64 last_order_ = 0;
};

}  // namespace kith::bitcoin
