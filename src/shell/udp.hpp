// Udp: a socket for datagrams, beside the listener of its wire.
#pragma once

#include <functional>

#include <boost/asio/ip/udp.hpp>

#include "model/address.hpp"

namespace kith::shell {

/// Largest datagram that is taken whole, in bytes; what is longer is cut off and then nothing that anybody understands.
inline constexpr std::size_t max_datagram = 32 * 1024;
/// Datagrams that are read before others have a turn.
inline constexpr int datagrams_in_a_row = 64;

class Udp {
 public:
  using Heard = std::function<void(const Address& from, Bytes bytes)>;

  Udp(boost::asio::io_context& io, std::string word) : socket_(io) { address_.wire = std::move(word); }

  /// Binds `port` of `ip`, on which a listener of the same wire may be as well.
  boost::system::error_code bind(const Ip& ip, u16 port);
  /// Calls `heard` for each datagram that comes, until close().
  void listen(Heard heard);
  /// One that cannot be sent is lost, as any may be.
  void send(const Address& to, Bytes bytes);
  void close();

  /// Where it is bound.
  const Address& address() const { return address_; }

 private:
  void wait();
  void read();

  boost::asio::ip::udp::socket socket_;
  Address address_;
  Heard heard_;
  Buffer in_;
};

}  // namespace kith::shell
