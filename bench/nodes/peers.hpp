// Peers: many identities in one process, each a lean wire on a socket of its own, that answer what a node asks.
#pragma once

#include <memory>
#include <vector>

#include "base/rng.hpp"
#include "crypto/keys.hpp"
#include "lean/wire.hpp"

namespace kith::bench {

class Peers {
 public:
  /// They dial the node with identity_of(1) at `port` of loopback.
  explicit Peers(u16 port);
  /// Dials until there are `count`, each with a session, a ping that was answered and the node's first questions behind
  /// it.
  void grow(std::size_t count);
  /// Answers what has come, waiting a little for it.
  void serve();

 private:
  struct One {
    crypto::Identity identity;
    lean::Shared shared;
    std::unique_ptr<lean::Wire> wire;
    int socket = -1;
    /// The answer to our ping came.
    bool answered = false;
    /// What the node asked so far: a ping, and addresses.
    int questions = 0;

    explicit One(u64 seed);
  };
  void dial();
  void hear(One& one);
  void answer(One& one, const Message& message);
  void send(One& one);
  core::Turn turn();

  u16 port_;
  Rng rng_;
  core::Offer offer_;
  std::vector<std::unique_ptr<One>> all_;
  int poll_;
};

}  // namespace kith::bench
