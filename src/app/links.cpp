// One thread, two pipes a connection.
#include "app/links.hpp"

#include <atomic>
#include <deque>
#include <list>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "base/bytes.hpp"
#include "shell/tcp.hpp"

namespace kith::app {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

/// Most bytes that enter a pipe at once, and that the kernel keeps at either end of it: what waits should wait in the
/// node, where priorities act.
constexpr std::size_t piece = 4 * 1024;
constexpr int kernel_buffer = 8 * 1024;

struct Piece {
  Buffer bytes;
  Clock::time_point arrives;
};

/// One way of a connection: read, held back, written.
struct Pipe {
  Pipe(asio::io_context& io, tcp::socket& source, tcp::socket& sink, std::atomic<u64>& count)
      : from(source), to(sink), counter(count), timer(io) {}

  tcp::socket& from;
  tcp::socket& to;
  std::atomic<u64>& counter;
  asio::steady_timer timer;
  Buffer in = Buffer(piece);
  std::deque<Piece> under_way;
  /// When all that has entered has left the entrance.
  Clock::time_point free{};
  bool ended = false;
};

struct Line {
  Line(asio::io_context& io, tcp::socket dialled, std::atomic<u64>& dialler, std::atomic<u64>& listener)
      : near(std::move(dialled)), far(io), up(io, near, far, dialler), down(io, far, near, listener) {}

  tcp::socket near;
  tcp::socket far;
  Pipe up;
  Pipe down;
};

std::size_t node_of(const Ip& ip) { return std::size_t{ip.bytes[13]} - 1; }

}  // namespace

/// Shared by the handlers of a connection, so that the last one ends it.
using LinePtr = std::shared_ptr<Line>;

struct Links::Relay {
  explicit Relay(const LinkConfig& wanted, std::size_t nodes) : config(wanted), sent(nodes), ports(nodes) {
    for (std::size_t node = 0; node < nodes; ++node) listen(node);
    thread = std::thread([this] { io.run(); });
  }
  ~Relay() {
    io.stop();
    thread.join();
  }

  void listen(std::size_t node) {
    auto& acceptor = acceptors.emplace_back(io);
    error_code error;
    const auto at = shell::to_endpoint(before(node), 0);
    acceptor.open(at.protocol(), error);
    // Connections inherit it.
    acceptor.set_option(tcp::socket::receive_buffer_size(kernel_buffer), error);
    acceptor.bind(at, error);
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return;
    ports[node] = acceptor.local_endpoint().port();
    accept(acceptor, node);
  }

  void accept(tcp::acceptor& acceptor, std::size_t node) {
    acceptor.async_accept([this, &acceptor, node](const error_code& error, tcp::socket socket) {
      if (error) return;
      connect(std::move(socket), node);
      accept(acceptor, node);
    });
  }

  void connect(tcp::socket socket, std::size_t node) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) return;
    const auto dialler = node_of(shell::to_ip(peer.address()));
    // Somebody from outside the devnet.
    if (dialler >= sent.size()) return;
    auto line = std::make_shared<Line>(io, std::move(socket), sent[dialler], sent[node]);
    const auto from = shell::to_endpoint(before(dialler), 0);
    line->far.open(from.protocol(), error);
    line->far.set_option(tcp::socket::receive_buffer_size(kernel_buffer), error);
    if (!error) line->far.bind(from, error);
    if (error) return;
    line->far.async_connect(shell::to_endpoint(behind(node), ports[node]), [this, line](const error_code& failed) {
      if (failed) return;
      for (auto* socket_ : {&line->near, &line->far}) {
        error_code ignored;
        socket_->set_option(tcp::no_delay(true), ignored);
      }
      read(line, line->up);
      read(line, line->down);
    });
  }

  void read(const LinePtr& line, Pipe& pipe) {
    pipe.from.async_read_some(asio::buffer(pipe.in), [this, line, &pipe](const error_code& error, std::size_t count) {
      if (error) {
        pipe.ended = true;
        if (pipe.under_way.empty()) finish(pipe);
        return;
      }
      enter(line, pipe, Bytes(pipe.in).first(count));
    });
  }

  void enter(const LinePtr& line, Pipe& pipe, Bytes bytes) {
    pipe.counter += bytes.size();
    const auto now = Clock::now();
    const std::chrono::microseconds takes(bytes.size() * 1'000'000 / config.rate);
    pipe.free = std::max(now, pipe.free) + takes;
    const bool idle = pipe.under_way.empty();
    pipe.under_way.push_back({to_buffer(bytes), pipe.free + config.delay});
    if (idle) deliver(line, pipe);
    // The entrance is full while what has entered takes longer to leave than the queue may hold.
    const std::chrono::microseconds room(config.queue * 1'000'000 / config.rate);
    if (pipe.free - now < room) return read(line, pipe);
    auto wait = std::make_shared<asio::steady_timer>(io, pipe.free - room);
    wait->async_wait([this, line, &pipe, wait](const error_code& error) {
      if (!error) read(line, pipe);
    });
  }

  void deliver(const LinePtr& line, Pipe& pipe) {
    pipe.timer.expires_at(pipe.under_way.front().arrives);
    pipe.timer.async_wait([this, line, &pipe](const error_code& error) {
      if (error) return;
      asio::async_write(pipe.to, asio::buffer(pipe.under_way.front().bytes),
                        [this, line, &pipe](const error_code& failed, std::size_t) {
                          if (failed) return break_off(*line);
                          pipe.under_way.pop_front();
                          if (!pipe.under_way.empty()) return deliver(line, pipe);
                          if (pipe.ended) finish(pipe);
                        });
    });
  }

  static void finish(Pipe& pipe) {
    error_code ignored;
    pipe.to.shutdown(tcp::socket::shutdown_send, ignored);
  }

  static void break_off(Line& line) {
    error_code ignored;
    line.near.close(ignored);
    line.far.close(ignored);
  }

  LinkConfig config;
  asio::io_context io;
  std::deque<std::atomic<u64>> sent;
  std::vector<u16> ports;
  std::list<tcp::acceptor> acceptors;
  std::thread thread;
};

Links::Links(LinkConfig config, std::size_t nodes) : relay_(std::make_unique<Relay>(config, nodes)) {}
Links::~Links() = default;

Ip Links::before(std::size_t node) { return Ip::v4(127, static_cast<u8>(node + 1), 0, 1); }
Ip Links::behind(std::size_t node) { return Ip::v4(127, static_cast<u8>(node + 1), 0, 2); }
u16 Links::port(std::size_t node) const { return relay_->ports[node]; }

std::vector<u64> Links::sent() const { return {relay_->sent.begin(), relay_->sent.end()}; }

}  // namespace kith::app
