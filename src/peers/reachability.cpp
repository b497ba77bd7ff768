// One group, one voice: whoever owns many addresses of a group still cannot tell us who we are.
#include "peers/reachability.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::peers {

Reachability::Reachability(ReachabilityConfig config) : config_(config) {
  check(config_.groups > 0, "somebody's word is needed");
}

void Reachability::report(Time now, const Ip& by, const Address& seen, std::optional<bool> reached) {
  const auto group = group_of(by);
  const auto old = reports_.find(group);
  if (old != reports_.end()) {
    // Seeing us again says nothing about reaching us.
    if (!reached && old->second.seen == seen.ip && counts(old->second, now)) reached = old->second.reached;
  } else if (reports_.size() >= max_reports) {
    reports_.erase(std::ranges::min_element(reports_, {}, [](const auto& row) { return row.second.at; }));
  }
  reports_.insert_or_assign(group, Report{now, seen.ip, reached});
}

std::optional<Ip> Reachability::own_ip(Time now) const {
  std::map<Ip, std::size_t> voices;
  for (const auto& [group, report] : reports_)
    if (counts(report, now)) ++voices[report.seen];
  const auto count = [](const auto& row) { return row.second; };
  const auto most = std::ranges::max_element(voices, {}, count);
  if (most == voices.end() || most->second < config_.groups) return std::nullopt;
  if (std::ranges::count(voices, most->second, count) > 1) return std::nullopt;
  return most->first;
}

Reachability::State Reachability::state(Time now) const {
  const auto ip = own_ip(now);
  if (!ip) return State::unknown;
  std::size_t yes = 0, no = 0;
  for (const auto& [group, report] : reports_) {
    if (!counts(report, now) || report.seen != *ip || !report.reached) continue;
    ++(*report.reached ? yes : no);
  }
  if (yes >= config_.groups) return State::yes;
  return no >= config_.groups && yes == 0 ? State::no : State::unknown;
}

}  // namespace kith::peers
