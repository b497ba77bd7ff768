// A closed loop of pings and blocks, with a breath between them: asked without one, the node would spend more on the
// honest peer than on many an attack, and what that costs varies by a quarter from one moment to another.
#include "survive/honest.hpp"

#include <stdexcept>

#include <poll.h>

#include "codec/address_xdr.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/params.hpp"

namespace kith::survive {
namespace {

enum : u16 { ping, addresses, gossip, headers, blocks };

std::vector<Name> spoken() {
  return {{"ping/1", 1024, Priority::control},
          {"addresses/1", 256 * 1024, Priority::bulk},
          {"gossip/1", 8'000'000, Priority::item},
          {"headers/1", 2'200'000, Priority::block},
          {"blocks/1", 8'000'000, Priority::bulk}};
}

/// Neighbours that it knows, one in each of fifty groups of loopback.
Body known() {
  Buffer out;
  codec::XdrWriter write(out);
  write.u32(50);
  for (u8 i = 0; i < 50; ++i) {
    codec::write_address(write, Address{Ip::v4(127, static_cast<u8>(200 + i), 0, 1), 1, "lean", PeerId{{i, 1}}});
    write.i64(to_seconds(utc_now()));
  }
  return Body(std::move(out));
}

constexpr int breath_ms = 1;

Time now() { return Time{std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())}; }

}  // namespace

Honest::Honest(Node& node)
    : node_(node), identity_(identity_of(1'000'000)), socket_(node.address(), Ip::v4(127, 5, 0, 1)) {
  offer_.hello = {.id = id(),
                  .network = node.network(),
                  .time = {},
                  .port = 0,
                  .version = version(0, 1, 0),
                  .client = "honest",
                  .names = {}};
  offer_.names = spoken();
  core::Turn turn{now(), utc_now(), rng_};
  wire_ = std::make_unique<lean::Wire>(shared_, offer_, turn, node.id(), false);
  thread_ = std::thread([this] { run(); });
  if (!wait_for(200)) throw std::runtime_error("an honest peer is not served at rest");
}

Honest::~Honest() {
  stop_ = true;
  thread_.join();
}

Waits Honest::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waits_, {});
}

bool Honest::wait_for(u64 count) {
  const u64 goal = total_ + count;
  while (served_ && total_ < goal) total_.wait(total_.load());
  return served_;
}

void Honest::run() {
  while (!stop_ && step()) continue;
  if (!stop_) served_ = false;
  ++total_;
  total_.notify_all();
}

bool Honest::step() {
  if (!pump()) return false;
  pollfd at{socket_.fd(), static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
  if (open_ && asked_ == 0 && ::poll(&at, 1, breath_ms) == 0) {
    ask();
    return pump();
  }
  // Nothing for that long is an answer that never comes; woken sooner only to see whether to stop.
  for (auto left = generous; left > left.zero(); left -= std::chrono::seconds(1)) {
    if (::poll(&at, 1, 1000) != 0) break;
    if (stop_) return true;
  }
  if (at.revents == 0) return false;
  core::Turn turn{now(), utc_now(), rng_};
  const auto bytes = socket_.read();
  if (!bytes.empty()) wire_->receive(turn, bytes);
  return socket_.is_open();
}

bool Honest::pump() {
  while (auto report = wire_->take()) {
    if (std::holds_alternative<core::Closed>(*report)) return false;
    if (std::holds_alternative<core::Opened>(*report)) open_ = true;
    if (const auto* arrived = std::get_if<core::Arrived>(&*report)) hear(arrived->message);
  }
  core::Turn turn{now(), utc_now(), rng_};
  wire_->pull(turn, out_, 64 * 1024);
  out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(socket_.write(out_)));
  return socket_.is_open();
}

void Honest::ask() {
  core::Turn turn{now(), utc_now(), rng_};
  asked_ = std::exchange(next_, next_ + 2);
  asked_at_ = node_.loop_cpu();
  if (total_ % 2 == 0) return wire_->say(turn, {asked_, ping, Role::request, 1, Body(Buffer(4, 0))});
  static const auto genesis = crypto::sha256d(Bytes(ledger::bitcoin::regtest().genesis_block).first(80));
  wire_->say(turn, {asked_, blocks, Role::request, 1, Body(to_buffer(genesis))});
}

void Honest::hear(const Message& message) {
  if (message.role == Role::request) return answer(message);
  if (message.lane != asked_) return;
  const auto waited = node_.loop_cpu() - asked_at_;
  {
    const std::lock_guard lock(mutex_);
    ++waits_.count;
    waits_.sum += waited;
    waits_.longest = std::max(waits_.longest, waited);
  }
  asked_ = 0;
  ++total_;
  total_.notify_all();
}

void Honest::answer(const Message& message) {
  core::Turn turn{now(), utc_now(), rng_};
  Message out{message.lane, message.name, Role::answer, message.type, Body(Buffer(4, 0))};
  if (message.name == addresses) out.body = known();
  if (message.name == gossip || message.name == blocks) out.role = Role::refusal, out.body = {};
  wire_->say(turn, out);
}

}  // namespace kith::survive
