// ping: a sign of life and a round trip, what address each side sees the other at, and whether it could be called back.
#pragma once

#include "core/protocol.hpp"
#include "core/requests.hpp"

namespace kith::lean {

class Ping : public core::Protocol {
 public:
  /// Mean time between pings of a peer.
  explicit Ping(Duration every) : every_(every) {}

  std::vector<Name> names() const override { return {{"ping/1", 1024, Priority::control}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  void on_probed(core::ProtocolTurn& turn, Peer peer, const Address& address, bool reached) override;
  Time next() const override;
  bool idle() const override { return due_.empty() && sent_.size() == 0; }

 private:
  void send(core::ProtocolTurn& turn, Peer peer);
  void answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void called_back(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);

  u16 name_ = 0;
  Duration every_;
  std::map<Peer, Time> due_;
  /// The first of them.
  Time next_due_ = never;
  /// When each ping went out.
  core::Requests<Time> sent_;
};

}  // namespace kith::lean
