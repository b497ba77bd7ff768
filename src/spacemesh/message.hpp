// Message: what is inside every record but the first, and inside every datagram: which protocol it is for, who sent it
// when, and a payload, plain or of a request or answer. go-spacemesh, p2p/message.go.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/body.hpp"
#include "spacemesh/frame.hpp"
#include "spacemesh/seal.hpp"
#include "spacemesh/version.hpp"

namespace kith::spacemesh {

/// Longest name of a protocol, in bytes; the longest of the original's has 23.
inline constexpr std::size_t max_protocol = 64;
/// Longest author, in bytes: a key has 32, but nobody looks.
inline constexpr std::size_t max_author = 64;
/// Most bytes of a payload, so that its record is none that is too long.
inline constexpr std::size_t max_payload = max_record - 1024;

/// Most that the clocks of two nodes that exchange messages may differ.
inline constexpr auto max_drift = std::chrono::minutes(10);

/// protocol string | client version string | timestamp hyper | author opaque | network id int
struct Metadata {
  std::string protocol;
  std::string client_version;
  /// When it was sent: over TCP in seconds since 1970, over UDP in nanoseconds.
  i64 timestamp = 0;
  /// Key of who sent it last, who need not be who said it first. Not proven, and not looked at.
  Buffer author;
  /// 0 over TCP.
  u32 network_id = 0;
  bool operator==(const Metadata&) const = default;
};

/// is request bool | type unsigned | id unsigned hyper
struct Call {
  /// Else it is the answer to the request of the same id.
  bool is_request = false;
  u32 type = 0;
  u64 id = 0;
  bool operator==(const Call&) const = default;
};

struct ProtocolMessage {
  Metadata metadata;
  /// Absent from a plain message.
  std::optional<Call> call;
  /// May be empty only in a request or an answer.
  Body payload;
};

/// 1 | metadata | 1 | plain payload opaque | 0, or 0 (an empty payload) | 1 | call | payload opaque: as XDR, a pointer
/// of Go is a boolean before its value.
Buffer encode(const ProtocolMessage& message);
/// The payload keeps `plain` alive. Of a message with both payloads the plain one counts; what follows the last field
/// is ignored. Fails with malformed, so too where the original dies: without metadata or without a payload.
Result<ProtocolMessage> decode_message(const Body& plain);

/// Whether a message of TCP is of now: its timestamp is `seconds`. Fails with wrong_network.
Result<> check_time(i64 seconds, Utc now);
inline i64 to_nanoseconds(Utc utc) { return std::chrono::nanoseconds(utc.time_since_epoch()).count(); }

}  // namespace kith::spacemesh
