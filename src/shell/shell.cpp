// The loop's handlers: each hears of one thing, enters the world with it, and does what the world then needs.
#include "shell/shell.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <boost/asio/post.hpp>
#include <sys/random.h>

#include "base/check.hpp"
#include "shell/file.hpp"

namespace kith::shell {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A wire whose deadline does not move on cannot spin the loop faster than this.
constexpr Duration least_tick = 1ms;
/// Ticks may come early, so a deadline beyond what the system's timer can count does no harm.
constexpr Duration most_tick = 1h;

Time to_time(std::chrono::steady_clock::time_point at) {
  return Time{std::chrono::duration_cast<Duration>(at.time_since_epoch())};
}

Rng system_dice() {
  std::array<u8, 32> key;
  check(::getrandom(key.data(), key.size(), 0) == static_cast<ssize_t>(key.size()), "no dice from the system");
  return Rng(key);
}

}  // namespace

Shell::Shell(ShellConfig config)
    : config_(std::move(config)),
      work_(io_.get_executor()),
      signals_(io_),
      timer_(io_),
      rng_(system_dice()),
      save_timer_(io_),
      farewells_(io_),
      resolver_(io_, [this](const Endpoint& endpoint, std::span<const Ip> ips) {
        enter([&](const core::Turn& now) { world_->resolved(now, endpoint, ips); });
      }) {}

Shell::~Shell() = default;

core::Turn Shell::turn() {
  const auto utc = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  return {to_time(std::chrono::steady_clock::now()), Utc{utc}, rng_};
}

void Shell::start(std::unique_ptr<core::World> world, std::unique_ptr<ledger::Judge> judge) {
  check(!world_, "a shell has one world");
  world_ = std::move(world);
  judge_ = std::move(judge);
  in_.resize(batch);
  workers_ = std::make_unique<Workers>(config_.workers, judge_.get(), world_->host().kinds(), [this](core::Done done) {
    asio::post(io_, [this, done = std::move(done)] {
      watch(done);
      enter([&](const core::Turn& now) { world_->done(now, done); });
    });
  });
  for (auto& listener : listeners_) accept(listener);
  for (auto& socket : datagrams_)
    socket.listen([this](const Address& from, Bytes bytes) {
      enter([&](const core::Turn& now) { world_->datagram(now, from, bytes); });
    });
  enter([&](const core::Turn& now) { world_->start(now); });
}

void Shell::run() {
  check(world_ != nullptr, "a shell without a world");
  io_.run();
  workers_->stop();
  for (const auto& file : last_files_)
    if (const auto saved = save(file); !saved) complain(saved.error(), file.file);
  if (!judge_) return;
  if (const auto flushed = judge_->flush(); !flushed) complain(flushed.error(), "the ledger");
}

void Shell::stop() {
  asio::post(io_, [this] { begin_stop(); });
}

void Shell::stop_on_signals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](const error_code& error, int) {
    if (error) return;
    signals_.clear();
    begin_stop();
  });
}

void Shell::post(Command command) {
  asio::post(io_,
             [this, command = std::move(command)] { enter([&](const core::Turn& now) { command(*world_, now); }); });
}

void Shell::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  error_code ignored;
  for (auto& listener : listeners_) listener.acceptor.close(ignored);
  for (auto& socket : datagrams_) socket.close();
  timer_.cancel();
  save_timer_.cancel();
  dials_.clear();
  const auto now = turn();
  world_->stop(now);
  obey_all();
  for (auto& [peer, line] : lines_) farewells_.add(std::move(line.tcp), {});
  lines_.clear();
  farewells_.on_empty([this] { io_.stop(); });
  if (farewells_.empty()) io_.stop();
}

void Shell::obey_all() {
  // What is done for one need may make the next: it joins the same queue instead of nesting.
  if (std::exchange(obeying_, true)) return;
  while (auto need = world_->take()) std::visit([this](auto& what) { obey(what); }, *need);
  obeying_ = false;
}

void Shell::obey(const core::Connect& need) {
  if (stopping_) return;
  if (config_.proxy) return dial_through(need);
  auto& dial = dials_.emplace(need.peer, Dial{tcp::socket(io_), asio::steady_timer(io_)}).first->second;
  const Peer peer = need.peer;
  if (!open_towards(dial.socket, need.to.ip, source_for(need.to.ip))) return dialled(peer, "no socket");
  dial.deadline.expires_after(connect_within);
  dial.deadline.async_wait([this, peer](const error_code& error) {
    if (!error) dialled(peer, "no answer in time");
  });
  dial.socket.async_connect(to_endpoint(need.to.ip, need.to.port),
                            [this, peer](const error_code& error) { dialled(peer, error ? "connect" : nullptr); });
}

