// Post: where what message wires say waits while it is under way. Links carry bytes, so a wire hands them tickets, and
// the wire at the other end takes for each ticket what was left here: bodies travel by reference.
#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "model/hello.hpp"
#include "model/message.hpp"

namespace kith::sim {

// What wires say to each other, in the order of a connection.
struct Greeting {
  Hello hello;
};
/// The sender's names, each by its text; a message's name is an index here.
struct Naming {
  Body names;
};
struct Reset {
  Lane lane = 0;
};
struct Goodbye {
  Fault why = Fault::goodbye;
};
using Posted = std::variant<Greeting, Naming, Message, Reset, Goodbye>;

/// Bytes of a ticket.
inline constexpr std::size_t ticket_size = 4;
/// About what a message costs on a true wire beside its body: record, frame and head.
inline constexpr std::size_t posted_overhead = 50;

inline std::size_t weight(const Posted& posted) {
  const auto* message = std::get_if<Message>(&posted);
  return posted_overhead + (message ? message->body.size() : 0);
}

class Post {
 public:
  /// Leaves `posted` here and appends its ticket.
  void put(Posted posted, Buffer& out) {
    u32 at = static_cast<u32>(boxes_.size());
    if (free_.empty()) {
      boxes_.emplace_back();
    } else {
      at = free_.back();
      free_.pop_back();
    }
    boxes_[at] = std::move(posted);
    Writer(out).u32be(at);
  }
  /// Takes what `ticket` stands for; each once.
  Posted take(Bytes ticket) {
    const u32 at = Reader(ticket).u32be();
    free_.push_back(at);
    return *std::exchange(boxes_[at], std::nullopt);
  }
  /// What is posted under these tickets would weigh.
  std::size_t weigh(Bytes tickets) const {
    std::size_t out = 0;
    for (Reader in(tickets); in.left() > 0;) out += weight(*boxes_[in.u32be()]);
    return out;
  }
  /// What nobody will take any more.
  void drop(Bytes tickets) {
    for (; !tickets.empty(); tickets = tickets.subspan(ticket_size)) take(tickets);
  }
  std::size_t under_way() const { return boxes_.size() - free_.size(); }

 private:
  std::deque<std::optional<Posted>> boxes_;
  std::vector<u32> free_;
};

}  // namespace kith::sim
