// Line: one connection to the node under attack, by the socket, and what goes over it as bytes.
#pragma once

#include <memory>
#include <optional>

#include "base/time.hpp"
#include "crypto/keys.hpp"
#include "model/address.hpp"

namespace kith::survive {

class Talk;

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
  /// The end that is ours.
  const Address& here() const { return here_; }
  /// Bytes taken; 0 if there is no room, or the other side is gone.
  std::size_t write(Bytes bytes);
  /// What is there, at most 64 KiB.
  Buffer read();
  void finish();
  void close();

 private:
  int fd_;
  bool open_ = true;
  Address here_;
};

class Line {
 public:
  Line(const Address& to, const std::optional<Ip>& from, std::unique_ptr<Talk> talk);
  ~Line();

  /// Reads nothing of what the node says.
  bool deaf = false;
  u64 sent = 0;
  u64 received = 0;
  /// Said so far: first messages, raw sends, records' messages.
  u64 messages = 0;
  bool had_session = false;

  Talk& talk() { return *talk_; }
  Socket& socket() { return socket_; }
  bool is_open() const { return socket_.is_open(); }
  std::size_t waiting() const { return out_.size() - out_sent_; }

  void write(Bytes bytes);
  /// Sends and reads what can be sent and read now.
  void pump();

 private:
  Socket socket_;
  std::unique_ptr<Talk> talk_;
  Buffer out_;
  std::size_t out_sent_ = 0;
};

}  // namespace kith::survive
