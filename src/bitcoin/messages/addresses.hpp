// addresses: addr and addrv2 (BIP 155), lists of nodes that somebody knows of.
// spec: BIP 155 | addresses of IPv4 and IPv6 are kept and told, those of other networks skipped | Limits.an_address_is_as_long_as_its_network_has_them_and_others_are_skipped, Addresses.that_were_published_are_the_same_in_both_forms
#pragma once

#include <span>

#include "bitcoin/messages/handshake.hpp"

namespace kith::bitcoin {

/// Most entries of a message.
inline constexpr std::size_t max_addresses = 1000;
/// Longest address of any network, in bytes.
inline constexpr std::size_t max_address_size = 512;

/// When a node was last seen, in seconds since 1970, and where.
struct KnownAddress {
  u32 time = 0;
  NetAddress at;
  bool operator==(const KnownAddress&) const = default;
};

struct KnownAddresses {
  std::vector<KnownAddress> entries;
  /// Entries of networks that have no IP address, known or not, and such in the disguise of one.
  std::size_t skipped = 0;
  bool operator==(const KnownAddresses&) const = default;
};

/// time u32 | services u64 | IP 16 | port u16, big-endian
Buffer encode_addr(std::span<const KnownAddress> entries);
/// time u32 | services, compact | network u8 | address, behind its length | port u16, big-endian
Buffer encode_addrv2(std::span<const KnownAddress> entries);
/// Both fail with oversize on too many entries, and with malformed.
Result<KnownAddresses> decode_addr(Bytes payload);
/// Malformed is also an address that is too long, or not as long as its network has them.
Result<KnownAddresses> decode_addrv2(Bytes payload);

}  // namespace kith::bitcoin
