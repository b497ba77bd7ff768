// The talk with a SOCKS 5 proxy, byte by byte, and what is said when it fails.
#include "shell/socks.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kith::shell {
namespace {

Buffer hex(std::string_view digits) { return from_hex(digits).value(); }

SocksClient to_name(std::optional<SocksLogin> login = std::nullopt) {
  return SocksClient({std::string("seed.example"), 7513}, std::move(login));
}

/// Why the talk fails after these answers; empty if it does not.
std::string why(SocksClient client, const std::vector<const char*>& answers) {
  for (const char* answer : answers) {
    const auto taken = client.take(hex(answer));
    if (!taken) return taken.error().what;
  }
  return {};
}

TEST(Socks, asks_for_a_name_without_resolving_it) {
  auto client = to_name();
  EXPECT_EQ(to_hex(client.output()), "050100");
  EXPECT_EQ(client.wants(), 2U);
  ASSERT_TRUE(client.take(hex("0500")));
  EXPECT_EQ(to_hex(client.output()), "050100030c736565642e6578616d706c651d59");
  EXPECT_EQ(client.wants(), 5U);
  ASSERT_TRUE(client.take(hex("05000001c0")));
  EXPECT_EQ(client.wants(), 5U);
  ASSERT_TRUE(client.take(hex("0002010438")));
  EXPECT_EQ(client.wants(), 0U);
  EXPECT_TRUE(client.output().empty());
}

TEST(Socks, asks_for_addresses_of_both_families) {
  const std::vector<std::pair<Ip, const char*>> cases{
      {Ip::v4(192, 0, 2, 1), "05010001c00002011d59"},
      {*parse_ip("2001:db8::1"), "0501000420010db80000000000000000000000011d59"}};
  for (const auto& [ip, request] : cases) {
    SocksClient client({ip, 7513}, std::nullopt);
    client.output();
    ASSERT_TRUE(client.take(hex("0500")));
    EXPECT_EQ(to_hex(client.output()), request);
  }
}

TEST(Socks, gives_a_password_only_where_one_is_wanted) {
  auto client = to_name(SocksLogin{"ann", "secret"});
  EXPECT_EQ(to_hex(client.output()), "05020002");
  auto free = client;
  ASSERT_TRUE(client.take(hex("0502")));
  EXPECT_EQ(to_hex(client.output()), "0103616e6e06736563726574");
  ASSERT_TRUE(client.take(hex("0100")));
  EXPECT_EQ(to_hex(client.output()).substr(0, 6), "050100");
  ASSERT_TRUE(free.take(hex("0500")));
  EXPECT_EQ(to_hex(free.output()).substr(0, 6), "050100") << "a password was given that nobody wanted";
}

TEST(Socks, reads_a_reply_with_each_type_of_address) {
  for (const auto& [head, rest] : std::vector<std::pair<const char*, std::size_t>>{
           {"0500000100", 5}, {"0500000400", 17}, {"0500000309", 11}, {"05000003ff", 257}, {"0500000300", 2}}) {
    auto client = to_name();
    ASSERT_TRUE(client.take(hex("0500")));
    ASSERT_TRUE(client.take(hex(head)));
    ASSERT_EQ(client.wants(), rest) << head;
    ASSERT_TRUE(client.take(Buffer(rest)));
    EXPECT_EQ(client.wants(), 0U);
  }
}

TEST(Socks, says_what_the_proxy_answered) {
  EXPECT_EQ(why(to_name(), {"0500", "0505000100"}), "the proxy answered: connection refused");
  EXPECT_EQ(why(to_name(), {"0500", "0502000100"}), "the proxy answered: not allowed by its rules");
  EXPECT_EQ(why(to_name(), {"0500", "05ff000100"}), "the proxy answered with a code that has no meaning");
  EXPECT_EQ(why(to_name(), {"0500", "0500000200"}), "the proxy's reply has an unknown type of address");
  EXPECT_EQ(why(to_name(), {"0502"}), "the proxy wants a password");
  EXPECT_EQ(why(to_name(), {"05ff"}), "the proxy wants a password");
  EXPECT_EQ(why(to_name(SocksLogin{"a", "b"}), {"05ff"}), "the proxy takes no password");
  EXPECT_EQ(why(to_name(SocksLogin{"a", "b"}), {"0502", "0101"}), "the proxy refuses the user or the password");
  EXPECT_EQ(why(to_name(), {"4854"}), "what answers at the proxy's address is no SOCKS 5");
  for (u8 code = 1; code <= 8; ++code) EXPECT_NE(socks_reply_text(code), socks_reply_text(9)) << int{code};
}

TEST(Socks, tells_a_fault_of_the_proxy_from_one_of_the_target) {
  auto client = to_name();
  EXPECT_FALSE(client.take(hex("4854")));
  EXPECT_TRUE(client.proxy_failed());
  client = to_name();
  ASSERT_TRUE(client.take(hex("0500")));
  EXPECT_FALSE(client.take(hex("0504000100")));
  EXPECT_FALSE(client.proxy_failed());
}

RC_GTEST_PROP(Socks, ends_whatever_is_answered, (const std::vector<u8>& answer)) {
  auto client = to_name(SocksLogin{"a", "b"});
  std::size_t sent = client.output().size();
  std::size_t at = 0;
  while (client.wants() > 0 && client.wants() <= answer.size() - at) {
    const auto size = client.wants();
    RC_ASSERT(size <= max_socks_text + 2);
    if (!client.take(Bytes(answer).subspan(at, size))) break;
    at += size;
    sent += client.output().size();
  }
  RC_ASSERT(sent < 4U + 2 * (max_socks_text + 2) + max_socks_text + 7);
}

}  // namespace
}  // namespace kith::shell
