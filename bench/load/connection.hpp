// Connection: the load's end of one connection to a server that is measured: a socket that blocks, and kith's
// transport.
#pragma once

#include "bitcoin/transport.hpp"

namespace kith::bench {

/// Where a server listens on loopback, and how it is spoken to.
struct Target {
  u16 port = 0;
  bitcoin::Magic magic{};
  bool encrypted = false;
  /// Whether transactions may be announced to us.
  bool relay = false;
};

class Connection {
 public:
  /// Dials from 127.`net`.`host`.1.
  Connection(const Target& target, u8 net, u8 host);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Says version.
  void greet();
  /// Waits for version and verack, and says verack; false if the server hangs up instead.
  [[nodiscard]] bool answered();
  void say(std::string_view type, Body payload = {});
  /// The payload of the next message of this type. Others are passed over, but a ping is answered, and so are questions
  /// for headers and items: there are none. Nothing if the server hangs up.
  std::optional<Body> await(std::string_view type);
  /// Passes over what came, without waiting for any, in the same way; false if nothing came.
  bool drain();
  /// Says that nothing follows.
  void leave();
  /// Waits for the server to end the connection too: so it has seen all that was sent.
  void await_end();

 private:
  bool read_some(int flags);
  std::optional<bitcoin::NetMessage> take();
  void flush();

  Target target_;
  int socket_;
  Rng rng_;
  crypto::Aead aead_;
  bitcoin::Transport transport_;
};

}  // namespace kith::bench
