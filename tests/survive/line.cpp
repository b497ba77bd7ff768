// Sockets by the system's own calls, and records by lean's own code.
#include "survive/line.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lean/control.hpp"
#include "lean/inbox.hpp"
#include "lean/record.hpp"

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

Line::Line(const Address& to, const std::optional<Ip>& from, u64 its_key, const Hash& network)
    : key(its_key), identity_(identity_of(its_key)), socket_(to, from) {
  offer_.hello = {.id = PeerId{identity_.public_key()},
                  .network = network,
                  .time = {},
                  .port = 0,
                  .version = version(0, 1, 0),
                  .client = "attacker",
                  .names = {}};
}

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
    if (asking_ && second_.size() < lean::second_size)
      append(second_, Bytes(bytes).first(std::min(bytes.size(), lean::second_size - second_.size())));
  }
}

Buffer Line::first(const PeerId& whom, Rng& rng) {
  core::Turn turn{Time{}, utc_now(), rng};
  auto asking = lean::Asking::begin(shared_, offer_, turn, whom);
  if (!asking) throw std::runtime_error("a node whose id is no key");
  asking_.emplace(std::move(*asking));
  return asking_->message();
}

bool Line::finish_handshake(Rng& rng) {
  if (session_) return true;
  if (!asking_ || second_.size() < lean::second_size) return false;
  const core::Turn turn{Time{}, utc_now(), rng};
  auto session = asking_->finish(offer_, turn, second_);
  if (!session) throw std::runtime_error("a second message that is none");
  session_.emplace(std::move(*session));
  had_session = true;
  Buffer plain;
  lean::write_frame(plain, {lean::control_lane, true, true, false, lean::encode_names({names, false})});
  record(plain);
  return true;
}

void Line::record(Bytes plain) {
  if (!session_ || !is_open()) return;
  Buffer out;
  lean::write_record(shared_.aead, session_->send, plain, out);
  write(out);
}

void Line::message(u32 name, Role role, u32 type, Lane lane, Bytes payload, bool whole) {
  Buffer bytes;
  lean::write_head(bytes, {name, role, type, utc_now(), false});
  append(bytes, payload);
  ++messages;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto piece = Bytes(bytes).subspan(at, std::min(bytes.size() - at, lean::max_piece));
    const bool last = at + piece.size() == bytes.size();
    Buffer plain;
    lean::write_frame(plain, {lane, at == 0, last && whole, false, piece});
    record(plain);
    at += piece.size();
  }
}

}  // namespace kith::survive
