// A node's parts, and its thread.
#include "nodes/node.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "limits.hpp"

namespace kith::bench {

void Watch::until(const std::function<bool()>& holds, const char* what) {
  std::unique_lock lock(mutex_);
  check(changed_.wait_for(lock, std::chrono::minutes(1), holds), what);
}

crypto::Identity identity_of(u64 seed) {
  Buffer text;
  Writer(text).u64be(seed).bytes(as_bytes("bench"));
  return crypto::Identity(crypto::sha256(text));
}

Hash network_id() { return crypto::sha256(as_bytes("bench")); }

core::HostConfig open_config(const crypto::Identity& identity, u16 port) {
  core::HostConfig out;
  out.self = {.id = PeerId{identity.public_key()}, .network = network_id(), .client = "bench", .names = {}};
  out.neighbours[0].word = lean::wire_word;
  out.neighbours[0].port = port;
  out.neighbours[0].dialing.outbound = 0;
  out.neighbours[0].dialing.feeler_every = 24h;
  out.neighbours[0].limits = no_limits();
  return out;
}

Node::Node(NodeSettings settings)
    : identity_(identity_of(settings.seed)),
      shell_({.directory = {},
              .listen = settings.listens ? std::vector<shell::Listen>{{settings.word, Ip::v4(127, 0, 0, 1), 0}}
                                         : std::vector<shell::Listen>{},
              .workers = 1}) {
  const auto bound = shell_.listen();
  check(bound.has_value(), "a port on loopback");
  if (settings.listens) address_ = bound->front();
  address_.id = PeerId{identity_.public_key()};
  const auto turn = shell_.turn();
  // A node that tells no port is not called back: a probe would be a second handshake.
  auto config = open_config(identity_, 0);
  config.neighbours[0].word = settings.word;
  settings.adapt(config);
  auto host = std::make_unique<core::Host>(std::move(config), nullptr, std::move(settings.kinds), settings.protocols(),
                                           core::Memory{}, turn.rng);
  std::vector<std::unique_ptr<core::Port>> ports;
  ports.push_back(settings.port(std::make_unique<lean::Port>(identity_, false)));
  if (settings.on_event) shell_.on_event(std::move(settings.on_event));
  shell_.start(std::make_unique<core::World>(std::move(host), std::move(ports)), nullptr);
  thread_ = std::thread([this] { shell_.run(); });
}

Node::~Node() {
  shell_.stop();
  thread_.join();
}

void Node::connect(const Address& to) {
  command([to](core::Host& host, core::Turn& turn) {
    host.connect(turn, Endpoint{.dns = {}, .family = 0, .address = to});
  });
}

void Node::command(std::function<void(core::Host&, core::Turn&)> what) {
  shell_.post([what = std::move(what)](core::World& world, const core::Turn& now) {
    world.command(now, [&](core::Host& host, core::Turn& turn) { return what(host, turn), true; });
  });
}

}  // namespace kith::bench
