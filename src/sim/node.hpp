// Node: one simulated machine: what it is told to be, its disk, and the process that runs on it or does not.
#pragma once

#include <functional>

#include "base/fifo.hpp"
#include "core/world.hpp"
#include "crypto/keys.hpp"
#include "lean/mount.hpp"
#include "lean/port.hpp"
#include "ledger/log_judge.hpp"
#include "sim/disk.hpp"
#include "sim/link.hpp"

namespace kith::sim {

using Protocols = std::vector<std::unique_ptr<core::Protocol>>;
using Ports = std::vector<std::unique_ptr<core::Port>>;

/// The version that nodes say that they are, unless they are told another.
inline constexpr Version node_version = version(0, 1, 0);
inline constexpr u16 node_port = 7513;

struct NodeSpec {
  /// Nobody else's.
  Ip ip;
  /// Its id, network, client and port are filled in, and its version unless that is given.
  core::HostConfig config;
  lean::Pace pace;
  bool has_ledger = true;
  /// Whether others can connect to it; it can connect to them in either case.
  bool reachable = true;
  std::vector<core::Kind> kinds;
  /// Rules of its ledger for headers and for blocks, where they are not regtest's. They outlive the network.
  const ledger::Rules* rules = nullptr;
  ledger::LogJudge::Check check = nullptr;
  /// What an adversary, or a test that looks on, puts in the place of the true ones.
  std::function<Protocols(Protocols)> protocols = std::identity{};
  std::function<Ports(Ports)> ports = std::identity{};
  std::function<std::unique_ptr<ledger::Judge>(std::unique_ptr<ledger::Judge>)> judge = std::identity{};
};

/// What a node's connections carried, in bytes.
struct Traffic {
  u64 sent = 0;
  u64 received = 0;
};

/// A running process: everything that a kill takes.
struct Process {
  std::unique_ptr<ledger::Judge> judge;
  std::unique_ptr<core::World> world;
  /// Where each of the world's connections is: the link's slot, and our side of it.
  std::map<Peer, std::pair<u32, u8>> lines;
  /// Jobs and names to resolve, in the order in which they come back.
  Fifo<core::Job> jobs;
  Fifo<Endpoint> resolving;
  Time worker_free{};
  /// When the tick that counts comes.
  Time tick_at = never;
};

struct Node {
  NodeSpec spec;
  crypto::Identity identity;
  Rng rng;
  /// How wrong its clock is.
  Utc::duration skew{};
  /// The side of a partition that it is on.
  u32 part = 0;
  /// How often a process was started here.
  u32 life = 0;
  Time uplink_free{};
  Traffic traffic;
  Disk disk;
  std::optional<Process> process;
};

}  // namespace kith::sim
