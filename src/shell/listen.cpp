// The shell's listeners: binding them, and what they accept.
#include <optional>

#include <boost/asio/ip/v6_only.hpp>

#include "shell/shell.hpp"

namespace kith::shell {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How many ports of the system's choice are tried where connections and datagrams must have the same.
constexpr int port_choices = 16;

bool out_of_descriptors(const error_code& error) {
  return error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system ||
         error == asio::error::no_buffer_space || error == asio::error::no_memory;
}

}  // namespace

Result<std::vector<Address>> Shell::listen() {
  std::vector<Address> out;
  for (const auto& at : config_.listen) {
    auto bound = at.datagrams ? bind_both(at) : bind(at);
    if (!bound) return std::unexpected(bound.error());
    out.push_back(std::move(*bound));
  }
  return out;
}

/// One port for connections and datagrams: where the system chooses, it chooses again if only one is free.
Result<Address> Shell::bind_both(const Listen& at) {
  error_code error;
  for (int i = 0; i < (at.port == 0 ? port_choices : 1); ++i) {
    auto bound = bind(at);
    if (!bound) return bound;
    error = datagrams_.emplace_back(io_, at.word).bind(at.ip, bound->port);
    if (!error) return bound;
    datagrams_.pop_back();
    listeners_.pop_back();
  }
  complaint_ =
      "cannot hear datagrams on " + to_text(at.ip) + " port " + std::to_string(at.port) + ": " + error.message();
  return fail(Fault::bad_config, complaint_.c_str());
}

Result<Address> Shell::bind(const Listen& at) {
  auto& listener = listeners_.emplace_back(Listener{at.word, tcp::acceptor(io_), asio::steady_timer(io_)});
  auto& acceptor = listener.acceptor;
  const auto endpoint = to_endpoint(at.ip, at.port);
  error_code error;
  const auto then = [&](auto what) {
    if (!error) what();
  };
  then([&] { acceptor.open(endpoint.protocol(), error); });
  then([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
  // Both families may be listened on with one port, each by its own listener.
  if (endpoint.protocol() == tcp::v6()) then([&] { acceptor.set_option(asio::ip::v6_only(true), error); });
  then([&] { acceptor.bind(endpoint, error); });
  then([&] { acceptor.listen(tcp::acceptor::max_listen_connections, error); });
  if (!error) return Address{at.ip, acceptor.local_endpoint().port(), at.word, std::nullopt};
  listeners_.pop_back();
  complaint_ = "cannot listen on " + to_text(at.ip) + " port " + std::to_string(at.port) + ": " + error.message();
  return fail(Fault::bad_config, complaint_.c_str());
}

void Shell::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || stopping_) return;
    if (out_of_descriptors(error)) {
      if (!std::exchange(listener.starved, true)) complain({Fault::no_slot, "connections"}, error.message());
      listener.again.expires_after(accept_again);
      return listener.again.async_wait([this, &listener](const error_code& cancelled) {
        if (!cancelled) accept(listener);
      });
    }
    listener.starved = false;
    if (!error) accepted(listener, std::move(socket));
    accept(listener);
  });
}

void Shell::accepted(Listener& listener, tcp::socket socket) {
  error_code error;
  const auto from = socket.remote_endpoint(error);
  if (error) return;
  std::optional<Peer> peer;
  Tcp connection(std::move(socket));
  enter([&](const core::Turn& now) {
    peer = world_->accept(now, listener.word, {to_ip(from.address()), from.port(), listener.word, std::nullopt});
    if (peer) lines_.emplace(*peer, Line{std::move(connection)});
  });
  if (!peer) return farewells_.add(std::move(connection), {});
  await_bytes(*peer);
}

std::optional<Ip> Shell::source_for(const Ip& to) const {
  // On one machine each node has its own 127.x.0.1: a peer then sees it come from where it listens.
  if (!to.is_loopback()) return std::nullopt;
  for (const auto& at : config_.listen)
    if (at.ip.is_loopback() && at.ip.is_v4() == to.is_v4() && at.ip != Ip::v4(127, 0, 0, 1)) return at.ip;
  return std::nullopt;
}

}  // namespace kith::shell
