// Ports that a node listens on are opened on a gateway, over real sockets, and closed when the node stops.
#include "app/mapped_ports.hpp"

#include <future>

#include "app/ran_test.hpp"
#include "app/rpc_client.hpp"
#include "app/scratch_test.hpp"
#include "shell/gateway_server_test.hpp"

namespace kith::app {
namespace {

Address listening(const Ip& ip, u16 port, std::string wire) { return {ip, port, std::move(wire), std::nullopt}; }

TEST(MappedPorts, are_those_that_others_could_reach_with_udp_where_the_wire_uses_it) {
  const auto any = Ip::v4(0, 0, 0, 0);
  const auto ports = ports_to_map(std::array{listening(any, 1, "lean"), listening(Ip::v4(127, 0, 0, 1), 2, "bitcoin"),
                                             listening(any, 3, "spacemesh"), listening(Ip::v4(10, 0, 0, 1), 1, "lean")},
                                  "http://10.0.0.2/");
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(std::pair(ports[0].port, ports[0].udp), std::pair(u16{1}, false));
  EXPECT_EQ(std::pair(ports[1].port, ports[1].udp), std::pair(u16{3}, true));
  EXPECT_EQ(ports[1].gateway, "http://10.0.0.2/");
}

TEST(MappedPorts, of_a_node_are_open_while_it_runs) {
  shell::GatewayServer gateway;
  const Scratch scratch;
  auto ran = std::async(std::launch::async, [&] {
    return run(std::vector<std::string>{"node", "--data-dir", scratch.path().string(), "--rpc", "127.0.0.1:0",
                                        "--log-level", "error", "--listen", "/ip4/0.0.0.0/tcp/0/lean", "--map-port",
                                        gateway.url()});
  });
  EXPECT_TRUE(gateway.has(1)) << "as many mappings as ports";
  const auto node = find_node(scratch.path());
  ASSERT_TRUE(node);
  const auto info = ask_node(*node, "info", {});
  ASSERT_TRUE(info) << info.error();
  const std::string listen(info->at("listen").at(0).as_string());
  for (const auto& [port, mapping] : gateway.table())
    EXPECT_TRUE(listen.starts_with("/ip4/0.0.0.0/tcp/" + port.substr(4) + "/lean")) << port << " and " << listen;
  ASSERT_TRUE(ask_node(*node, "stop", {}));
  EXPECT_EQ(ran.get(), 0);
  EXPECT_TRUE(gateway.table().empty());
}

}  // namespace
}  // namespace kith::app
