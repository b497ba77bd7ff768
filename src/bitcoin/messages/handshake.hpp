// handshake: what two nodes tell each other of themselves before and right after they agree: version, feature (BIP 434)
// and feefilter (BIP 133). What follows the last field of a message belongs to a later version and is ignored, but for
// feature.
// spec: BIP 14 | the user agent is told; of others at most 256 bytes are taken | Limits.a_user_agent_beyond_them_leaves_no_version
// spec: BIP 434 | `feature` is read within its limits between version and verack; none is offered | Limits.a_feature_outside_of_them_is_parted_from
#pragma once

#include <string>

#include "base/error.hpp"
#include "model/address.hpp"

namespace kith::bitcoin {

/// What this node speaks, and the oldest that it speaks with. The version of a connection is the lower of both ends'.
inline constexpr i32 protocol_version = 70017;
inline constexpr i32 min_protocol_version = 31800;
/// From which version of the connection on a message may be said.
inline constexpr i32 since_sendheaders = 70012;
inline constexpr i32 since_feefilter = 70013;
inline constexpr i32 since_sendcmpct = 70014;
inline constexpr i32 since_wtxidrelay = 70016;
inline constexpr i32 since_sendaddrv2 = 70016;
inline constexpr i32 since_feature = 70017;

/// Bits of what a node offers.
namespace service {
inline constexpr u64 network = 1;
inline constexpr u64 bloom = 1 << 2;
inline constexpr u64 witness = 1 << 3;
inline constexpr u64 compact_filters = 1 << 6;
/// The last 288 blocks alone (BIP 159).
inline constexpr u64 network_limited = 1 << 10;
inline constexpr u64 encrypted = 1 << 11;
}  // namespace service

/// services u64 | IPv6 or mapped IPv4, 16 bytes | port u16, big-endian
struct NetAddress {
  u64 services = 0;
  Ip ip;
  u16 port = 0;
  bool operator==(const NetAddress&) const = default;
};

/// Longest name of a program, in bytes.
inline constexpr std::size_t max_user_agent = 256;

/// version i32 | services u64 | time i64 | receiver 26 | sender 26 | nonce u64 | user agent | height i32 | relay u8
struct Version {
  i32 version = protocol_version;
  u64 services = 0;
  /// Seconds since 1970.
  i64 time = 0;
  NetAddress receiver;
  /// Those from here on may be missing, in groups: sender and nonce, user agent, height, relay.
  NetAddress sender;
  /// Our own one in a version that came in tells that we met ourselves; 0 tells nothing.
  u64 nonce = 0;
  /// As it came: no text for a terminal.
  std::string user_agent;
  i32 height = -1;
  /// Whether transactions may be announced (BIP 37).
  bool relay = true;
  bool operator==(const Version&) const = default;
};

Buffer encode(const Version& version);
/// Fails with malformed, also on a user agent that is too long.
Result<Version> decode_version(Bytes payload);

inline constexpr std::size_t min_feature_name = 4;
inline constexpr std::size_t max_feature_name = 80;
inline constexpr std::size_t max_feature_data = 512;

/// Something that a node can do, by a name that whoever does not know it ignores.
struct Feature {
  std::string name;
  Buffer data;
  bool operator==(const Feature&) const = default;
};

Buffer encode(const Feature& feature);
/// Fails with unwelcome whatever is wrong: BIP 434 wants the connection to end.
Result<Feature> decode_feature(Bytes payload);

/// `fee` in satoshi for a thousand virtual bytes: no transaction below it is to be announced.
Buffer encode_feefilter(u64 fee);
/// Fails with malformed on less than nothing and on more than all the coins there can be, which is to be ignored.
Result<u64> decode_feefilter(Bytes payload);

}  // namespace kith::bitcoin
