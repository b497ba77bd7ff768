// find: tells neighbours one's contact, and says of a node that agreed to it where it is, to who asks by its key.
#pragma once

#include "base/token_bucket.hpp"
#include "core/protocol.hpp"
#include "core/requests.hpp"
#include "lean/contact.hpp"

namespace kith::lean {

/// What a node that sends and takes letters needs beside its protocols.
struct MailParts {
  /// Outlives the protocols.
  const crypto::Identity* identity = nullptr;
  Hash network{};
  /// Whether neighbours may tell others where we are.
  bool findable = true;
};

/// Our own contact as of now, with the address at which we know that we can be reached, if we do.
Buffer own_contact(const core::ProtocolTurn& turn, const MailParts& parts);

class Find : public core::Protocol {
 public:
  explicit Find(MailParts parts) : parts_(parts) {}

  std::vector<Name> names() const override { return {{"find/1", 512, Priority::item}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return std::min({asked_.next(), look_at_, first_due_}); }
  bool idle() const override { return peers_.empty() && asked_.size() == 0; }
  void on_where(core::ProtocolTurn& turn, Peer peer, const PeerId& whom) override;

  const Contacts& contacts() const { return contacts_; }

 private:
  struct State {
    /// When it is told our contact next.
    Time due;
    /// Answers that this peer may still have, and contacts that it may still tell.
    TokenBucket answers;
    TokenBucket told;
  };
  void heard(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);

  MailParts parts_;
  u16 name_ = 0;
  std::map<Peer, State> peers_;
  /// No peer is due before this.
  Time first_due_ = never;
  core::Requests<PeerId> asked_;
  Contacts contacts_;
  /// What we said last of where we are, and when we look again whether it is still so.
  std::optional<Address> said_;
  Time look_at_ = never;
};

}  // namespace kith::lean