void Shell::obey(const core::Ready& need) {
  const auto at = lines_.find(need.peer);
  if (at == lines_.end()) return;
  if (!at->second.writing) send_batch(need.peer, at->second);
  await_bytes(need.peer);
}

void Shell::obey(const core::Shut& need) {
  dials_.erase(need.peer);
  auto line = lines_.extract(need.peer);
  if (line.empty()) return;
  error_code ignored;
  line.mapped().tcp.socket().cancel(ignored);
  farewells_.add(std::move(line.mapped().tcp), need.last);
}

void Shell::obey(const core::Resolve& need) {
  if (stopping_) return;
  // It would tell the resolver of this machine where we go.
  check(!config_.proxy, "a host that does not dial names, behind a proxy");
  resolver_.resolve(need.endpoint);
}

void Shell::obey(core::Save& need) {
  if (config_.directory.empty()) return;
  if (stopping_) return last_files_.push_back(std::move(need));
  unsaved_.erase(need.file);
  submit(std::move(need));
}

void Shell::obey(core::Work& need) {
  if (!stopping_) workers_->submit(std::move(need.job));
}

void Shell::obey(const core::SendDatagram& need) {
  // They would go round the proxy.
  if (config_.proxy) return;
  const auto through = std::ranges::find_if(datagrams_, [&](const Udp& socket) {
    return socket.address().wire == need.to.wire && socket.address().ip.is_v4() == need.to.ip.is_v4();
  });
  if (through != datagrams_.end()) through->send(need.to, need.bytes);
}

void Shell::obey(const core::Event& need) {
  if (on_event_) on_event_(need);
}

void Shell::dialled(Peer peer, const char* why) {
  auto dial = dials_.extract(peer);
  if (dial.empty()) return;
  if (why) return enter([&](const core::Turn& now) { world_->not_connected(now, peer, why); });
  auto& through = dial.mapped().line;
  lines_.emplace(peer, Line{through ? std::move(*through) : Tcp(std::move(dial.mapped().socket))});
  enter([&](const core::Turn& now) { world_->connected(now, peer); });
  await_bytes(peer);
}

void Shell::await_bytes(Peer peer) {
  const auto at = lines_.find(peer);
  if (at == lines_.end() || at->second.reading || at->second.ended || !world_->reads(peer)) return;
  at->second.reading = true;
  at->second.tcp.socket().async_wait(tcp::socket::wait_read, [this, peer](const error_code&) { readable(peer); });
}

void Shell::readable(Peer peer) {
  const auto at = lines_.find(peer);
  if (at == lines_.end()) return;
  at->second.reading = false;
  if (!world_->reads(peer)) return;
  const auto count = at->second.tcp.read(in_);
  if (!count) at->second.ended = true;
  enter([&](const core::Turn& now) {
    if (!count) return world_->ended(now, peer);
    if (*count > 0) world_->receive(now, peer, Bytes(in_).first(*count));
  });
  await_bytes(peer);
}

void Shell::send_batch(Peer peer, Line& line) {
  out_.clear();
  world_->pull(turn(), peer, out_, batch >> line.halvings);
  if (out_.empty()) return;
  if (line.halvings > 0) --line.halvings;
  sent(peer, line, line.tcp.send(out_));
}

void Shell::sent(Peer peer, Line& line, const Result<>& result) {
  if (!result) {
    line.ended = true;
    world_->ended(turn(), peer);
  } else if (line.tcp.blocked()) {
    line.writing = true;
    line.halvings = most_halvings;
    line.tcp.socket().async_wait(tcp::socket::wait_write, [this, peer](const error_code&) { writable(peer); });
  }
}

void Shell::writable(Peer peer) {
  const auto at = lines_.find(peer);
  if (at == lines_.end()) return;
  auto& line = at->second;
  line.writing = false;
  enter([&](const core::Turn&) {
    sent(peer, line, line.tcp.flush());
    if (!line.writing) send_batch(peer, line);
  });
}

void Shell::arm() {
  const Time now = to_time(std::chrono::steady_clock::now());
  const Time next = std::clamp(world_->next(), now + least_tick, now + most_tick);
  if (next >= armed_) return;
  armed_ = next;
  timer_.expires_at(std::chrono::steady_clock::time_point{next.time_since_epoch()});
  timer_.async_wait([this](const error_code& error) {
    if (error) return;
    armed_ = never;
    enter([&](const core::Turn& mine) { world_->tick(mine); });
  });
}

}  // namespace kith::shell
