// Outbox: what waits to be sent on one connection. Whole messages go in; records' worth of frames come out, the urgent
// first, large bodies in pieces between which others pass, and no priority for ever last.
#pragma once

#include <array>

#include "base/fifo.hpp"
#include "lean/frame.hpp"

namespace kith::lean {

/// Most messages that wait at once: bodies are bounded by their bytes, and a refusal has none.
inline constexpr std::size_t max_waiting = 16'384;

class Outbox {
 public:
  /// What stands before a body: so small that it is kept in place.
  struct Head {
    std::array<u8, 24> bytes{};
    u8 size = 0;
  };
  /// `head` stands before `body`, `tail` behind it.
  void push(Priority priority, Lane lane, const Head& head, Body body, Buffer tail);
  void push_reset(Lane lane);
  struct Dropped {
    /// Body bytes thrown away.
    std::size_t bytes = 0;
    /// A part of it had been sent.
    bool begun = false;
  };
  /// Throws away what waits on `lane`.
  Dropped drop(Lane lane);
  /// Throws everything away; returns the body bytes thrown away.
  std::size_t clear();
  /// Appends frames to `plain` until it has grown by `room` or nothing waits; returns the body bytes that left.
  std::size_t fill(Buffer& plain, std::size_t room);

  bool empty() const;
  /// Messages and resets that wait.
  std::size_t waiting() const;
  /// Body bytes that wait.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Waiting {
    Lane lane = 0;
    bool reset = false;
    Head head;
    Body body;
    Buffer tail;
    std::size_t sent = 0;

    std::size_t size() const { return head.size + body.size() + tail.size(); }
    /// What its first frame holds at least: control is never cut, of a message the head is not.
    std::size_t first_piece() const { return lane == control_lane ? size() : head.size; }
    void copy(Buffer& out, std::size_t count) const;
    /// Body bytes among the first `end` bytes.
    std::size_t body_before(std::size_t end) const;
  };

  Fifo<Waiting>* next_class(std::size_t turn);

  std::array<Fifo<Waiting>, priorities> classes_;
  /// Of each class, those of which a part was sent.
  std::array<std::size_t, priorities> begun_{};
  std::size_t bytes_ = 0;
  std::size_t turn_ = 0;
};

}  // namespace kith::lean
