// Multiaddr: addresses as operators write them, and as libp2p sends them (github.com/multiformats/multiaddr). kith
// speaks the part /host/tcp/port[/wire][/p2p/id], where the wire is a word of its own. One address has one spelling.
#pragma once

#include "base/error.hpp"
#include "model/address.hpp"

namespace kith::codec {

/// Largest multiaddr in its binary form, and longest text of one, in bytes. An address that reads from either form fits
/// the binary one.
inline constexpr std::size_t max_multiaddr = 256;
inline constexpr std::size_t max_multiaddr_text = 512;
/// Longest DNS name, in bytes; RFC 1035 §2.3.4 without the root's dot.
inline constexpr std::size_t max_dns_name = 253;
/// How a wire is marked in binary: the first code of multicodec's private-use range.
inline constexpr u64 wire_code = 0x300000;

/// "12D3KooW…": base58btc of the identity multihash of the protobuf of an Ed25519 key; libp2p/specs, peer-ids.
std::string to_text(const PeerId& id);
/// Nothing for anything but the text of an Ed25519 key.
std::optional<PeerId> parse_peer_id(std::string_view text);

/// [a-z0-9-]{1,16}, and not the name of a multiaddr protocol.
bool is_wire_word(std::string_view word);

std::string to_text(const Address& address);
std::string to_text(const Endpoint& endpoint);

/// A host of ip4, ip6, dns, dns4 or dns6. Fault::bad_address, naming the part.
Result<Endpoint> parse_endpoint(std::string_view text);
/// The same, of an IP address only.
Result<Address> parse_address(std::string_view text);

Buffer encode_multiaddr(const Endpoint& endpoint);
/// Fault::bad_address, naming the part. A code that kith does not know refuses: its size is unknown.
Result<Endpoint> decode_multiaddr(Bytes bytes);

}  // namespace kith::codec
