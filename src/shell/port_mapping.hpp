// PortMapping: one port of this machine, opened on the UPnP gateway in front of it for as long as this lives.
#pragma once

#include <functional>
#include <thread>

#include "base/error.hpp"
#include "shell/upnp.hpp"

namespace kith::shell {

struct PortMappingConfig {
  /// The port that is listened on; the gateway opens the same. Not 0.
  u16 port = 0;
  /// UDP beside TCP.
  bool udp = false;
  /// The URL of the gateway's description; empty searches for one.
  std::string gateway = {};
  Address search_at = search_group;
  Duration search_within = 3s;
  /// For each answer of the gateway, from the connection to the last byte.
  Duration answer_within = 5s;
  /// How long the gateway keeps a mapping that is not renewed, which is done at the half.
  Duration lease = 20min;
  /// Between a failure and the next attempt; it doubles with each failure in a row.
  Duration first_pause = 30s;
  Duration longest_pause = 20min;
  /// For taking the mappings back at the end.
  Duration stop_within = 2s;
};

struct Mapped {
  /// What the gateway says: it may lie, or stand behind another gateway. Worth telling to others only if its reach()
  /// is 2.
  Ip external;
  u16 port = 0;
  /// The gateway knows no mapping that ends by itself: it stays if it cannot be taken back.
  bool permanent = false;
  bool operator==(const Mapped&) const = default;
};

class PortMapping {
 public:
  /// Called on the thread of the mapping when the port is mapped, and when what was told is no longer so: another
  /// address, a failure, another failure. `what` of an error is a sentence for the operator. bad_config: the URL of the
  /// gateway.
  using Changed = std::function<void(const Result<Mapped>&)>;

  PortMapping(PortMappingConfig config, Changed changed);
  ~PortMapping() { stop(); }
  PortMapping(const PortMapping&) = delete;
  PortMapping& operator=(const PortMapping&) = delete;

  /// Takes the mappings back and returns after stop_within the latest, and after a call of `changed` that is under way.
  /// Nothing is told hereafter.
  void stop();

 private:
  void run(const std::stop_token& stop);
  Result<Mapped> map();
  Result<Mapped> map_on(const GatewayUrl& description);
  void unmap();
  void tell(Result<Mapped> now);

  PortMappingConfig config_;
  Changed changed_;
  Waits waits_;
  std::optional<Result<Mapped>> told_;
  /// Who may hold a mapping of ours, and for which protocols.
  std::optional<Gateway> gateway_;
  std::vector<std::string_view> held_;
  std::jthread thread_;
};

/// The pause after so many failures in a row, at least one.
Duration pause_after(u32 failures, const PortMappingConfig& config);

}  // namespace kith::shell
