// gossip: items pushed, announced and fetched.
#pragma once

#include "core/protocol.hpp"
#include "core/requests.hpp"

namespace kith::lean {

/// Most ids in one announcement.
inline constexpr u32 max_announced = 1000;
/// Largest body of any kind that travels over this wire, in bytes.
inline constexpr u32 max_item = 8 * 1024 * 1024;

class Gossip : public core::Protocol {
 public:
  std::vector<Name> names() const override { return {{"gossip/1", max_item + 64, Priority::item}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_gone(core::ProtocolTurn&, Peer peer) override { fetching_.gone(peer); }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_reset(core::ProtocolTurn& turn, Peer peer, Lane lane) override { missed(turn, peer, lane); }
  void on_tick(core::ProtocolTurn& turn) override { fetching_.expired(turn.now); }
  Time next() const override { return fetching_.next(); }
  bool idle() const override { return fetching_.size() == 0; }
  void on_ask(core::ProtocolTurn& turn, const Ask& ask) override;
  void on_cancel(core::ProtocolTurn& turn, u64 ask) override;
  void on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) override;
  void on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) override;

 private:
  struct Fetch {
    u64 ask = 0;
    ItemId id;
  };
  void offered(core::ProtocolTurn& turn, Peer peer, const Message& message, const std::optional<Fetch>& fetch);
  void announced(core::ProtocolTurn& turn, Peer peer, const Message& message);
  void wanted(core::ProtocolTurn& turn, Peer peer, const Message& message);
  void missed(core::ProtocolTurn& turn, Peer peer, Lane lane);

  u16 name_ = 0;
  core::Requests<Fetch> fetching_;
};

}  // namespace kith::lean
