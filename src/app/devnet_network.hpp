// Devnet network: the node processes of one devnet, what each said last, and waiting for what all of them shall say.
#pragma once

#include <chrono>
#include <functional>

#include "app/devnet_nodes.hpp"
#include "app/devnet_table.hpp"

namespace kith::app {

inline constexpr std::size_t max_devnet_nodes = 100;
/// A stage that makes no progress for so long has failed.
inline constexpr auto devnet_patience = std::chrono::seconds(60);
inline constexpr auto devnet_look_every = std::chrono::milliseconds(250);

class DevnetNetwork {
 public:
  using Clock = std::chrono::steady_clock;

  /// `count` nodes with empty folders in `directory`; what an earlier devnet left there is gone. None runs yet.
  DevnetNetwork(std::filesystem::path directory, std::size_t count);
  ~DevnetNetwork();
  DevnetNetwork(const DevnetNetwork&) = delete;
  DevnetNetwork& operator=(const DevnetNetwork&) = delete;

  std::deque<DevnetNode>& nodes() { return nodes_; }
  /// What each node said last.
  std::vector<NodeState>& states() { return states_; }
  /// How long blocks took to reach each node, in ms, for the table.
  std::vector<std::vector<i64>>& delays() { return delays_; }
  const std::filesystem::path& directory() const { return directory_; }

  /// Since the clock of the table was set to 0.
  std::chrono::duration<double> elapsed() const { return Clock::now() - began_; }
  void begin_clock() { began_ = Clock::now(); }
  void set_stage(std::string stage) { stage_ = std::move(stage); }

  /// Asks all nodes once how they fare. False if one ended that was not stopped by us.
  bool look();
  /// Looks until `done`. False if that fails, when interrupted, or if nothing moves for devnet_patience: no height, and
  /// not what `progress` counts.
  bool wait(
      const char* stage, const std::function<bool()>& done,
      const std::function<u64()>& progress = [] { return u64{0}; });
  /// Whether `holds` is true of what every node said last.
  bool all(const std::function<bool(const NodeState&)>& holds) const;
  void draw_last() { draw(true); }
  /// What is drawn stays, and the next table begins below it.
  void leave_table() { table_.leave(); }

  /// Notes why there is no going on; false, so that a stage may return it.
  bool fail(std::string why);
  const std::string& failure() const { return failure_; }

  /// SIGINT and SIGTERM from now on end the stage that runs.
  static void watch_signals();
  static bool interrupted();

 private:
  void draw(bool last);

  std::filesystem::path directory_;
  std::deque<DevnetNode> nodes_;
  std::vector<NodeState> states_;
  std::vector<std::vector<i64>> delays_;
  DevnetTable table_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point drawn_{};
  std::string stage_ = "starting";
  u64 height_before_ = 0;
  double rate_ = 0;
  std::string failure_;
};

}  // namespace kith::app
