// Time: two clocks as types. Neither has a now(): the world tells a core what time it is.
#pragma once

#include <chrono>

#include "base/bytes.hpp"

namespace kith {

using namespace std::chrono_literals;
using Duration = std::chrono::microseconds;

/// Never runs backwards; deadlines and intervals. Its origin means nothing outside the process.
struct Monotonic {
  using rep = i64;
  using period = std::micro;
  using duration = Duration;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};
/// The date, in milliseconds since 1970 UTC; for messages, files and blocks. It may jump and be wrong.
struct Wall {
  using rep = i64;
  using period = std::milli;
  using duration = std::chrono::milliseconds;
  using time_point = std::chrono::time_point<Wall>;
  static constexpr bool is_steady = false;
};

using Time = Monotonic::time_point;
using Utc = Wall::time_point;

inline constexpr Time never = Time::max();

inline i64 to_millis(Utc utc) { return utc.time_since_epoch().count(); }
inline Utc from_millis(i64 millis) { return Utc{std::chrono::milliseconds{millis}}; }
inline i64 to_seconds(Utc utc) { return std::chrono::floor<std::chrono::seconds>(utc).time_since_epoch().count(); }
inline Utc from_seconds(i64 seconds) { return Utc{std::chrono::seconds{seconds}}; }

}  // namespace kith
