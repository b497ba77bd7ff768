// Datagram: one message over UDP. The original takes the key of the first datagram from an address for that of all that
// follow from there; here each has its own. go-spacemesh, p2p/udp.go.
// parity: 25 | none: each datagram is taken by itself and by its own key; 2,048 hosts are believed to be where they are, for a day | ContactsTest.who_is_there_is_told_addresses_once_in_ten_seconds_and_believed_for_a_day, ContactsTest.no_more_hosts_are_believed_than_the_limit, UdpTest.datagrams_come_whole_and_say_from_where
#pragma once

#include "spacemesh/message.hpp"

namespace kith::spacemesh {

/// Most bytes of a datagram: the original's buffer for one.
inline constexpr std::size_t max_datagram = 30'000;

struct Datagram {
  /// Whoever sends claims it.
  crypto::Key key{};
  ProtocolMessage message;
};

/// key[32] | seal of the message
Buffer encode(const Datagram& datagram, const crypto::BoxNonce& nonce);
/// Fails with oversize, bad_record or malformed: it is dropped, and an answer would tell more than the original does.
Result<Datagram> decode_datagram(Bytes bytes);

/// Whether a datagram is for this network. Its timestamp is not looked at. Fails with wrong_network: it is dropped.
Result<> acceptable(const Metadata& theirs, u32 network_id, std::string_view least_version);

}  // namespace kith::spacemesh
