// Network: many worlds in one simulated time, with the links, the disks and the misfortunes between them. It does for
// each world what a shell does; same seed, same run, byte for byte.
// parity: 30 | whole nodes, with links, loss, disks and clocks; the same run from the same seed | Network.runs_the_same_way_again_from_the_same_seed_and_another_way_from_another, Network.keeps_bytes_in_order_when_chunks_are_lost_and_links_are_narrow, AThousandStrangers.become_one_network_that_does_not_hang_on_its_hubs
#pragma once

#include "ledger/bitcoin/rules.hpp"
#include "sim/node.hpp"
#include "sim/post.hpp"
#include "sim/trace.hpp"

namespace kith::sim {

/// A process that asks to be woken again and again at one instant would stop the time.
inline constexpr int max_ticks_at_once = 1000;
/// How long a dial lasts that nobody answers; as the shell's.
inline constexpr Duration connect_within = 5s;

/// How much of the wire is real.
enum class Fidelity : u8 {
  /// Every byte that ships: handshakes, encryption, framing.
  bytes,
  /// Messages by reference: for scale, where the wire is not in question.
  messages,
};

struct NetworkConfig {
  Fidelity fidelity = Fidelity::bytes;
  /// One way between two nodes; each pair has its own.
  Duration least_latency = 10ms;
  Duration most_latency = 150ms;
  /// One chunk in so many comes late by `resend_after`, and all behind it; 0 for none.
  u64 lose_one_in = 0;
  Duration resend_after = 250ms;
  /// What a node sends per second, in bytes; 0 for no limit.
  u64 uplink = 0;
  /// How wrong a node's clock may be, either way.
  Utc::duration most_skew = std::chrono::seconds(2);
  /// How long a worker takes for a job; each node has one worker.
  Duration job = 500us;
  /// Most bytes that a world is given at once.
  std::size_t piece = 64 * 1024;
  /// Ticks after each thing that happens, beside those that are due.
  int extra_ticks = 0;
};

/// A debt that a node booked.
struct Blame {
  Time at;
  NodeIndex by = 0;
  /// The node that owes, unless it never proved who it is.
  std::optional<NodeIndex> whom;
  Error error;
};

class Network {
 public:
  explicit Network(u64 seed, NetworkConfig config = {});

  /// A machine that is switched off. The order of calls is part of the seed.
  NodeIndex add(NodeSpec spec);
  /// Whom to name as bootstrap.
  Endpoint endpoint(NodeIndex node) const;
  /// What a host name stands for, from now on.
  void name(const std::string& dns, std::vector<Ip> ips) { names_[dns] = std::move(ips); }

  void start(NodeIndex node);
  /// Goodbyes, files, then the end.
  void stop(NodeIndex node);
  /// As kill -9: the operating system ends the connections, what was not saved is lost.
  void kill(NodeIndex node);
  void restart(NodeIndex node);
  /// Another program, or other settings, for a machine that is off; its address and its disk stay.
  void refit(NodeIndex node, NodeSpec spec);

  /// Nodes in different sets do not reach each other; those in none of them are in one of their own. What is under way
  /// waits. heal() is partition({}).
  void partition(const std::vector<std::vector<NodeIndex>>& parts);
  void heal() { partition({}); }
  /// Breaks the connections between two nodes.
  void cut(NodeIndex a, NodeIndex b);
  /// Breaks the connection that the `n`-th event of any connection is about, counted from the start.
  void fail_event(u64 n) { fail_at_ = n; }

  /// How wrong the clock of a node is from now on; its deadlines do not see it.
  void set_skew(NodeIndex node, Utc::duration skew) { nodes_[node].skew = skew; }

  void run_for(Duration duration);
  /// Runs until `holds`, asked after each thing that happens; false if it did not within `limit`.
  bool run_until(const std::function<bool()>& holds, Duration limit);

  /// Runs `what` on a running node's host, as its application would.
  template <typename What>
  auto command(NodeIndex index, What what) {
    auto& node = nodes_[index];
    auto result = node.process->world->command(turn(node), std::move(what));
    settle(index);
    return result;
  }
  /// Hears every event of every node, when it happens.
  void watch(std::function<void(NodeIndex, const core::Event&)> watcher) { watchers_.push_back(std::move(watcher)); }

