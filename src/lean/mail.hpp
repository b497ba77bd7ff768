// mail: letters to this very node, acknowledged by their answer; and the sealing of those that go another way.
#pragma once

#include "base/token_bucket.hpp"
#include "core/protocol.hpp"
#include "core/requests.hpp"
#include "lean/find.hpp"

namespace kith::lean {

class Mail : public core::Protocol {
 public:
  explicit Mail(MailParts parts) : parts_(parts) {}

  std::vector<Name> names() const override { return {{"mail/1", 4096, Priority::item}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_reset(core::ProtocolTurn& turn, Peer peer, Lane lane) override { not_taken(turn, peer, lane); }
  void on_tick(core::ProtocolTurn& turn) override { handed_.expired(turn.now); }
  Time next() const override { return handed_.next(); }
  bool idle() const override { return letters_.empty() && handed_.size() == 0; }
  void on_hand(core::ProtocolTurn& turn, Peer peer, const Letter& letter) override;
  void on_seal(core::ProtocolTurn& turn, const Letter& letter) override;

 private:
  void came(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void not_taken(core::ProtocolTurn& turn, Peer peer, Lane lane);

  MailParts parts_;
  u16 name_ = 0;
  /// Letters that each peer may still send.
  std::map<Peer, TokenBucket> letters_;
  /// Numbers of letters that wait for their answer.
  core::Requests<u64> handed_;
};

}  // namespace kith::lean
