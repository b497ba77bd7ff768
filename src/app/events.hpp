// Events: what happened lately, numbered, and in the words in which the log and the RPC tell it.
#pragma once

#include <deque>

#include <boost/json/object.hpp>

#include "core/order.hpp"

namespace kith::app {

/// Events that are kept; who asks later than that misses some, and sees so by the numbers.
inline constexpr std::size_t max_events = 1000;
/// Round trips that are kept, apart from them.
inline constexpr std::size_t max_round_trips = 4096;
/// Bytes of an item's payload that an event shows.
inline constexpr std::size_t max_shown = 1024;

/// {"event": "peer_up" | "dial_failed" | "refused" | "peer_down" | "tip" | "item" | "item_refused" | "blamed" | "ping"
/// | "clock_differs" | "clock_agrees" | "mail" | "delivered", …}. `kinds` are the host's.
boost::json::object describe(const core::Event& event, const std::vector<core::Kind>& kinds);

class Events {
 public:
  explicit Events(std::size_t most = max_events);

  void add(boost::json::object event, Utc at);
  /// Those with a number above `since`, oldest first, each with its "number" and its date "at", in ms since 1970.
  boost::json::array after(u64 since) const;
  /// The event that tells how the letter of this number ended; null if there is none.
  const boost::json::object* delivered(u64 letter) const;
  /// The number of the latest; the first is 1.
  u64 last() const { return last_; }

 private:
  std::size_t most_;
  std::deque<boost::json::object> rows_;
  u64 last_ = 0;
};

}  // namespace kith::app
