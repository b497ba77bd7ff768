// Line: one connection to the node under attack, by the socket, with the keys of its session in hand, so that it can
// break every rule outside and inside of records.
#pragma once

#include <optional>
#include <string>

#include "lean/handshake.hpp"

namespace kith::survive {

/// The names of every session here; a message's name is an index into them.
inline const std::vector<std::string> names{"ping/1", "addresses/1", "gossip/1", "headers/1", "blocks/1", "nobody/1"};

Utc utc_now();
crypto::Identity identity_of(u64 key);

/// An open socket that never blocks. The destructor closes it.
class Socket {
 public:
  Socket(const Address& to, const std::optional<Ip>& from);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  bool is_open() const { return open_; }
  /// Bytes taken; 0 if there is no room, or the other side is gone.
  std::size_t write(Bytes bytes);
  /// What is there, at most 64 KiB.
  Buffer read();
  void finish();
  void close();

 private:
  int fd_;
  bool open_ = true;
};

class Line {
 public:
  Line(const Address& to, const std::optional<Ip>& from, u64 key, const Hash& network);

  u64 key = 0;
  /// Reads nothing of what the node says.
  bool deaf = false;
  u64 sent = 0;
  u64 received = 0;
  /// Said so far: first messages, raw sends, records' messages.
  u64 messages = 0;
  bool had_session = false;

  const crypto::Identity& identity() const { return identity_; }
  Socket& socket() { return socket_; }
  bool is_open() const { return socket_.is_open(); }
  std::size_t waiting() const { return out_.size() - out_sent_; }

  void write(Bytes bytes);
  /// Sends and reads what can be sent and read now.
  void pump();
  /// The first message to `whom`, with dice of its own.
  Buffer first(const PeerId& whom, Rng& rng);
  /// True once the second message is there and good; then names were sent.
  bool finish_handshake(Rng& rng);
  void record(Bytes plain);
  void message(u32 name, Role role, u32 type, Lane lane, Bytes payload, bool whole);
  Lane next_lane() { return std::exchange(lane_, lane_ + 2); }

 private:
  crypto::Identity identity_;
  lean::Shared shared_{.identity = identity_};
  core::Offer offer_;
  Socket socket_;
  std::optional<lean::Asking> asking_;
  std::optional<lean::Session> session_;
  Buffer out_;
  std::size_t out_sent_ = 0;
  /// The second message as far as it is there.
  Buffer second_;
  Lane lane_ = 1;
};

}  // namespace kith::survive
