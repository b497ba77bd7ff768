// Outbox: messages that wait to be sent, sealed when they leave. The urgent go first, but not always: every so often it
// is the turn of the least urgent that waits, so that nothing waits for ever.
// parity: 14 | four, over all that is sent, and none waits for ever | Outbox.lets_the_urgent_go_first_and_each_kind_in_its_order, Outbox.lets_the_least_urgent_have_a_turn_in_an_endless_stream_of_urgent_ones, WireSession.an_endless_stream_of_urgent_messages_lets_the_large_one_through
#pragma once

#include <array>

#include "base/fifo.hpp"
#include "model/message.hpp"
#include "spacemesh/message.hpp"

namespace kith::spacemesh {

/// Messages, and bytes of their payloads, that may wait for one peer; past these it is too slow.
inline constexpr std::size_t max_waiting = 16'384;
inline constexpr std::size_t max_waiting_bytes = 32 * 1024 * 1024;
/// One in so many messages is of the least urgent.
inline constexpr u32 patient_turn = 8;

class Outbox {
 public:
  struct Waiting {
    /// In the host's table.
    u16 name = 0;
    std::optional<Call> call;
    Body payload;
    /// Of the body that was said; an answer's payload is longer.
    std::size_t said = 0;
  };

  /// False if too much waits.
  bool add(Priority priority, Waiting waiting);
  bool empty() const { return messages_ == 0; }
  Waiting take();
  /// Bytes of said bodies that wait; none do behind it.
  std::size_t clear();

 private:
  std::array<Fifo<Waiting>, priorities> queues_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  u32 turns_ = 0;
};

}  // namespace kith::spacemesh
