// Node: a whole node on a thread of its own, put together as the program does it, with the limits that a benchmark
// needs raised in its configuration.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "crypto/keys.hpp"
#include "lean/port.hpp"
#include "shell/shell.hpp"

namespace kith::bench {

/// What one thread does and another waits for.
class Watch {
 public:
  template <typename What>
  void change(What what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }
  /// Ends the program if `holds` does not within a minute.
  void until(const std::function<bool()>& holds, const char* what);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

using Protocols = std::vector<std::unique_ptr<core::Protocol>>;

struct NodeSettings {
  /// Names the identity; nobody else's.
  u64 seed = 0;
  bool listens = true;
  std::string word = std::string(lean::wire_word);
  /// What its wire needs beside the raised limits.
  std::function<void(core::HostConfig&)> adapt = [](core::HostConfig&) {};
  std::vector<core::Kind> kinds = {};
  /// Made anew for this node.
  std::function<Protocols()> protocols = [] { return Protocols{}; };
  std::function<void(const core::Event&)> on_event = {};
  /// Wraps the port of lean, or gives that of another wire.
  std::function<std::unique_ptr<core::Port>(std::unique_ptr<core::Port>)> port = std::identity{};
};

crypto::Identity identity_of(u64 seed);
/// The network that all nodes of the benchmarks are in.
Hash network_id();
/// Nothing that a neighbour may do on loopback, where all are one group, is refused for its number.
core::HostConfig open_config(const crypto::Identity& identity, u16 port);

class Node {
 public:
  explicit Node(NodeSettings settings);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// From any thread.
  void connect(const Address& to);
  void command(std::function<void(core::Host&, core::Turn&)> what);

  const Address& address() const { return address_; }

 private:
  crypto::Identity identity_;
  shell::Shell shell_;
  Address address_;
  std::thread thread_;
};

}  // namespace kith::bench
