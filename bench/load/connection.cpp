// A conversation by blocking calls.
#include "load/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.hpp"
#include "bitcoin/messages/handshake.hpp"
#include "bitcoin/messages/names.hpp"

namespace kith::bench {
namespace {

namespace name = bitcoin::name;

sockaddr_in loopback(u8 net, u8 host, u16 port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(u32{127} << 24 | u32{net} << 16 | u32{host} << 8 | 1);
  out.sin_port = htons(port);
  return out;
}

int dial(u16 port, u8 net, u8 host) {
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  check(out >= 0, "a socket");
  const int on = 1;
  // The port is chosen at the connect, so that connections to distinct places may share one.
  ::setsockopt(out, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto from = loopback(net, host, 0);
  check(::bind(out, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0, "a source address");
  const auto to = loopback(0, 0, port);
  check(::connect(out, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "a connection");
  return out;
}

Rng fresh_dice() {
  std::array<u8, 32> key;
  check(::getrandom(key.data(), key.size(), 0) == static_cast<ssize_t>(key.size()), "no dice from the system");
  return Rng(key);
}

}  // namespace

Connection::Connection(const Target& target, u8 net, u8 host)
    : target_(target),
      socket_(dial(target.port, net, host)),
      rng_(fresh_dice()),
      transport_(target.encrypted ? bitcoin::Transport::dial_v2(aead_, rng_, target.magic)
                                  : bitcoin::Transport::dial_v1(aead_, target.magic)) {}

Connection::~Connection() { ::close(socket_); }

void Connection::greet() {
  bitcoin::Version version;
  version.services = bitcoin::service::network | bitcoin::service::witness;
  version.time =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  version.nonce = rng_() | 1;
  version.user_agent = "/load:1/";
  version.height = 0;
  version.relay = target_.relay;
  say(name::version, Body(bitcoin::encode(version)));
}

bool Connection::answered() {
  if (!await(name::version)) return false;
  say(name::verack);
  return await(name::verack).has_value();
}

void Connection::say(std::string_view type, Body payload) {
  check(transport_.say(type, std::move(payload)), "room for a message");
  flush();
}

std::optional<bitcoin::NetMessage> Connection::take() {
  while (auto event = transport_.take()) {
    check(!std::holds_alternative<core::Closed>(*event), "a server that speaks well");
    auto* message = std::get_if<bitcoin::NetMessage>(&*event);
    if (!message) continue;
    if (message->type == name::getdata) say(name::notfound, message->payload);
    if (message->type == name::getheaders) say(name::headers, Body(Buffer(1)));
    if (message->type == name::ping) say(name::pong, message->payload);
    return std::move(*message);
  }
  return std::nullopt;
}

std::optional<Body> Connection::await(std::string_view type) {
  while (true) {
    while (auto message = take())
      if (message->type == type) return std::move(message->payload);
    if (!read_some(0)) return std::nullopt;
    flush();
  }
}

bool Connection::drain() {
  bool came = false;
  while (read_some(MSG_DONTWAIT)) {
    came = true;
    while (take()) continue;
  }
  return came;
}

void Connection::leave() { ::shutdown(socket_, SHUT_WR); }

void Connection::await_end() {
  std::array<u8, 64 * 1024> bytes;
  while (::read(socket_, bytes.data(), bytes.size()) > 0) continue;
}

bool Connection::read_some(int flags) {
  std::array<u8, 64 * 1024> bytes;
  const auto count = ::recv(socket_, bytes.data(), bytes.size(), flags);
  if (count <= 0) return false;
  transport_.receive(rng_, Bytes(bytes).first(static_cast<std::size_t>(count)));
  return true;
}

void Connection::flush() {
  Buffer out;
  transport_.pull(out, std::size_t{8} << 20);
  // Where the server hung up, the next read says so.
  for (std::size_t at = 0; at < out.size();) {
    const auto count = ::send(socket_, out.data() + at, out.size() - at, MSG_NOSIGNAL);
    if (count <= 0) return;
    at += static_cast<std::size_t>(count);
  }
}

}  // namespace kith::bench
