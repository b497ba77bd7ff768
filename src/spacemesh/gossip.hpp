// gossip: every item whole, to everybody who takes its kind. Each kind is a protocol of its name; there are no
// announcements and no questions.
#pragma once

#include "spacemesh/dialect.hpp"

namespace kith::spacemesh {

class Gossip : public core::Protocol {
 public:
  /// Of the kinds, each as urgent as these are.
  explicit Gossip(std::vector<Name> kinds) : kinds_(std::move(kinds)) {}

  std::vector<Name> names() const override { return kinds_; }
  void mounted(u16 first) override { first_ = first; }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) override;
  void on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) override;

 private:
  /// The message that is this item; nothing for a kind that is not spoken here.
  std::optional<Message> message_of(const core::ProtocolTurn& turn, u16 kind, const Body& body) const;

  std::vector<Name> kinds_;
  u16 first_ = 0;
};

}  // namespace kith::spacemesh
