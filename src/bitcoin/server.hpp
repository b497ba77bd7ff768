// Server: the answering half of relay: headers and lists of ids at once, blocks and transactions in the order in which
// they were asked for, as the judge reads them and the peer takes them.
#pragma once

#include <map>

#include "base/fifo.hpp"
#include "bitcoin/compact_relay.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/transactions.hpp"

namespace kith::bitcoin {

/// What one peer may be waiting for from us.
inline constexpr std::size_t max_serving = max_inventory;

struct ServedNames {
  u16 headers = 0;
  u16 inv = 0;
  u16 block = 0;
  u16 tx = 0;
  u16 notfound = 0;
};

class Server {
 public:
  Server(Transactions& transactions, CompactRelay& compact) : transactions_(&transactions), compact_(&compact) {}

  void mounted(const ServedNames& names) { names_ = names; }
  void on_gone(Peer peer) { rows_.erase(peer); }
  bool idle() const { return rows_.empty(); }

  void on_getheaders(core::ProtocolTurn& turn, Peer peer, Bytes payload) const;
  void on_getblocks(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  void on_getdata(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  void on_room(core::ProtocolTurn& turn, Peer peer);
  void on_served(core::ProtocolTurn& turn, Peer peer, Lane form, const Hash& id, const std::optional<Body>& body);

 private:
  struct Row {
    Fifo<Inv> waiting;
    std::size_t reading = 0;
    /// The last block of a list that was full: who fetches it is told of our tip, and so asks on.
    std::optional<Hash> goes_on_at;
  };
  void give_tx(core::ProtocolTurn& turn, Peer peer, const Inv& wanted, std::vector<Inv>& missing);

  ServedNames names_;
  Transactions* transactions_;
  CompactRelay* compact_;
  std::map<Peer, Row> rows_;
};

}  // namespace kith::bitcoin
