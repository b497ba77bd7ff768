// Links: relays before the nodes of a devnet that hold every connection to a rate and a delay, as a line between two
// towns would, and count what each node sends.
#pragma once

#include <memory>
#include <vector>

#include "base/time.hpp"
#include "model/address.hpp"

namespace kith::app {

struct LinkConfig {
  /// Each way of each connection, in bytes a second.
  u64 rate = 20'000'000 / 8;
  /// One way.
  Duration delay = std::chrono::milliseconds(20);
  /// What may wait at the entrance of one way, in bytes; past it the sender waits, as TCP lets it.
  std::size_t queue = 16 * 1024;
};

class Links {
 public:
  /// Before node i, which listens on `behind`(i), at `before`(i): two addresses of its own, with one port.
  Links(LinkConfig config, std::size_t nodes);
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  static Ip before(std::size_t node);
  static Ip behind(std::size_t node);
  /// The port at which others find `node`, and on which it is to listen itself; 0 if none could be bound.
  u16 port(std::size_t node) const;

  /// Bytes that each node has sent so far over all its connections.
  std::vector<u64> sent() const;

 private:
  struct Relay;
  std::unique_ptr<Relay> relay_;
};

}  // namespace kith::app
