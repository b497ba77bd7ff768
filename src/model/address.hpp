// Address: where a node may be reached, over which wire, and who is expected there; and the group it counts in.
#pragma once

#include <optional>
#include <string>

#include "model/peer.hpp"

namespace kith {

/// An IPv6 address, or an IPv4 one mapped into ::ffff:0:0/96. Network byte order.
struct Ip {
  std::array<u8, 16> bytes{};
  auto operator<=>(const Ip&) const = default;

  static Ip v4(u8 a, u8 b, u8 c, u8 d) { return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}}; }
  bool is_v4() const;
  bool is_loopback() const;
  /// May stand in an address book: not unspecified, multicast, broadcast or documentation space. Private and loopback
  /// ranges are routable only to each other: see `same_reach`.
  bool is_usable() const;
  /// 0 loopback, 1 private or link-local, 2 global.
  int reach() const;
};

/// Longest word for a wire in an address, in bytes.
inline constexpr std::size_t max_wire_word = 16;

/// An address after name resolution.
struct Address {
  Ip ip;
  u16 port = 0;
  /// The word of the wire in the address, such as the one after /tcp/7513/.
  std::string wire;
  /// Who is expected to answer. Wires that prove no identity have none.
  std::optional<PeerId> id;
  auto operator<=>(const Address&) const = default;
};

/// An address as an operator writes it: the host may be a name that is resolved at each dial.
struct Endpoint {
  /// Empty if `address.ip` is given.
  std::string dns;
  /// 0 either family, 4 or 6.
  int family = 0;
  Address address;
  auto operator<=>(const Endpoint&) const = default;
};

/// The part of the network that one party can cheaply own: /16 of IPv4, /32 of IPv6.
struct Group {
  std::array<u8, 5> bytes{};
  auto operator<=>(const Group&) const = default;
};
Group group_of(const Ip& ip);

/// What a ban of an unproven peer falls on: the address, or its /64 for IPv6.
Ip ban_subject(const Ip& ip);

std::string to_text(const Ip& ip);
std::optional<Ip> parse_ip(std::string_view text);

}  // namespace kith
