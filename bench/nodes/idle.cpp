// Memory of a server that holds connections on which there was traffic and is none now. Its peers are in another
// process, made of lean wires alone.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.hpp"
#include "lean/mount.hpp"
#include "nodes/node.hpp"
#include "nodes/parts.hpp"
#include "nodes/peers.hpp"

namespace kith::bench {
namespace {

/// Connected before the first look, so that what grows once is not taken for a connection's.
constexpr std::size_t first_peers = 20;

struct Pipe {
  int ends[2];
  Pipe() { check(pipe(ends) == 0, "a pipe"); }
  void write_number(double value) const { check(write(ends[1], &value, sizeof value) == sizeof value, "a pipe"); }
  double read_number() const {
    double out = 0;
    check(read(ends[0], &out, sizeof out) == sizeof out, "the other process");
    return out;
  }
};

/// Bytes per connection, in a process of its own that this one waits for.
double measure(std::size_t connections) {
  const Pipe result;
  const auto server = fork();
  check(server >= 0, "a process");
  if (server > 0) {
    const double out = result.read_number();
    waitpid(server, nullptr, 0);
    return out;
  }
  const Pipe port;
  const Pipe wanted;
  const Pipe there;
  if (fork() == 0) {
    Peers peers(static_cast<u16>(port.read_number()));
    pollfd orders{wanted.ends[0], POLLIN, 0};
    while (true) {
      peers.serve();
      if (poll(&orders, 1, 0) != 1) continue;
      const double count = wanted.read_number();
      if (count < 0) break;
      peers.grow(static_cast<std::size_t>(count));
      there.write_number(count);
    }
    _exit(0);
  }
  {
    Watch watch;
    std::size_t open = 0;
    Node node({.seed = 1,
               .protocols = [] { return lean::protocols({.ping = 10min, .addresses = 10min}, false); },
               .on_event =
                   [&](const core::Event& event) {
                     if (std::holds_alternative<core::PeerUp>(event)) watch.change([&] { ++open; });
                   }});
    port.write_number(node.address().port);
    const auto resident_with = [&](std::size_t count) {
      wanted.write_number(static_cast<double>(count));
      there.read_number();
      watch.until([&] { return open == count; }, "all connections");
      // The last answers are under way for a moment.
      usleep(500'000);
      return resident_bytes();
    };
    const double before = resident_with(first_peers);
    const double after = resident_with(first_peers + connections);
    wanted.write_number(-1);
    result.write_number((after - before) / static_cast<double>(connections));
    wait(nullptr);
  }
  _exit(0);
}

}  // namespace

void idle(Figures& out) {
  for (const std::size_t connections : {std::size_t{1000}, std::size_t{9000}}) {
    const double bytes = measure(connections);
    say(
        fmt::format("idle: {} connections after a handshake, names, a ping each way and the questions of each "
                    "protocol: {:.0f} resident "
                    "bytes each",
                    connections, bytes));
    out.push_back({fmt::format("resident bytes per idle connection at {}", connections), "B", bytes, 2048, Better::less,
                   "go 43 KiB, rust 45 KiB"});
  }
}

}  // namespace kith::bench
