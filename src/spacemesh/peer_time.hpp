// peer time: tells the time to who asks, and asks everybody now and then, so that a clock that is off is noticed.
// parity: 28 | what most address groups say, by handshakes and by the original's own questions; the operator is told, nothing is set or stopped; no NTP | AskingTheTime.what_most_say_is_told_with_half_of_the_way_there_and_back_added, Clock.offset_is_the_median_less_half_of_each_round_trip, ClockWatchTest.a_clock_that_most_groups_differ_from_is_told_once_and_once_more_when_they_agree
#pragma once

#include "core/requests.hpp"
#include "spacemesh/clock.hpp"
#include "spacemesh/dialect.hpp"

namespace kith::spacemesh {

/// How often all are asked; go-spacemesh, timesync/peersync, sync interval. Answers are waited for as long as there.
inline constexpr Duration ask_time_every = std::chrono::minutes(30);
inline constexpr Duration time_patience = std::chrono::seconds(5);

class PeerTime : public core::Protocol {
 public:
  explicit PeerTime(Duration every = ask_time_every) : every_(every) {}

  std::vector<Name> names() const override { return {spoken(clock_protocol, Priority::control)}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return std::min(next_round_, asked_.next()); }
  bool idle() const override { return peers_.empty() && asked_.size() == 0; }

 private:
  void answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);

  Duration every_;
  u16 name_ = 0;
  u64 round_ = 0;
  std::set<Peer> peers_;
  Time next_round_ = never;
  /// When each was asked.
  core::Requests<Time> asked_;
};

}  // namespace kith::spacemesh
