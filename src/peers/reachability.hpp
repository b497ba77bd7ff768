// Reachability: where we are seen, and whether we can be dialled there, by the word of enough groups.
// parity: 4 | mapped for a lease that is renewed, without anybody's name, and taken back at the end | PortMapping.maps_a_port_for_a_lease_and_takes_it_back_at_the_end
#pragma once

#include <map>
#include <optional>

#include "base/time.hpp"
#include "model/address.hpp"

namespace kith::peers {

struct ReachabilityConfig {
  /// Distinct groups whose word is needed.
  std::size_t groups = 3;
  /// How long a report counts.
  Duration keep = 2h;
};

/// Groups whose reports are kept; the oldest makes room.
inline constexpr std::size_t max_reports = 256;

class Reachability {
 public:
  enum class State : u8 { unknown, yes, no };

  explicit Reachability(ReachabilityConfig config);

  /// Somebody at `by` sees us at `seen`; `reached` if it dialled us there, and whether that went well. A group has one
  /// voice, and the latest report is what it says.
  void report(Time now, const Ip& by, const Address& seen, std::optional<bool> reached);

  /// Where more groups see us than anywhere else, if they are enough.
  std::optional<Ip> own_ip(Time now) const;
  /// Yes if enough groups reached us at our own address; no if enough failed there and none reached us.
  State state(Time now) const;
  std::size_t size() const { return reports_.size(); }

 private:
  struct Report {
    Time at;
    Ip seen;
    std::optional<bool> reached;
  };
  bool counts(const Report& report, Time now) const { return now - report.at <= config_.keep; }

  ReachabilityConfig config_;
  std::map<Group, Report> reports_;
};

}  // namespace kith::peers
