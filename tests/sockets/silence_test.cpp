// Sockets that say nothing cost nobody else the session, with the limits that a node has by default.
#include <gtest/gtest.h>

#include "app/node.hpp"
#include "sockets/wire_node.hpp"

namespace kith::testing {
namespace {

app::NodeConfig config() {
  app::NodeConfig out;
  out.network = "silence";
  return out;
}

/// A whole node, and when the first session with it opens.
class Listener {
 public:
  Listener() {
    auto here = config();
    here.listen = {Address{Ip::v4(127, 0, 0, 1), 0, "lean", std::nullopt}};
    auto opened = app::Node::open(std::move(here));
    EXPECT_TRUE(opened.has_value());
    node_ = std::move(*opened);
    node_->on_event([this](const core::Event& event) {
      if (std::holds_alternative<core::PeerUp>(event)) up_.set_value();
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
  bool wait_for_session() { return up_.get_future().wait_for(generous) == std::future_status::ready; }

 private:
  std::unique_ptr<app::Node> node_;
  std::promise<void> up_;
  std::thread thread_;
};

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
  auto there = config();
  there.bootstrap = {Endpoint{{}, 0, listener.address()}};
  there.bootstrap_every = 1s;
  auto node = app::Node::open(std::move(there));
  ASSERT_TRUE(node.has_value());
  std::thread thread([&] { (*node)->run(); });
  EXPECT_TRUE(listener.wait_for_session());
  (*node)->stop();
  thread.join();
}

}  // namespace
}  // namespace kith::testing
