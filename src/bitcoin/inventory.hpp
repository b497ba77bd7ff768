// inventory: the one protocol in which blocks and transactions are named, asked for and given: inv, getdata and their
// kin mix both, so it sorts them out for those who know about the one or the other.
#pragma once

#include "bitcoin/blocks.hpp"
#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/server.hpp"
#include "bitcoin/transactions.hpp"

namespace kith::bitcoin {

class Inventory : public core::Protocol {
 public:
  Inventory(const Trickle& trickle, const PoolView& pool)
      : compact_(pool), blocks_(compact_), transactions_(trickle, pool), server_(transactions_, compact_) {}
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;

  std::vector<Name> names() const override;
  void mounted(u16 first) override;
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_room(core::ProtocolTurn& turn, Peer peer) override { server_.on_room(turn, peer); }
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return std::min(blocks_.next(), transactions_.next()); }
  bool gives_blocks() const override { return true; }
  bool idle() const override { return compact_.idle() && blocks_.idle() && transactions_.idle() && server_.idle(); }
  void on_ask(core::ProtocolTurn& turn, const Ask& ask) override;
  void on_cancel(core::ProtocolTurn& turn, u64 ask) override;
  void on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) override;
  void on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) override;
  void on_needs(core::ProtocolTurn& turn, Peer peer, u16 kind, std::span<const Hash> needs) override {
    transactions_.on_needs(turn, peer, kind, needs);
  }
  void on_announce(core::ProtocolTurn& turn, Peer peer, std::span<const Buffer> headers) override;
  void on_served(core::ProtocolTurn& turn, Peer peer, Lane lane, const Hash& id,
                 const std::optional<Body>& body) override;

 private:
  void on_inv(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  void on_notfound(core::ProtocolTurn& turn, Peer peer, Bytes payload);

  u16 first_ = 0;
  CompactRelay compact_;
  Blocks blocks_;
  Transactions transactions_;
  Server server_;
};

}  // namespace kith::bitcoin
