// Groups and buckets: the address book of the original, address by address.
#include "spacemesh/buckets.hpp"

#include "spacemesh/groups.hpp"
#include "spacemesh/node_url.hpp"
#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

TEST(Groups, are_those_of_the_original) {
  for (const auto& each : list(vectors("address_groups"))) {
    const auto ip = parse_ip(text(each.at("ip")));
    ASSERT_TRUE(ip) << each;
    EXPECT_EQ(is_valid(ip), each.at("valid").as_bool()) << each;
    EXPECT_EQ(is_local(ip), each.at("local").as_bool()) << each;
    EXPECT_EQ(is_routable(ip), each.at("routable").as_bool()) << each;
    EXPECT_EQ(group(ip), text(each.at("group"))) << each;
  }
}

TEST(Groups, of_no_address_is_that_of_the_unroutable) {
  EXPECT_FALSE(is_valid(std::nullopt) || is_local(std::nullopt) || is_routable(std::nullopt));
  EXPECT_EQ(group(std::nullopt), "unroutable");
}

TEST(Groups, ranges_end_where_they_end) {
  struct Case {
    const char* inside;
    const char* outside;
  };
  for (const auto& [inside, outside] :
       {Case{"10.255.255.255", "11.0.0.0"}, Case{"172.31.255.255", "172.32.0.0"}, Case{"172.16.0.0", "172.15.255.255"},
        Case{"192.168.255.255", "192.169.0.0"}, Case{"198.19.255.255", "198.20.0.0"},
        Case{"198.18.0.0", "198.17.255.255"}, Case{"100.127.255.255", "100.128.0.0"},
        Case{"100.64.0.0", "100.63.255.255"}, Case{"169.254.255.255", "169.255.0.0"},
        Case{"203.0.113.255", "203.0.114.0"}, Case{"fe80::ffff:ffff:ffff:ffff", "fe80:0:0:1::"},
        Case{"fdff::1", "fe00::1"}, Case{"2001:1f::1", "2001:20::1"}, Case{"2001:db8:ffff::", "2001:db9::"},
        Case{"fd87:d87e:eb42::", "fd87:d87e:eb43:ffff::"}, Case{"127.255.255.255", "128.0.0.0"},
        Case{"0.255.255.255", "1.0.0.0"}}) {
    EXPECT_FALSE(is_routable(parse_ip(inside))) << inside;
    EXPECT_TRUE(is_routable(parse_ip(outside))) << outside;
  }
}

TEST(Buckets, are_those_of_the_original) {
  const auto book = vectors("addrbook_buckets");
  const auto secret = take_array<32>(hex(book.at("key")));
  EXPECT_EQ(new_buckets, number<u32>(book.at("new_buckets")));
  EXPECT_EQ(tried_buckets, number<u32>(book.at("tried_buckets")));
  for (const auto& each : book.at("entries").as_array()) {
    const auto node = parse_url(text(each.at("addr"))).value();
    const auto source = parse_url(text(each.at("src"))).value();
    EXPECT_EQ(to_hex(ip_bytes(node)), text(each.at("addr_ip_bytes")));
    EXPECT_EQ(to_hex(ip_bytes(source)), text(each.at("src_ip_bytes")));
    const bool tried = text(each.at("table")) == "tried";
    EXPECT_TRUE(tried || text(each.at("table")) == "new");
    EXPECT_EQ(tried ? tried_bucket(secret, node) : new_bucket(secret, node, source), number<u32>(each.at("bucket")))
        << each;
  }
}

TEST(Buckets, of_one_host_differ_by_how_its_address_is_stored) {
  std::size_t differ = 0;
  for (u8 last = 0; last < 32; ++last) {
    NodeInfo node{{}, Ip::v4(8, 8, 8, last), false, 1, 1};
    const auto tried = tried_bucket({}, node);
    const auto fresh = new_bucket({}, node, node);
    node.mapped = true;
    differ += tried_bucket({}, node) != tried ? 1u : 0u;
    EXPECT_EQ(new_bucket({}, node, node), fresh) << "the new table looks at groups alone";
  }
  EXPECT_GT(differ, 16u);
}

}  // namespace
}  // namespace kith::spacemesh
