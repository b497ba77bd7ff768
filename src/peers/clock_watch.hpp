// Clock watch: whether this machine's date is what others say that it is. It only tells; nothing is ever set by it.
#pragma once

#include <map>
#include <optional>

#include "base/time.hpp"
#include "model/address.hpp"

namespace kith::peers {

/// Past this two nodes refuse each other.
inline constexpr Duration clock_tolerance = 10min;
/// So many groups at least, and most of those that were heard lately, must differ before it is told.
inline constexpr std::size_t clock_groups = 2;
/// How long a date that was heard counts, and groups that are remembered at once; the oldest makes room.
inline constexpr Duration clock_keep = 2h;
inline constexpr std::size_t max_clock_groups = 256;
inline constexpr Duration clock_look_every = 10s;

struct ClockNews {
  /// How far the others' clocks are ahead of ours (the median of those that differ); 0 when they agree again.
  Utc::duration ahead{};
  /// Groups that differ.
  std::size_t groups = 0;
};

class ClockWatch {
 public:
  /// Somebody at `by` said just now that it is `theirs`: any number, true or not. A group has one voice.
  void heard(Time now, const Ip& by, Utc theirs);
  /// What changed, once: they began to differ, or agree again. What was heard runs on by the monotonic clock, so that a
  /// jump of our own date shows without a new word of anybody.
  std::optional<ClockNews> look(Time now, Utc utc);
  Time next() const { return rows_.empty() ? never : look_at_; }
  std::size_t size() const { return rows_.size(); }

 private:
  struct Row {
    Time at;
    Utc theirs;
  };

  std::map<Group, Row> rows_;
  Time look_at_{};
  bool differs_ = false;
};

}  // namespace kith::peers
