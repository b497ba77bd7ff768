// Socket options and calls that never wait.
#include "shell/tcp.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/check.hpp"
#include "base/give_back.hpp"

namespace kith::shell {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using MostUnsent = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
using PortAtConnect = asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;

}  // namespace

Tcp::Tcp(tcp::socket socket) : socket_(std::move(socket)) {
  // A socket that takes none of these is one that broke just now: its first read says so.
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(MostUnsent(most_unsent), ignored);
}

Result<std::size_t> Tcp::read(std::span<u8> into) {
  error_code error;
  const auto count = socket_.read_some(asio::buffer(into.data(), into.size()), error);
  if (!error) return count;
  if (error == asio::error::would_block) return 0;
  return fail(error == asio::error::eof ? Fault::closed_silently : Fault::cut, "read");
}

Result<std::size_t> Tcp::write(Bytes bytes) {
  error_code error;
  const auto count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
  if (!error) return count;
  if (error == asio::error::would_block) return 0;
  return fail(Fault::cut, "write");
}

Result<> Tcp::send(Bytes bytes) {
  check(!blocked(), "bytes overtake those that wait");
  const auto count = write(bytes);
  if (!count) return std::unexpected(count.error());
  if (*count < bytes.size()) kept_ = to_buffer(bytes.subspan(*count));
  return {};
}

Result<> Tcp::flush() {
  if (!blocked()) return {};
  const auto count = write(Bytes(kept_).subspan(sent_));
  if (!count) return std::unexpected(count.error());
  sent_ += *count;
  if (!blocked()) {
    give_back(kept_);
    sent_ = 0;
  }
  return {};
}

void Tcp::finish() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

Result<> open_towards(tcp::socket& socket, const Ip& to, const std::optional<Ip>& from) {
  error_code error;
  socket.open(to_endpoint(to, 0).protocol(), error);
  if (error) return fail(Fault::unreachable, "socket");
  if (!from) return {};
  // The port is chosen at the connect, so that connections to distinct places may share one.
  socket.set_option(PortAtConnect(true), error);
  socket.bind(to_endpoint(*from, 0), error);
  if (error) return fail(Fault::unreachable, "source address");
  return {};
}

tcp::endpoint to_endpoint(const Ip& ip, u16 port) {
  if (ip.is_v4()) return {asio::ip::address_v4(take_array<4>(Bytes(ip.bytes).last(4))), port};
  return {asio::ip::address_v6(ip.bytes), port};
}

Ip to_ip(const asio::ip::address& address) {
  if (address.is_v6()) return {address.to_v6().to_bytes()};
  const auto four = address.to_v4().to_bytes();
  return Ip::v4(four[0], four[1], four[2], four[3]);
}

}  // namespace kith::shell
