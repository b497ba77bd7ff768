// A node that listens over lean on loopback, with limits so wide that only the handshake decides; and the raw bytes
// with which the tests come to it.
#pragma once

#include <future>
#include <thread>

#include <boost/asio.hpp>

#include "lean/handshake.hpp"
#include "lean/mount.hpp"
#include "lean/port.hpp"
#include "shell/shell.hpp"

namespace kith::testing {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// One deadline for everything here.
inline constexpr auto generous = std::chrono::seconds(30);

inline Utc utc_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Utc{std::chrono::duration_cast<Utc::duration>(since)};
}

inline crypto::Identity identity_of(u8 fill) {
  std::array<u8, 32> seed{};
  seed.fill(fill);
  return crypto::Identity(seed);
}

inline Hello hello_of(const crypto::Identity& identity) {
  return {.id = PeerId{identity.public_key()},
          .network = Hash{7},
          .time = {},
          .port = 0,
          .version = version(0, 1, 0),
          .client = "test",
          .names = {}};
}

class WireNode {
 public:
  explicit WireNode(u8 seed, std::size_t pending = 10'000)
      : identity_(identity_of(seed)), shell_({.directory = {}, .listen = {{"lean", Ip::v4(127, 0, 0, 1), 0}}}) {
    const auto bound = shell_.listen();
    if (!bound) throw std::runtime_error(bound.error().what);
    address_ = bound->front();
    core::HostConfig config;
    config.self = hello_of(identity_);
    config.least_version = version(0, 1, 0);
    config.neighbours[0].word = "lean";
    config.neighbours[0].limits = {10'000, pending, 10'000, 1'000'000, 1'000'000, 1'000'000, 1'000'000};
    auto rng = Rng::seeded(seed);
    auto host = std::make_unique<core::Host>(std::move(config), nullptr, std::vector<core::Kind>{},
                                             lean::protocols({}, false), core::Memory{}, rng);
    std::vector<std::unique_ptr<core::Port>> ports;
    ports.push_back(std::make_unique<lean::Port>(identity_, false));
    shell_.on_event([this](const core::Event& event) {
      if (std::holds_alternative<core::PeerUp>(event)) ++ups_;
      if (std::holds_alternative<core::PeerBlamed>(event)) ++blames_;
    });
    shell_.start(std::make_unique<core::World>(std::move(host), std::move(ports)), nullptr);
    thread_ = std::thread([this] { shell_.run(); });
  }
  ~WireNode() {
    shell_.stop();
    thread_.join();
  }
  WireNode(const WireNode&) = delete;
  WireNode& operator=(const WireNode&) = delete;

  const Address& address() const { return address_; }
  PeerId id() const { return PeerId{identity_.public_key()}; }
  const crypto::Identity& identity() const { return identity_; }
  int ups() const { return ups_; }
  int blames() const { return blames_; }

  /// What `question` says of the host, asked on its own thread.
  template <typename Question>
  auto ask(Question question) {
    std::promise<decltype(question(std::declval<core::Host&>(), std::declval<core::Turn&>()))> answer;
    shell_.post([&](core::World& world, const core::Turn& turn) { answer.set_value(world.command(turn, question)); });
    return answer.get_future().get();
  }
  std::size_t open() {
    return ask([](core::Host& host, core::Turn&) {
      std::size_t count = 0;
      for (const auto& [peer, row] : host.connections().rows()) count += row.open;
      return count;
    });
  }
  std::size_t book_size() {
    return ask([](core::Host& host, core::Turn&) { return host.neighbours()[0].book().size(); });
  }
  u32 score(const PeerId& id) {
    return ask(
        [&](core::Host& host, core::Turn& turn) { return host.reputation().score(peers::Subject{id}, turn.utc); });
  }
  template <typename Done>
  bool wait(Done done) {
    const auto until = std::chrono::steady_clock::now() + generous;
    while (!done())
      if (std::chrono::steady_clock::now() > until) return false;
    return true;
  }

 private:
  crypto::Identity identity_;
  shell::Shell shell_;
  Address address_;
  std::atomic<int> ups_ = 0;
  std::atomic<int> blames_ = 0;
  std::thread thread_;
};

/// Somebody who dials with bytes of his own making.
struct Dialler {
  crypto::Identity identity;
  lean::Shared shared{.identity = identity};
  core::Offer offer;
  Rng rng;

  explicit Dialler(u8 seed) : identity(identity_of(seed)), rng(Rng::seeded(seed)) { offer.hello = hello_of(identity); }
  Result<lean::Asking> begin(const PeerId& whom, std::chrono::milliseconds skew = {}) {
    core::Turn turn{Time{}, utc_now() + skew, rng};
    return lean::Asking::begin(shared, offer, turn, whom);
  }
  Buffer first(const PeerId& whom, std::chrono::milliseconds skew = {}) { return begin(whom, skew)->message(); }
};

struct Heard {
  Buffer bytes;
  boost::system::error_code end;
};

class Raw {
 public:
  explicit Raw(const Address& to) { socket_.connect({asio::ip::make_address(to_text(to.ip)), to.port}); }
  void write(Bytes bytes) {
    boost::system::error_code refused;
    asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), refused);
  }
  void fin() {
    boost::system::error_code refused;
    socket_.shutdown(tcp::socket::shutdown_send, refused);
  }
  Buffer read(std::size_t size) {
    Buffer out(size);
    boost::system::error_code end;
    out.resize(asio::read(socket_, asio::buffer(out), end));
    return out;
  }
  Heard read_to_end() {
    Heard out;
    asio::async_read(socket_, asio::dynamic_buffer(out.bytes),
                     [&](const boost::system::error_code& error, std::size_t) { out.end = error; });
    io_.restart();
    io_.run_for(generous);
    return out;
  }

 private:
  asio::io_context io_;
  tcp::socket socket_{io_};
};

}  // namespace kith::testing
