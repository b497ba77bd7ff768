// Sockets that block while a connection is made, and are looked at together later.
#include "nodes/peers.hpp"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.hpp"
#include "nodes/node.hpp"

namespace kith::bench {
namespace {

constexpr Lane ping_lane = 1;
constexpr int first_questions = 2;
/// The names of lean::protocols() without a ledger; ping's is the first.
const std::vector<Name> all_names{{"ping/1", 1024, Priority::control},
                                  {"addresses/1", 256 * 1024, Priority::item},
                                  {"gossip/1", 8 << 20, Priority::item}};

}  // namespace

Peers::One::One(u64 seed) : identity(identity_of(seed)), shared{.identity = identity} {}

Peers::Peers(u16 port) : port_(port), rng_(Rng::seeded(1)), poll_(epoll_create1(0)) { offer_.names = all_names; }

core::Turn Peers::turn() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto utc = std::chrono::system_clock::now().time_since_epoch();
  return {Time{std::chrono::duration_cast<Duration>(now)}, Utc{std::chrono::floor<std::chrono::milliseconds>(utc)},
          rng_};
}

void Peers::grow(std::size_t count) {
  while (all_.size() < count) dial();
}

void Peers::dial() {
  auto& one = *all_.emplace_back(std::make_unique<One>(1000 + all_.size()));
  one.socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port_);
  check(connect(one.socket, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0, "a connection");
  offer_.hello = {.id = PeerId{one.identity.public_key()}, .network = network_id(), .client = "peer", .names = {}};
  auto now = turn();
  one.wire = std::make_unique<lean::Wire>(one.shared, offer_, now, PeerId{identity_of(1).public_key()}, false);
  send(one);
  // The node would lose patience with one that is not listened to while the others are dialled.
  while (!one.answered || one.questions < first_questions) hear(one);
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &one}};
  check(epoll_ctl(poll_, EPOLL_CTL_ADD, one.socket, &event) == 0, "epoll");
}

void Peers::serve() {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 10);
  for (int i = 0; i < count; ++i) hear(*static_cast<One*>(events[static_cast<std::size_t>(i)].data.ptr));
}

void Peers::hear(One& one) {
  std::array<u8, 4096> bytes;
  const auto count = read(one.socket, bytes.data(), bytes.size());
  check(count > 0, "the node's bytes");
  auto now = turn();
  one.wire->receive(now, Bytes(bytes).first(static_cast<std::size_t>(count)));
  while (const auto report = one.wire->take()) {
    check(!std::holds_alternative<core::Closed>(*report), "a connection that stays");
    // An address that is not known, as the question and as the answer: an empty array.
    if (std::holds_alternative<core::Opened>(*report))
      one.wire->say(now, {ping_lane, 0, Role::request, 1, Body(Buffer(4))});
    if (const auto* arrived = std::get_if<core::Arrived>(&*report)) answer(one, arrived->message);
  }
  send(one);
}

void Peers::answer(One& one, const Message& message) {
  one.answered |= message.role == Role::answer;
  if (message.role != Role::request) return;
  ++one.questions;
  auto now = turn();
  const bool ping = message.name == 0;
  one.wire->say(now, {message.lane, message.name, ping ? Role::answer : Role::refusal, message.type,
                      ping ? Body(Buffer(4)) : Body()});
}

void Peers::send(One& one) {
  Buffer out;
  auto now = turn();
  one.wire->pull(now, out, 64 * 1024);
  if (!out.empty()) check(write(one.socket, out.data(), out.size()) == static_cast<ssize_t>(out.size()), "a write");
}

}  // namespace kith::bench
