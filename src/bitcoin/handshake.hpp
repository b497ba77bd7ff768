// Handshake: the first messages of a connection, in which both sides say their versions and what they can do; over when
// each has said verack. Messages go in, what is to be said comes out.
#pragma once

#include <optional>
#include <vector>

#include "bitcoin/message_type.hpp"
#include "bitcoin/messages/handshake.hpp"

namespace kith::bitcoin {

/// What the other side said of itself.
struct Greeting {
  Version version;
  /// The version as it came.
  Body payload;
  bool wtxidrelay = false;
  bool sendaddrv2 = false;

  /// The version of the connection: the lower of both ends'.
  i32 common() const { return std::min(version.version, protocol_version); }
};

class Handshake {
 public:
  /// `demands` are services without which we part, of those whom we dialled.
  Handshake(Version ours, u64 demands, bool dialled) : ours_(std::move(ours)), demands_(demands), dialled_(dialled) {}

  /// What the dialler says at once.
  NetMessage begin() const;
  /// Takes a message and appends what is to be said. What does not belong to a handshake is passed over, and what comes
  /// twice. Fails with wrong_network (too old, or without what we demand) or unwelcome. True once both said verack.
  Result<bool> take(const NetMessage& message, std::vector<NetMessage>& out);
  /// Whether messages are those of a handshake, which come too late behind it.
  static bool is_late(std::string_view type);

  u64 nonce() const { return ours_.nonce; }
  const std::optional<Greeting>& theirs() const { return theirs_; }

 private:
  Result<> take_version(const NetMessage& message, std::vector<NetMessage>& out);

  Version ours_;
  u64 demands_;
  bool dialled_;
  std::optional<Greeting> theirs_;
};

}  // namespace kith::bitcoin
