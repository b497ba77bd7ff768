// Reading until nothing is left, and sending without waiting.
#include "shell/udp.hpp"

#include <boost/asio/ip/v6_only.hpp>

#include "shell/tcp.hpp"

namespace kith::shell {

using boost::asio::ip::udp;
using boost::system::error_code;

error_code Udp::bind(const Ip& ip, u16 port) {
  const auto at = to_endpoint(ip, port);
  const udp::endpoint endpoint(at.address(), at.port());
  error_code error;
  socket_.open(endpoint.protocol(), error);
  if (!error && !ip.is_v4()) socket_.set_option(boost::asio::ip::v6_only(true), error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) socket_.bind(endpoint, error);
  if (error) return error;
  address_.ip = ip;
  address_.port = socket_.local_endpoint().port();
  return {};
}

void Udp::listen(Heard heard) {
  heard_ = std::move(heard);
  in_.resize(max_datagram);
  wait();
}

void Udp::wait() {
  socket_.async_wait(udp::socket::wait_read, [this](const error_code& error) {
    if (error || !socket_.is_open()) return;
    read();
    if (socket_.is_open()) wait();
  });
}

void Udp::read() {
  for (int i = 0; i < datagrams_in_a_row && socket_.is_open(); ++i) {
    udp::endpoint from;
    error_code error;
    const auto size = socket_.receive_from(boost::asio::buffer(in_), from, 0, error);
    // Somebody to whom one was sent is not there: that is told once, and the next one may be good.
    if (error == boost::asio::error::connection_refused) continue;
    if (error) return;
    heard_({to_ip(from.address()), from.port(), address_.wire, std::nullopt}, Bytes(in_).first(size));
  }
}

void Udp::send(const Address& to, Bytes bytes) {
  const auto at = to_endpoint(to.ip, to.port);
  error_code lost;
  socket_.send_to(boost::asio::buffer(bytes.data(), bytes.size()), udp::endpoint(at.address(), at.port()), 0, lost);
}

void Udp::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace kith::shell
