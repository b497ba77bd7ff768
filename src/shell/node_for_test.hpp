// A node for the tests of the shell: a world that speaks plain lines, on a thread of its own.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "shell/shell.hpp"

namespace kith::shell {

/// Everything that is waited for happens within this, or the test fails.
inline constexpr auto deadline = std::chrono::seconds(30);

/// What one thread does and another waits for.
class Watch {
 public:
  template <typename What>
  void change(What what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }
  template <typename Holds>
  bool until(Holds holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, holds);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// A wire of lines: the first one is a letter that is also the identity, each later one a message.
class LineWire : public core::Wire {
 public:
  explicit LineWire(const core::Offer& ours) : out_{ours.hello.id->key[0], '\n'}, network_(ours.hello.network) {}

  void receive(core::Turn&, Bytes bytes) override {
    append(in_, bytes);
    auto from = in_.begin();
    for (auto end = in_.begin(); (end = std::find(from, in_.end(), '\n')) != in_.end(); from = end + 1)
      line({from, end});
    in_.erase(in_.begin(), from);
  }
  void ended(core::Turn&) override { end(Fault::closed_silently); }
  void say(core::Turn&, const Message& message) override {
    append(out_, message.body.bytes());
    out_.push_back('\n');
    reports_.emplace_back(core::Left{message.body.size()});
  }
  void reset(core::Turn&, Lane) override {}
  void close(core::Turn&, Fault why) override {
    append(out_, as_bytes("goodbye\n"));
    end(why);
  }
  void pull(core::Turn&, Buffer& out, std::size_t room) override {
    const auto count = std::min(room, out_.size());
    append(out, Bytes(out_).first(count));
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  bool has_output() const override { return !out_.empty(); }
  std::size_t held() const override { return in_.size(); }
  void on_tick(core::Turn&) override {}
  Time deadline() const override { return never; }
  std::optional<core::Report> take() override {
    if (reports_.empty()) return std::nullopt;
    auto out = std::move(reports_.front());
    reports_.pop_front();
    return out;
  }

 private:
  void line(Buffer text) {
    if (std::exchange(open_, true)) {
      reports_.emplace_back(core::Arrived{{.body = Body(std::move(text))}});
      return;
    }
    Hello hello{.id = PeerId{}, .network = network_, .client = {}, .names = {0}};
    hello.id->key[0] = text.empty() ? u8{0} : text[0];
    reports_.emplace_back(core::Opened{std::move(hello)});
  }
  void end(Fault why) { reports_.emplace_back(core::Closed{{why}}); }

  Buffer in_;
  Buffer out_;
  Hash network_;
  bool open_ = false;
  std::deque<core::Report> reports_;
};

class LinePort : public core::Port {
 public:
  std::string_view word() const override { return "line"; }
  std::unique_ptr<core::Wire> dial(core::Turn&, const Address&, const core::Offer& ours, bool) override {
    return std::make_unique<LineWire>(ours);
  }
  std::unique_ptr<core::Wire> accept(core::Turn&, const Address&, const core::Offer& ours) override {
    return std::make_unique<LineWire>(ours);
  }
  void refuse(const PeerId&, bool) override {}
};

/// Says one line to each peer and offers what it hears as items.
class Talk : public core::Protocol {
 public:
  explicit Talk(std::string greeting) : greeting_(std::move(greeting)) {}

  std::vector<Name> names() const override { return {{.text = "talk", .largest = 1 << 24}}; }
  void mounted(u16) override {}
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& info) override {
    if (!greeting_.empty()) turn.say(info.peer, {.body = Body(to_buffer(as_bytes(greeting_)))});
  }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& info, const Message& message) override {
    turn.act(core::Offered{info.peer, 0, message.body, std::nullopt});
  }

 private:
  std::string greeting_;
};

class CountingJudge : public ledger::Judge {
 public:
  explicit CountingJudge(int& flushes) : flushes_(flushes) {}
  std::vector<ledger::Ruling> judge(const ledger::BlockJob&) override { return {}; }
  std::optional<Body> block(const Hash&) override { return std::nullopt; }
  Result<> flush() override { return ++flushes_, Result<>{}; }

