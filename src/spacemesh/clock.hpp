// Clock: asking peers for the time, and what their answers say of our clock. Times are in nanoseconds since 1970.
// go-spacemesh, timesync/peersync/.
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "base/error.hpp"

namespace kith::spacemesh {

inline constexpr std::string_view clock_protocol = "/peersync/1.0/";
inline constexpr u32 type_clock = 5;
/// Answers that are needed before they say anything, and most of one round that are looked at.
inline constexpr std::size_t least_clock_answers = 3;
inline constexpr std::size_t max_clock_answers = 1024;
/// Past this a clock is wrong.
inline constexpr std::chrono::nanoseconds max_clock_offset = std::chrono::seconds(10);

/// round unsigned hyper | time hyper
struct ClockAnswer {
  u64 round = 0;
  i64 time = 0;
  bool operator==(const ClockAnswer&) const = default;
};

/// The body of the question: the round.
Buffer encode_clock_question(u64 round);
Result<u64> decode_clock_question(Bytes body);
Buffer encode(const ClockAnswer& answer);
/// All fail with malformed.
Result<ClockAnswer> decode_clock_answer(Bytes data);

struct ClockSample {
  /// What the peer said: any number.
  i64 theirs = 0;
  /// When it came.
  i64 came = 0;
};

/// How far the peers' clocks are ahead of ours: the median over the answers to what was asked at `asked`, each less
/// half of its round trip. Nothing if there are too few.
std::optional<std::chrono::nanoseconds> clock_offset(i64 asked, std::span<const ClockSample> answers);
/// The original stops when this is so ten times in a row.
inline bool is_off(std::chrono::nanoseconds offset) { return offset > max_clock_offset || offset < -max_clock_offset; }

}  // namespace kith::spacemesh
