// Sockets by the system's own calls.
#include "survive/line.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/rng.hpp"
#include "survive/talk.hpp"

namespace kith::survive {
namespace {

sockaddr_in endpoint(const Ip& ip, u16 port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  std::copy(ip.bytes.end() - 4, ip.bytes.end(), reinterpret_cast<u8*>(&out.sin_addr));
  return out;
}

}  // namespace

Utc utc_now() { return Utc{std::chrono::floor<Utc::duration>(std::chrono::system_clock::now().time_since_epoch())}; }

crypto::Identity identity_of(u64 key) {
  auto rng = Rng::seeded(key, 1234);
  return crypto::Identity(rng.bytes<32>());
}

Socket::Socket(const Address& to, const std::optional<Ip>& from)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) throw std::runtime_error("no more sockets: raise `ulimit -n`");
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (from) {
    const auto here = endpoint(*from, 0);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0)
      throw std::runtime_error("cannot come from " + to_text(*from));
  }
  const auto there = endpoint(to.ip, to.port);
  open_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  sockaddr_in here{};
  socklen_t size = sizeof here;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size);
  std::array<u8, 4> ip{};
  std::memcpy(ip.data(), &here.sin_addr, ip.size());
  here_ = {Ip::v4(ip[0], ip[1], ip[2], ip[3]), ntohs(here.sin_port), to.wire, {}};
}

Socket::~Socket() { close(); }

void Socket::close() {
  open_ = false;
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Socket::finish() { ::shutdown(fd_, SHUT_WR); }

std::size_t Socket::write(Bytes bytes) {
  if (!open_) return 0;
  const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN) close();
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

Buffer Socket::read() {
  if (!open_) return {};
  Buffer out(64 * 1024);
  const auto count = ::recv(fd_, out.data(), out.size(), 0);
  if (count == 0 || (count < 0 && errno != EAGAIN)) close();
  out.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return out;
}

Line::Line(const Address& to, const std::optional<Ip>& from, std::unique_ptr<Talk> talk)
    : socket_(to, from), talk_(std::move(talk)) {}

Line::~Line() = default;

void Line::write(Bytes bytes) {
  if (!is_open()) return;
  sent += bytes.size();
  append(out_, bytes);
}

void Line::pump() {
  while (is_open() && waiting() > 0) {
    const auto count = socket_.write(Bytes(out_).subspan(out_sent_));
    if (count == 0) break;
    out_sent_ += count;
  }
  if (waiting() == 0) {
    out_.clear();
    out_sent_ = 0;
  }
  while (is_open() && !deaf) {
    const auto bytes = socket_.read();
    if (bytes.empty()) break;
    received += bytes.size();
    talk_->hear(*this, bytes);
  }
  talk_->pump(*this);
}

}  // namespace kith::survive
