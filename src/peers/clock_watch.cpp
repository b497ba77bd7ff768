// Dates of others, each brought forward to now.
#include "peers/clock_watch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace kith::peers {
namespace {

/// No clock is later than the year 5138; what is told beyond may not overflow.
constexpr i64 latest_millis = 100'000'000'000'000;

}  // namespace

void ClockWatch::heard(Time now, const Ip& by, Utc theirs) {
  const auto group = group_of(by);
  if (rows_.size() >= max_clock_groups && !rows_.contains(group))
    rows_.erase(std::ranges::min_element(rows_, {}, [](const auto& row) { return row.second.at; }));
  rows_.insert_or_assign(group, Row{now, from_millis(std::clamp(to_millis(theirs), i64{0}, latest_millis))});
}

std::optional<ClockNews> ClockWatch::look(Time now, Utc utc) {
  if (now < look_at_) return std::nullopt;
  look_at_ = now + clock_look_every;
  std::erase_if(rows_, [&](const auto& row) { return now - row.second.at > clock_keep; });
  std::vector<Utc::duration> off;
  for (const auto& [group, row] : rows_) {
    const auto ahead = row.theirs + std::chrono::duration_cast<Utc::duration>(now - row.at) - utc;
    if (ahead > clock_tolerance || ahead < -clock_tolerance) off.push_back(ahead);
  }
  const bool differs = off.size() >= clock_groups && 2 * off.size() > rows_.size();
  if (differs == std::exchange(differs_, differs)) return std::nullopt;
  if (!differs) return ClockNews{};
  const auto middle = off.begin() + static_cast<std::ptrdiff_t>(off.size() / 2);
  std::nth_element(off.begin(), middle, off.end());
  return ClockNews{*middle, off.size()};
}

}  // namespace kith::peers
