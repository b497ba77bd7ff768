// Port: where wires come from. It owns what all connections of one wire share and what comes before a connection.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "core/protocol.hpp"
#include "core/wire.hpp"

namespace kith::core {

/// What a node tells its peers, and the names that it speaks, in the order of the host's table.
struct Offer {
  Hello hello;
  std::vector<Name> names;
  /// Versions below this are refused.
  Version least_version = 0;
  /// Of our tip; 0 without a ledger.
  u32 height = 0;
};

// What a port says of datagrams.
/// Send one of `bytes`.
struct SendDatagram {
  Address to;
  Buffer bytes;
};
/// Who is proven to be at `from` tells of addresses.
struct HeardOf {
  Address from;
  std::vector<TimedAddress> addresses;
};
/// Who is proven to be at `asker` wants to hear of addresses: tell() is given them.
struct AskedFor {
  Address asker;
  u64 question = 0;
};
using PortReport = std::variant<SendDatagram, HeardOf, AskedFor>;

class Port {
 public:
  virtual ~Port() = default;
  /// The word for this wire in an address.
  virtual std::string_view word() const = 0;
  /// A wire towards `to`. A probe only proves that `to` answers: it reports Opened and Closed and says nothing.
  virtual std::unique_ptr<Wire> dial(Turn& turn, const Address& to, const Offer& ours, bool probe) = 0;
  /// `from` is where the other side dials from.
  virtual std::unique_ptr<Wire> accept(Turn& turn, const Address& from, const Offer& ours) = 0;
  /// Whether sessions with `id` are refused from now on.
  virtual void refuse(const PeerId& id, bool refused) = 0;

  // Wires whose nodes talk by datagrams too, before there is a connection or beside it.
  virtual void datagram(Turn&, const Address& /*from*/, Bytes, const Offer& /*ours*/) {}
  /// Asks `of` whom it knows.
  virtual void inquire(Turn&, const Address& /*of*/, const Offer& /*ours*/) {}
  virtual void tell(Turn&, u64 /*question*/, std::span<const TimedAddress>, const Offer& /*ours*/) {}
  virtual void on_tick(Turn&) {}
  virtual Time next() const { return never; }
  virtual std::optional<PortReport> take() { return std::nullopt; }
};

}  // namespace kith::core
