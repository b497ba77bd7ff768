// World: one host and its ports and wires, driven by a shell or a simulator: events in, needs out. It holds no socket
// and no clock, so what runs in the simulator is what ships.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/fifo.hpp"
#include "core/host.hpp"
#include "core/port.hpp"

namespace kith::core {

// What the driver is to do.
struct Connect {
  Peer peer;
  Address to;
  /// See Dial.
  std::string dns = {};
};
/// There are bytes to pull for `peer`, or it may be read again.
struct Ready {
  Peer peer;
};
/// Send `last`, then FIN, then read and drop what comes (at most 64 KiB, at most 1 s), then forget it: a close() with
/// unread bytes would send RST, which tells a scanner something.
struct Shut {
  Peer peer;
  Buffer last;
};
using Need = std::variant<Connect, Ready, Shut, Resolve, Save, Work, SendDatagram, Event>;

/// Most bytes of messages that are not whole yet, over all connections; past this the one that holds most is closed.
inline constexpr std::size_t max_held = 256 * 1024 * 1024;

/// Bytes of streams, with all that a wire adds.
struct Traffic {
  u64 received = 0;
  u64 sent = 0;
};

class World {
 public:
  World(std::unique_ptr<Host> host, std::vector<std::unique_ptr<Port>> ports, std::size_t most_held = max_held);

  Host& host() { return *host_; }
  const Host& host() const { return *host_; }

  /// The first turn; then needs may be taken.
  void start(const Turn& turn);

  /// Somebody connected from `from`; nothing if it is to be closed without a byte.
  std::optional<Peer> accept(const Turn& turn, std::string_view word, const Address& from);
  /// A Connect succeeded, or did not: `why` is a text that lasts.
  void connected(const Turn& turn, Peer peer);
  void not_connected(const Turn& turn, Peer peer, const char* why = "connect");
  void receive(const Turn& turn, Peer peer, Bytes bytes);
  /// The other side's stream ended, or the connection broke.
  void ended(const Turn& turn, Peer peer);
  /// Appends bytes to send to `peer`, about `room` of them at most.
  void pull(const Turn& turn, Peer peer, Buffer& out, std::size_t room);
  /// Whether `peer` may be read from.
  bool reads(Peer peer) const;
  /// A datagram came to the listener of `from.wire`.
  void datagram(const Turn& turn, const Address& from, Bytes bytes);
  void resolved(const Turn& turn, const Endpoint& endpoint, std::span<const Ip> ips);
  void done(const Turn& turn, const Done& done);
  void tick(const Turn& turn);
  /// Runs `what` on the host, as an application's command, and what follows from it.
  template <typename What>
  auto command(const Turn& turn, What what) {
    Turn mine = turn;
    auto result = what(*host_, mine);
    settle(mine);
    return result;
  }
  /// Closes every connection with a goodbye and saves all files.
  void stop(const Turn& turn);

  /// When to tick next; earlier, later and more often is harmless.
  Time next() const;
  std::optional<Need> take();
  std::size_t connections() const { return lines_.size(); }
  /// Since the start, with connections that have ended.
  const Traffic& traffic() const { return traffic_; }
  /// Of one connection; nothing if there is none.
  std::optional<Traffic> traffic(Peer peer) const;

 private:
  struct Line {
    std::unique_ptr<Wire> wire;
    bool paused = false;
    bool told_ready = false;
    std::size_t held = 0;
    Time deadline = never;
    Traffic traffic = {};
  };

  Port* port(std::string_view word);
  void add(Peer peer, std::unique_ptr<Wire> wire);
  /// Carries reports up and orders down until nothing moves.
  void settle(Turn& turn);
  void drain(Turn& turn, Peer peer);
  /// Does what the ports say of datagrams; true if they said something.
  bool hear_ports(Turn& turn);
  void obey(Turn& turn, Order order);
  void forget(Turn& turn, Peer peer);
  /// Closes the connection that holds most of what is not whole.
  void shed(Turn& turn);
  /// Notes that `peer`'s wire was touched.
  void touch(Peer peer) {
    const auto at = std::lower_bound(touched_.begin(), touched_.end(), peer);
    if (at == touched_.end() || *at != peer) touched_.insert(at, peer);
  }

  std::unique_ptr<Host> host_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::map<Peer, Line> lines_;
  std::size_t most_held_;
  std::size_t held_ = 0;
  Traffic traffic_;
  /// Connects that were asked for and are under way.
  std::map<Peer, Dial> dialling_;
  /// Sorted; few at a time, so that a set would be all allocations.
  std::vector<Peer> touched_;
  std::set<std::pair<Time, Peer>> deadlines_;
  Fifo<Need> needs_;
};

}  // namespace kith::core
