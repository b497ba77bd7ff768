// A wire with datagrams has one port for them and for connections, and says so when it cannot.
#include <gtest/gtest.h>

#include "app/node.hpp"
#include "sockets/wire_node.hpp"

namespace kith::testing {
namespace {

using udp = asio::ip::udp;

auto open_at(u16 port) {
  app::NodeConfig config;
  config.network = "ports";
  config.wires = {"spacemesh"};
  config.listen = {Address{Ip::v4(127, 0, 0, 1), port, "spacemesh", std::nullopt}};
  return app::Node::open(std::move(config));
}

template <typename Protocol>
bool is_free(u16 port) {
  asio::io_context io;
  typename Protocol::socket socket(io, Protocol::v4());
  boost::system::error_code error;
  socket.bind({asio::ip::address_v4::loopback(), port}, error);
  return !error;
}

TEST(Ports, of_connections_and_datagrams_are_the_same_one_however_it_was_chosen) {
  u16 port = 0;
  for (int i = 0; i < 2; ++i) {
    const auto node = open_at(port);
    ASSERT_TRUE(node) << node.error().why;
    const u16 bound = (*node)->addresses().front().port;
    EXPECT_NE(bound, 0);
    EXPECT_TRUE(port == 0 || bound == port);
    EXPECT_FALSE(is_free<tcp>(bound));
    EXPECT_FALSE(is_free<udp>(bound));
    // The second time that one is asked for.
    port = bound;
  }
  EXPECT_TRUE(is_free<udp>(port)) << "it ends with the node";
}

TEST(Ports, that_are_free_for_connections_alone_are_refused_with_a_sentence) {
  asio::io_context io;
  const udp::socket other(io, {asio::ip::address_v4::loopback(), 0});
  const u16 taken = other.local_endpoint().port();
  const auto node = open_at(taken);
  ASSERT_FALSE(node);
  EXPECT_NE(node.error().why.find("datagrams"), std::string::npos) << node.error().why;
  EXPECT_NE(node.error().why.find(std::to_string(taken)), std::string::npos) << node.error().why;
}

}  // namespace
}  // namespace kith::testing
