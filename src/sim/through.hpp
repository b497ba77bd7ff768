// Through: a protocol that passes everything to another one, for scenarios and tests that listen in or change one
// thing.
#pragma once

#include <memory>

#include "core/protocol.hpp"

namespace kith::sim {

class Through : public core::Protocol {
 public:
  explicit Through(std::unique_ptr<core::Protocol> inner) : inner_(std::move(inner)) {}

  std::vector<Name> names() const override { return inner_->names(); }
  void mounted(u16 first) override { inner_->mounted(first); }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override { inner_->on_peer(turn, peer); }
  void on_gone(core::ProtocolTurn& turn, Peer peer) override { inner_->on_gone(turn, peer); }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    inner_->on_message(turn, peer, message);
  }
  void on_reset(core::ProtocolTurn& turn, Peer peer, Lane lane) override { inner_->on_reset(turn, peer, lane); }
  void on_room(core::ProtocolTurn& turn, Peer peer) override { inner_->on_room(turn, peer); }
  void on_tick(core::ProtocolTurn& turn) override { inner_->on_tick(turn); }
  Time next() const override { return inner_->next(); }
  bool gives_blocks() const override { return inner_->gives_blocks(); }
  bool idle() const override { return inner_->idle(); }
  void on_ask(core::ProtocolTurn& turn, const Ask& ask) override { inner_->on_ask(turn, ask); }
  void on_cancel(core::ProtocolTurn& turn, u64 ask) override { inner_->on_cancel(turn, ask); }
  void on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> to) override {
    inner_->on_push(turn, item, to);
  }
  void on_tell(core::ProtocolTurn& turn, Peer to, std::span<const ItemId> ids) override {
    inner_->on_tell(turn, to, ids);
  }
  void on_announce(core::ProtocolTurn& turn, Peer to, std::span<const Buffer> headers) override {
    inner_->on_announce(turn, to, headers);
  }
  void on_served(core::ProtocolTurn& turn, Peer peer, Lane lane, const Hash& id,
                 const std::optional<Body>& body) override {
    inner_->on_served(turn, peer, lane, id, body);
  }
  void on_probed(core::ProtocolTurn& turn, Peer peer, const Address& address, bool reached) override {
    inner_->on_probed(turn, peer, address, reached);
  }
  void on_where(core::ProtocolTurn& turn, Peer peer, const PeerId& whom) override {
    inner_->on_where(turn, peer, whom);
  }
  void on_hand(core::ProtocolTurn& turn, Peer peer, const Letter& letter) override {
    inner_->on_hand(turn, peer, letter);
  }
  void on_seal(core::ProtocolTurn& turn, const Letter& letter) override { inner_->on_seal(turn, letter); }

 protected:
  core::Protocol& inner() { return *inner_; }

 private:
  std::unique_ptr<core::Protocol> inner_;
};

}  // namespace kith::sim
