// The handshake over real sockets: who has no business here gets no byte and a FIN, never a RST; and it costs nobody
// else.
#include <future>
#include <thread>

#include <boost/asio.hpp>
#include <gtest/gtest.h>

#include "app/node.hpp"
#include "lean/handshake.hpp"
#include "lean/record.hpp"

namespace kith {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// One deadline for everything here.
constexpr auto generous = std::chrono::seconds(30);

Utc utc_now() {
  return std::chrono::time_point_cast<Utc::duration>(
      Utc{std::chrono::duration_cast<Utc::duration>(std::chrono::system_clock::now().time_since_epoch())});
}

/// A node that listens on loopback and counts who opens a session and who is blamed.
class Listener {
 public:
  Listener() {
    app::NodeConfig config;
    config.network = "silence";
    config.listen = {Address{Ip::v4(127, 0, 0, 1), 0, "lean", std::nullopt}};
    auto opened = app::Node::open(std::move(config));
    EXPECT_TRUE(opened.has_value());
    node_ = std::move(*opened);
    node_->on_event([this](const core::Event& event) {
      if (std::holds_alternative<core::PeerUp>(event)) up_.set_value();
      if (std::holds_alternative<core::PeerBlamed>(event)) ++blamed_;
    });
    thread_ = std::thread([this] { node_->run(); });
  }
  ~Listener() {
    node_->stop();
    thread_.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const Address& address() const { return node_->addresses().front(); }
  Hash network() const { return node_->network(); }
  PeerId id() const { return node_->id(); }
  bool wait_for_session() { return up_.get_future().wait_for(generous) == std::future_status::ready; }
  int blamed() const { return blamed_; }

 private:
  std::unique_ptr<app::Node> node_;
  std::promise<void> up_;
  std::atomic<int> blamed_ = 0;
  std::thread thread_;
};

/// A dialler of our own making.
struct Dialler {
  crypto::Identity identity;
  lean::Shared shared{.identity = identity};
  core::Offer offer;
  Rng rng;

  explicit Dialler(const Listener& to, u64 seed)
      : identity([&] {
          std::array<u8, 32> bytes{};
          bytes.fill(static_cast<u8>(seed));
          return bytes;
        }()),
        rng(Rng::seeded(seed)) {
    offer.hello = {.id = PeerId{identity.public_key()},
                   .network = to.network(),
                   .time = {},
                   .port = 0,
                   .version = app::node_version,
                   .client = "test",
                   .names = {}};
  }
  Buffer first(const PeerId& whom, std::chrono::milliseconds skew = {}) {
    core::Turn turn{Time{}, utc_now() + skew, rng};
    auto asking = lean::Asking::begin(shared, offer, turn, whom);
    EXPECT_TRUE(asking.has_value());
    return asking->message();
  }
};

struct Heard {
  Buffer bytes;
  boost::system::error_code end;
};

/// Sends `bytes` and reads to the end; `and_fin` ends our side first.
Heard knock(const Address& at, Bytes bytes, bool and_fin = false) {
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect({asio::ip::make_address(to_text(at.ip)), at.port});
  boost::system::error_code ignored;
  asio::write(socket, asio::buffer(bytes.data(), bytes.size()), ignored);
  if (and_fin) socket.shutdown(tcp::socket::shutdown_send, ignored);
  Heard out;
  asio::async_read(socket, asio::dynamic_buffer(out.bytes),
                   [&](const boost::system::error_code& error, std::size_t) { out.end = error; });
  io.run_for(generous);
  return out;
}

void expect_silence(const Address& at, Bytes bytes, const char* why, bool and_fin = false) {
  const auto heard = knock(at, bytes, and_fin);
  EXPECT_TRUE(heard.bytes.empty()) << why;
  EXPECT_EQ(heard.end, asio::error::eof) << why << ": " << heard.end.message();
}

TEST(Sockets, silence_meets_flips_cuts_and_surplus) {
  Listener listener;
  Dialler dialler(listener, 1);
  const auto first = dialler.first(listener.id());
  for (const std::size_t bit : {0U, 255U, 256U, 600U, 1535U}) {
    auto bad = first;
    bad[bit / 8] = static_cast<u8>(bad[bit / 8] ^ (1 << bit % 8));
    expect_silence(listener.address(), bad, "flipped");
  }
  for (const std::size_t size : {0U, 1U, 191U})
    expect_silence(listener.address(), Bytes(first).first(size), "cut", true);
}

TEST(Sockets, silence_meets_surplus_bytes_with_a_fin) {
  Listener listener;
  Dialler dialler(listener, 1);
  auto bad = dialler.first(listener.id());
  bad[100] ^= 1;
  for (const std::size_t surplus : {1U, 4096U}) {
    auto more = bad;
    more.resize(more.size() + surplus, 0xaa);
    expect_silence(listener.address(), more, "surplus");
  }
}

TEST(Sockets, silence_meets_the_wrong_network_version_clock_key_and_a_replay) {
  Listener listener;
  Dialler stranger(listener, 1);
  stranger.offer.hello.network[0] ^= 1;
  expect_silence(listener.address(), stranger.first(listener.id()), "network");
  Dialler late(listener, 2);
  expect_silence(listener.address(), late.first(listener.id(), -11min), "clock");
  Dialler lost(listener, 3);
  expect_silence(listener.address(), lost.first(PeerId{lost.identity.public_key()}), "key");
  Dialler honest(listener, 4);
  const auto first = honest.first(listener.id());
  const auto answered = knock(listener.address(), first, true);
  EXPECT_GE(answered.bytes.size(), lean::second_size);
  expect_silence(listener.address(), first, "replay");
  EXPECT_EQ(listener.blamed(), 0);
}

TEST(Sockets, a_session_opens_beside_a_hundred_silent_sockets) {
  Listener listener;
  asio::io_context io;
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 100; ++i) {
    silent.emplace_back(io);
    // From other addresses of loopback, so that no group's limit explains what is seen.
    silent.back().open(tcp::v4());
    silent.back().bind({asio::ip::make_address("127." + std::to_string(10 + i) + ".0.1"), 0});
    silent.back().connect({asio::ip::make_address(to_text(listener.address().ip)), listener.address().port});
  }
  app::NodeConfig config;
  config.network = "silence";
  config.bootstrap = {Endpoint{{}, 0, listener.address()}};
  config.bootstrap_every = 1s;
  auto node = app::Node::open(std::move(config));
  ASSERT_TRUE(node.has_value());
  std::thread thread([&] { (*node)->run(); });
  EXPECT_TRUE(listener.wait_for_session());
  (*node)->stop();
  thread.join();
}

}  // namespace
}  // namespace kith
