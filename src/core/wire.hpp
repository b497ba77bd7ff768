// Wire: bytes to messages and back, for one connection: handshake, encryption, framing, multiplexing, and the only
// queue of what is to be sent. It is pulled: feed bytes, take reports, pull bytes when the socket has room.
#pragma once

#include <optional>
#include <variant>

#include "base/error.hpp"
#include "core/turn.hpp"
#include "model/hello.hpp"
#include "model/message.hpp"

namespace kith::core {

/// The other side is who it says and speaks our network; messages may follow.
struct Opened {
  Hello hello;
};
struct Arrived {
  Message message;
};
/// The other side gave up a lane.
struct LaneReset {
  Lane lane = 0;
};
/// So many bytes of said bodies are off the queue: sent, or thrown away.
struct Left {
  std::size_t bytes = 0;
};
/// A fault of the peer that does not end the connection.
struct Erred {
  Error error;
};
/// The conversation is over; nothing follows.
struct Closed {
  Error error;
  /// What the other side's clock said, if that became known and the connection never opened.
  std::optional<Utc> their_clock = std::nullopt;
  /// The same address is worth another dial at once: the port learned how to speak to it.
  bool again = false;
};
using Report = std::variant<Opened, Arrived, LaneReset, Left, Erred, Closed>;

class Wire {
 public:
  virtual ~Wire() = default;

  virtual void receive(Turn& turn, Bytes bytes) = 0;
  /// The other side's stream ended.
  virtual void ended(Turn& turn) = 0;
  virtual void say(Turn& turn, const Message& message) = 0;
  virtual void reset(Turn& turn, Lane lane) = 0;
  /// Says goodbye if there is a session; then no message goes out or comes in.
  virtual void close(Turn& turn, Fault why) = 0;
  /// Appends bytes to send, about `room` of them at most.
  virtual void pull(Turn& turn, Buffer& out, std::size_t room) = 0;
  virtual bool has_output() const = 0;
  /// Bytes received that are no whole message yet.
  virtual std::size_t held() const = 0;
  /// Deadlines; may be called early, late or often.
  virtual void on_tick(Turn& turn) = 0;
  virtual Time deadline() const = 0;
  virtual std::optional<Report> take() = 0;
};

}  // namespace kith::core
