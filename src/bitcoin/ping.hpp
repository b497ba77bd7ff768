// ping: a sign of life and a round trip (BIP 31).
// spec: BIP 31 | every ping is answered with its number | Faults.messages_that_cannot_be_read_cost_themselves_alone
#pragma once

#include <map>

#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/names.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

class Ping : public core::Protocol {
 public:
  /// Mean time between pings of a peer.
  explicit Ping(Duration every) : every_(every) {}

  std::vector<Name> names() const override {
    return {spoken(name::ping, Priority::control), spoken(name::pong, Priority::control)};
  }
  void mounted(u16 first) override { ping_ = first, pong_ = static_cast<u16>(first + 1); }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return next_due_; }
  bool idle() const override { return rows_.empty(); }

 private:
  struct Row {
    /// When to ping next, or when the open one has been waited for long enough.
    Time due;
    /// 0 while none is open.
    u64 nonce = 0;
    Time sent{};
  };
  void on_pong(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  void find_next();

  u16 ping_ = 0;
  u16 pong_ = 0;
  Duration every_;
  std::map<Peer, Row> rows_;
  Time next_due_ = never;
};

}  // namespace kith::bitcoin
