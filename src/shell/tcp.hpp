// Tcp: one connection of the operating system, which never blocks and holds no buffer while it is idle.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/error.hpp"
#include "model/address.hpp"

namespace kith::shell {

using tcp = boost::asio::ip::tcp;

/// Most bytes of one read and, about, of one write.
inline constexpr std::size_t batch = 64 * 1024;
/// How often a batch is halved on a connection that could not take the last one whole.
inline constexpr u8 most_halvings = 2;
/// Past so many bytes that the kernel holds unsent a socket takes no more: what waits longer should wait in the wire,
/// where priorities act.
inline constexpr int most_unsent = 16 * 1024;

class Tcp {
 public:
  /// `socket` is connected.
  explicit Tcp(tcp::socket socket);

  /// Reads what is there, at most `into.size()` bytes, and says how many; 0 if there is nothing yet. Fails with
  /// closed_silently at the end of the stream and with cut when the connection broke.
  Result<std::size_t> read(std::span<u8> into);
  /// Sends `bytes` as far as the kernel takes them and keeps the rest. Fails with cut. Only while nothing is kept.
  Result<> send(Bytes bytes);
  /// Sends what is kept, as far as the kernel takes it. Fails with cut.
  Result<> flush();
  /// Something is kept: wait for room, then flush.
  bool blocked() const { return sent_ < kept_.size(); }
  /// Adds to what is kept; for the last words of a connection.
  void keep(Bytes bytes) { append(kept_, bytes); }
  /// Sends FIN: nothing is sent hereafter.
  void finish();

  tcp::socket& socket() { return socket_; }

 private:
  Result<std::size_t> write(Bytes bytes);

  tcp::socket socket_;
  Buffer kept_;
  /// So much of kept_ is sent.
  std::size_t sent_ = 0;
};

/// A socket towards `to`, bound to `from` if there is one, and ready for its connect. Fails with unreachable.
Result<> open_towards(tcp::socket& socket, const Ip& to, const std::optional<Ip>& from);

tcp::endpoint to_endpoint(const Ip& ip, u16 port);
Ip to_ip(const boost::asio::ip::address& address);

}  // namespace kith::shell
