// LogLimit: how many lines of one kind the log takes, so that who can cause a line fills no disk with it and drowns
// nothing else.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/token_bucket.hpp"

namespace kith::app {

/// Lines of one kind at once, and per second from then on.
inline constexpr u64 log_burst = 500;
inline constexpr u64 log_per_second = 1;
/// Kinds that are told apart; all others share one limit.
inline constexpr std::size_t max_log_kinds = 64;

class LogLimit {
 public:
  /// Whether a line of this kind may be written now; if so, how many were passed over since the last that was.
  std::pair<bool, u64> take(Time now, const std::string& kind) {
    const bool known = rows_.contains(kind) || rows_.size() < max_log_kinds;
    auto& row =
        rows_.try_emplace(known ? kind : std::string(), TokenBucket(log_per_second, log_burst, now)).first->second;
    if (!row.lines.take(now)) {
      ++row.passed_over;
      return {false, 0};
    }
    return {true, std::exchange(row.passed_over, 0)};
  }

 private:
  struct Row {
    explicit Row(TokenBucket bucket) : lines(bucket) {}
    TokenBucket lines;
    u64 passed_over = 0;
  };
  std::map<std::string, Row> rows_;
};

}  // namespace kith::app
