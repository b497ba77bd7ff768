// sync: headers asked for and announced, blocks fetched and served.
#pragma once

#include "base/fifo.hpp"
#include "core/protocol.hpp"
#include "core/requests.hpp"

namespace kith::lean {

/// Largest block that travels over this wire, in bytes.
inline constexpr u32 max_block = 8 * 1024 * 1024;
/// Most headers of an announcement.
inline constexpr std::size_t max_announced_headers = 8;
/// Most blocks that one peer may be waiting for from us.
inline constexpr std::size_t max_serving = 64;

class Sync : public core::Protocol {
 public:
  std::vector<Name> names() const override {
    return {{"headers/1", 2'200'000, Priority::block}, {"blocks/1", max_block, Priority::bulk}};
  }
  void mounted(u16 first) override { headers_ = first, blocks_ = static_cast<u16>(first + 1); }
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_reset(core::ProtocolTurn& turn, Peer peer, Lane lane) override;
  void on_room(core::ProtocolTurn& turn, Peer peer) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return std::min(asked_headers_.next(), asked_blocks_.next()); }
  bool gives_blocks() const override { return true; }
  bool idle() const override { return asked_headers_.size() + asked_blocks_.size() + serving_.size() == 0; }
  void on_ask(core::ProtocolTurn& turn, const Ask& ask) override;
  void on_cancel(core::ProtocolTurn& turn, u64 ask) override;
  void on_announce(core::ProtocolTurn& turn, Peer peer, std::span<const Buffer> headers) override;
  void on_served(core::ProtocolTurn& turn, Peer peer, Lane lane, const Hash& id,
                 const std::optional<Body>& body) override;

 private:
  struct Fetch {
    u64 ask = 0;
    Hash id{};
  };
  /// Blocks that a peer waits for: asked for, and of those the ones that are being read.
  struct Serving {
    Fifo<std::pair<Lane, Hash>> waiting;
    std::map<Lane, bool> reading;
  };
  void on_headers(core::ProtocolTurn& turn, Peer peer, const Message& message);
  void on_blocks(core::ProtocolTurn& turn, Peer peer, const Message& message);
  void take_headers(core::ProtocolTurn& turn, Peer peer, const Message& message, std::optional<u64> ask);
  void give_headers(core::ProtocolTurn& turn, Peer peer, const Message& message);
  void give_block(core::ProtocolTurn& turn, Peer peer, const Message& message);
  void refuse(core::ProtocolTurn& turn, Peer peer, const Message& message);

  u16 headers_ = 0;
  u16 blocks_ = 0;
  core::Requests<u64> asked_headers_;
  core::Requests<Fetch> asked_blocks_;
  std::map<Peer, Serving> serving_;
};

}  // namespace kith::lean
