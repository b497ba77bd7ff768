// addresses: asks those whom we chose whom they know, answers those who chose us once, and passes on fresh addresses to
// two peers each, so that a node that comes up is heard of.
#pragma once

#include <map>

#include "base/token_bucket.hpp"
#include "bitcoin/dialect.hpp"
#include "bitcoin/messages/addresses.hpp"
#include "bitcoin/messages/names.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

/// Peers to which a fresh address is passed on.
inline constexpr std::size_t relay_to = 2;
/// A message of more addresses than this is an answer, and nothing of it is passed on.
inline constexpr std::size_t most_fresh = 10;

/// Bitcoin Core, net_processing.cpp: Process(addr), RelayAddress, MaybeSendAddr.
class Addresses : public core::Protocol {
 public:
  std::vector<Name> names() const override {
    return {spoken(name::version, Priority::control), spoken(name::sendaddrv2, Priority::control),
            spoken(name::getaddr), spoken(name::addr), spoken(name::addrv2)};
  }
  void mounted(u16 first) override { first_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return next_due_; }
  bool idle() const override { return rows_.empty(); }

 private:
  enum : u16 { version, sendaddrv2, getaddr, addr, addrv2 };
  struct Row {
    explicit Row(const TokenBucket& its) : budget(its) {}

    /// Addresses that it may tell us, in tenths.
    TokenBucket budget;
    /// It takes part in passing on: we chose it, or it said an address.
    bool takes = false;
    bool answered = false;
    /// Where it wants addrv2.
    bool wide = false;
    std::vector<core::TimedAddress> waiting;
    Time flush_at = never;
    /// When to say our own address.
    Time own_at = never;
  };
  void on_version(core::ProtocolTurn& turn, const core::PeerInfo& peer, Bytes payload);
  void on_getaddr(core::ProtocolTurn& turn, const core::PeerInfo& peer);
  void on_addresses(core::ProtocolTurn& turn, const core::PeerInfo& peer, const KnownAddresses& list);
  void pass_on(core::ProtocolTurn& turn, Peer from, const core::TimedAddress& address);
  void tell(core::ProtocolTurn& turn, Peer peer, const Row& row, std::span<const core::TimedAddress> addresses);
  void find_next();

  u16 first_ = 0;
  std::map<Peer, Row> rows_;
  Time next_due_ = never;
  /// Which peers hear of an address is nobody's to choose.
  std::optional<std::array<u8, 16>> salt_;
};

}  // namespace kith::bitcoin