 private:
  int& flushes_;
};

struct Setting {
  char name = 'A';
  Ip ip = Ip::v4(127, 0, 0, 1);
  std::string greeting = {};
  std::filesystem::path directory = {};
  std::size_t most_pending = 32;
  /// On a worker's thread.
  std::function<void()> on_judge = {};
  std::optional<Proxy> proxy = std::nullopt;
  Duration save_again = save_again_after;
  /// Between two writes of the files.
  Duration save_every = 15min;
};

/// One node on its own thread.
class Node {
 public:
  explicit Node(Setting setting)
      : setting_(std::move(setting)),
        shell_({setting_.directory, {{"line", setting_.ip, 0}}, 2, setting_.proxy, setting_.save_again}) {
    auto listening = shell_.listen();
    EXPECT_TRUE(listening) << listening.error().what;
    address_ = listening->front();
    shell_.start(world(), std::make_unique<CountingJudge>(flushes_));
    shell_.on_event([this](const core::Event& event) { watch_.change([&] { note(event); }); });
    shell_.on_error([this](const Error& error, const std::string& what) {
      watch_.change([&] { errors_.push_back(what + ": " + error.what); });
    });
    shell_.on_recovered([this](const std::string& what) { watch_.change([&] { recovered_.push_back(what); }); });
  }
  ~Node() { stop(); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void run() {
    thread_ = std::thread([this] { shell_.run(); });
  }
  void stop() {
    shell_.stop();
    if (thread_.joinable()) thread_.join();
  }
  void connect(const Address& to) { connect(Endpoint{.dns = {}, .family = 0, .address = to}); }
  void connect(const Endpoint& to) {
    shell_.post([to](core::World& world, const core::Turn& now) {
      world.command(now, [&](core::Host& host, core::Turn& turn) { return host.connect(turn, to), true; });
    });
  }
  /// Runs `what` on the loop and waits for it.
  template <typename What>
  auto ask(What what) {
    std::optional<decltype(what(shell_.world()))> answer;
    shell_.post([&](core::World& world, const core::Turn&) { watch_.change([&] { answer = what(world); }); });
    EXPECT_TRUE(watch_.until([&] { return answer.has_value(); }));
    return *answer;
  }

  Shell& shell() { return shell_; }
  const Address& address() const { return address_; }
  int flushes() const { return flushes_; }
  bool hears(const std::string& text) {
    return watch_.until([&] { return std::find(items_.begin(), items_.end(), text) != items_.end(); });
  }
  bool meets(std::size_t count) {
    return watch_.until([&] { return up_.size() >= count; });
  }
  bool loses(Fault why) {
    return watch_.until([&] { return std::find(down_.begin(), down_.end(), why) != down_.end(); });
  }
  bool errs() {
    return watch_.until([&] { return !errors_.empty(); });
  }
  /// All that was told of faults, once there are `count`.
  std::vector<std::string> errors(std::size_t count) {
    std::vector<std::string> out;
    watch_.until([&] { return out = errors_, out.size() >= count; });
    return out;
  }
  bool recovers(const std::string& what) {
    return watch_.until([&] { return std::find(recovered_.begin(), recovered_.end(), what) != recovered_.end(); });
  }
  /// Why dials came to nothing, once `count` did.
  std::vector<std::string> misses(std::size_t count) {
    std::vector<std::string> out;
    watch_.until([&] { return out = missed_, out.size() >= count; });
    return out;
  }
  bool examined(std::size_t count) {
    return watch_.until([&] { return examined_ >= count; });
  }
  core::PeerInfo peer(std::size_t i) {
    core::PeerInfo out;
    watch_.change([&] { out = up_.at(i); });
    return out;
  }

 private:
  std::unique_ptr<core::World> world() {
    core::HostConfig config;
    config.self.id = PeerId{};
    config.self.id->key[0] = static_cast<u8>(setting_.name);
    config.neighbours[0].word = "line";
    config.neighbours[0].port = address_.port;
    config.neighbours[0].limits.pending = setting_.most_pending;
    config.neighbours[0].dials_names = setting_.proxy.has_value();
    config.save_every = setting_.save_every;
    core::Kind kind;
    kind.text = "line";
    kind.largest = 6 << 20;
    kind.examine = [this](Bytes body, Utc) -> Result<core::Examined> {
      watch_.change([&] { ++examined_; });
      core::Examined out;
      std::copy_n(body.begin(), std::min(body.size(), out.hash.size()), out.hash.begin());
      return out;
    };
    kind.judge = [this](Bytes) {
      if (setting_.on_judge) setting_.on_judge();
      return Verdict::accept;
    };
    std::vector<std::unique_ptr<core::Protocol>> protocols;
    protocols.push_back(std::make_unique<Talk>(setting_.greeting));
    std::vector<std::unique_ptr<core::Port>> ports;
    ports.push_back(std::make_unique<LinePort>());
    const auto now = shell_.turn();
    auto host = std::make_unique<core::Host>(config, nullptr, std::vector{std::move(kind)}, std::move(protocols),
                                             core::Memory{}, now.rng);
    return std::make_unique<core::World>(std::move(host), std::move(ports));
  }
  void note(const core::Event& event) {
    if (const auto* up = std::get_if<core::PeerUp>(&event)) up_.push_back(up->info);
    if (const auto* missed = std::get_if<core::NotOpened>(&event)) missed_.emplace_back(missed->why.what);
    if (const auto* down = std::get_if<core::PeerDown>(&event)) down_.push_back(down->why.fault);
    if (const auto* item = std::get_if<core::ItemAccepted>(&event))
      items_.emplace_back(as_text(item->item.body.bytes()));
  }

  Setting setting_;
  Watch watch_;
  std::vector<core::PeerInfo> up_;
  std::vector<Fault> down_;
  std::vector<std::string> items_;
  std::vector<std::string> errors_;
  std::vector<std::string> recovered_;
  std::vector<std::string> missed_;
  std::size_t examined_ = 0;
  int flushes_ = 0;
  Shell shell_;
  Address address_;
  std::thread thread_;
};

/// A peer of the test's own, without a shell.
class RawPeer {
 public:
  explicit RawPeer(const Address& to) { socket_.connect(to_endpoint(to.ip, to.port)); }
  void write(const std::string& text) { boost::asio::write(socket_, boost::asio::buffer(text)); }
  /// All up to the end of the stream.
  std::string read(boost::system::error_code& end) {
    std::string out;
    std::array<char, 4096> some;
    while (!end) out.append(some.data(), socket_.read_some(boost::asio::buffer(some), end));
    return out;
  }
  tcp::socket& socket() { return socket_; }

 private:
  boost::asio::io_context io_;
  tcp::socket socket_{io_};
};

}  // namespace kith::shell
