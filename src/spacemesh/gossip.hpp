// gossip: every item whole, to everybody who takes its kind. Each kind is a protocol of its name; there are no
// announcements and no questions.
// parity: 12 | the same, and invalid, ignored, corrupt and not yet beside valid; an invalid one costs who gave it | OriginalWire.passes_on_what_its_judge_accepts_and_nothing_else, ItemsAsLetters.go_whole_to_everybody_but_who_gave_them, HostTest.its_own_item_that_proves_itself_is_spread_only_after_the_judge_accepted_it, GossipTest.an_ignored_item_is_not_passed_on_nor_judged_again, GossipTest.a_rejected_item_costs_all_who_gave_it_and_none_who_announced_it
#pragma once

#include "spacemesh/dialect.hpp"

namespace kith::spacemesh {

class Gossip : public core::Protocol {
 public:
  /// Names of the kinds, as protocols.
  explicit Gossip(std::vector<std::string> kinds) : kinds_(std::move(kinds)) {}

  std::vector<Name> names() const override;
  void mounted(u16 first) override { first_ = first; }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) override;
  void on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) override;

 private:
  /// The message that is this item; nothing for a kind that is not spoken here.
  std::optional<Message> message_of(const core::ProtocolTurn& turn, u16 kind, const Body& body) const;

  std::vector<std::string> kinds_;
  u16 first_ = 0;
};

}  // namespace kith::spacemesh