  Time now() const { return now_; }
  std::size_t size() const { return nodes_.size(); }
  bool is_up(NodeIndex node) const { return nodes_[node].process.has_value(); }
  /// Of a node that is up.
  const core::Host& host(NodeIndex node) const { return nodes_[node].process->world->host(); }
  Disk& disk(NodeIndex node) { return nodes_[node].disk; }
  const crypto::Identity& identity(NodeIndex node) const { return nodes_[node].identity; }
  std::optional<NodeIndex> find(const PeerId& id) const;
  const Traffic& traffic(NodeIndex node) const { return nodes_[node].traffic; }
  Utc utc(NodeIndex node) const;
  /// What all nodes of this network share.
  const Hash& id() const { return id_; }
  const std::vector<Blame>& blamed() const { return blamed_; }
  u64 connection_events() const { return connection_events_; }
  /// Messages by reference that were said and not taken yet.
  std::size_t letters_under_way() const { return post_.under_way(); }
  u64 happenings() const { return trace_.happenings(); }
  Hash digest() const { return trace_.digest(); }
  /// Dice of the scenario itself.
  Rng& rng() { return rng_; }

 private:
  core::Turn turn(Node& node) const;
  Duration latency(NodeIndex a, NodeIndex b) const;
  bool apart(NodeIndex a, NodeIndex b) const { return nodes_[a].part != nodes_[b].part; }

  // network.cpp: what happens.
  void happen(const Happening& happening);
  void knock(const Happening& happening);
  void connected(const Happening& happening);
  void deliver(const Happening& happening);
  void room(const Happening& happening);
  void tick(NodeIndex index);
  void job(NodeIndex index);
  void resolved(NodeIndex index);
  void datagram(const Happening& happening);
  /// Counts an event of a connection; true if this is the one that fails.
  bool fails();
  void take(NodeIndex index, Peer peer, const Chunk& chunk);

  // needs.cpp: what a world needs, and what follows from it.
  /// Does what a world needs, ticks it if that is due, and sets its alarm.
  void settle(NodeIndex index);
  void obey_all(NodeIndex index);
  void obey(NodeIndex index, const core::Connect& need);
  void obey(NodeIndex index, const core::Ready& need);
  void obey(NodeIndex index, core::Shut& need);
  void obey(NodeIndex index, core::SendDatagram& need);
  void obey(NodeIndex index, core::Resolve& need);
  void obey(NodeIndex index, core::Save& need);
  void obey(NodeIndex index, core::Work& need);
  void obey(NodeIndex index, const core::Event& need);
  /// Sends one batch, if the pipe has room.
  void send(NodeIndex index, Peer peer, u32 slot, u8 side);
  void transmit(u32 slot, u8 to, Chunk chunk);
  /// The link is over; nothing of what is under way arrives.
  void close_link(u32 slot);
  void lose(Pipe& pipe);
  void lose(Bytes bytes);
  /// Tries again to deliver what waits.
  void release(u32 slot, u8 side);
  /// The world behind `side` knows the link no more.
  void detach(u32 slot, u8 side);
  void break_link(u32 slot);
  void push(Duration in, NodeIndex node, What what);
  void push(Duration in, u32 slot, u8 side, What what);

  // start.cpp: putting a process together.
  void fill_in(NodeSpec& spec, const PeerId& id) const;
  Process boot(Node& node);
  void end(NodeIndex node);

  NetworkConfig config_;
  ledger::bitcoin::BitcoinRules rules_;
  Hash id_{};
  Hash seed_{};
  Rng rng_;
  Time now_{};
  Queue queue_;
  Links links_;
  Post post_;
  std::deque<Node> nodes_;
  std::map<PeerId, NodeIndex> by_id_;
  std::map<std::pair<Ip, u16>, NodeIndex> by_address_;
  std::map<std::string, std::vector<Ip>> names_;
  /// Those under way.
  struct Datagram {
    Address from;
    Buffer bytes;
  };
  std::map<u32, Datagram> datagrams_;
  u32 next_datagram_ = 0;
  std::vector<std::function<void(NodeIndex, const core::Event&)>> watchers_;
  std::vector<Blame> blamed_;
  u64 connection_events_ = 0;
  u64 fail_at_ = 0;
  Trace trace_;
};

}  // namespace kith::sim
