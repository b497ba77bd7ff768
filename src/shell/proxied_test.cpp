// Two nodes with a SOCKS proxy between them, over real sockets.
#include <gtest/gtest.h>

#include "shell/node_for_test.hpp"
#include "shell/socks_server_test.hpp"

namespace kith::shell {
namespace {

/// Nothing on this machine resolves it.
constexpr const char* unknown_name = "seed.invalid";

Endpoint named(const Address& at) { return {.dns = unknown_name, .family = 4, .address = {{}, at.port, "line", {}}}; }

TEST(Proxied, a_node_is_dialled_through_the_proxy_which_resolves_its_name) {
  Node a({.name = 'A', .greeting = "found"});
  SocksServer proxy({.names_lead_to = a.address()});
  Node b({.name = 'B', .proxy = proxy.proxy()});
  a.run();
  b.run();
  b.connect(named(a.address()));
  EXPECT_TRUE(b.hears("found"));
  EXPECT_EQ(proxy.asked(), std::vector<std::string>{unknown_name});
}

TEST(Proxied, an_address_is_dialled_through_the_proxy_with_a_password_and_much_is_carried) {
  const std::string much(5 << 20, 'm');
  Node a({.name = 'A', .greeting = much});
  SocksServer proxy({.login = SocksLogin{"ann", "secret"}});
  Node b({.name = 'B', .greeting = "from B", .proxy = proxy.proxy()});
  a.run();
  b.run();
  b.connect(a.address());
  EXPECT_TRUE(b.hears(much));
  EXPECT_TRUE(a.hears("from B"));
  EXPECT_EQ(proxy.asked(), std::vector<std::string>{"127.0.0.1"});
}

TEST(Proxied, what_the_proxy_answers_is_said_and_is_no_fault_of_the_proxy) {
  SocksServer proxy({.code = 5});
  Node node({.proxy = proxy.proxy()});
  node.run();
  node.connect(named({Ip::v4(127, 0, 0, 1), 1, "line", {}}));
  EXPECT_EQ(node.misses(1), std::vector<std::string>{"the proxy answered: connection refused"});
  EXPECT_TRUE(node.errors(0).empty());
}

TEST(Proxied, a_proxy_that_is_not_there_is_said_once_and_its_return_too) {
  Node a({.name = 'A', .greeting = "found"});
  a.run();
  Proxy at;
  {
    const SocksServer gone({});
    at = gone.proxy();
  }
  Node b({.name = 'B', .proxy = at});
  b.run();
  b.connect(named(a.address()));
  b.connect(named(a.address()));
  EXPECT_EQ(b.misses(2).size(), 2U);
  const auto name = "the proxy at 127.0.0.1:" + std::to_string(at.port);
  EXPECT_EQ(b.errors(1), std::vector<std::string>{name + ": nothing answers there"});
  const SocksServer back({.names_lead_to = a.address(), .port = at.port});
  b.connect(named(a.address()));
  EXPECT_TRUE(b.hears("found"));
  EXPECT_TRUE(b.recovers(name));
}

TEST(Proxied, a_password_that_the_proxy_refuses_is_said) {
  SocksServer proxy({.login = SocksLogin{"ann", "secret"}});
  auto wrong = proxy.proxy();
  wrong.login->password = "guess";
  Node node({.proxy = wrong});
  node.run();
  node.connect(named({Ip::v4(127, 0, 0, 1), 1, "line", {}}));
  ASSERT_EQ(node.errors(1).size(), 1U);
  EXPECT_NE(node.errors(1)[0].find("refuses the user or the password"), std::string::npos) << node.errors(1)[0];
}

}  // namespace
}  // namespace kith::shell
