// URLs of nodes that are none, and other ways to write them. Those of the original are tested with its nodes.
#include "spacemesh/node_url.hpp"

#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

const std::string scheme = "spacemesh://";
const std::string key(32, '1');

std::string_view wrong(const std::string& url) {
  const auto info = parse_url(url);
  if (info) return "";
  EXPECT_EQ(info.error().fault, Fault::bad_address);
  return info.error().what;
}

TEST(NodeUrl, reads_ports_and_addresses_as_the_original_does) {
  EXPECT_EQ(parse_url(scheme + key + "@1.2.3.4:80").value(), (NodeInfo{{}, Ip::v4(1, 2, 3, 4), false, 80, 80}));
  EXPECT_EQ(parse_url(scheme + key + "@1.2.3.4:80?disc=81").value(), (NodeInfo{{}, Ip::v4(1, 2, 3, 4), false, 80, 81}));
  EXPECT_EQ(parse_url(scheme + key + "@[::1]:80?disc=0").value(), (NodeInfo{{}, parse_ip("::1"), false, 80, 0}));
  EXPECT_EQ(parse_url(scheme + key + "@[::ffff:1.2.3.4]:80").value(),
            (NodeInfo{{}, Ip::v4(1, 2, 3, 4), false, 80, 80}));
}

TEST(NodeUrl, says_which_part_is_wrong) {
  EXPECT_EQ(wrong(""), "scheme");
  EXPECT_EQ(wrong("http://" + key + "@1.2.3.4:80"), "scheme");
  EXPECT_EQ(wrong(scheme + key), "key") << "alone it tells no place";
  EXPECT_EQ(wrong(scheme + "@1.2.3.4:80"), "key");
  EXPECT_EQ(wrong(scheme + key + "1@1.2.3.4:80"), "key");
  EXPECT_EQ(wrong(scheme + key + "@1.2.3.4"), "IP address");
  for (const char* host : {"example.org", "localhost", "", "1.2.3", "1.2.3.4.5", "::1", "[::1", "::1]", "[1.2.3.4]",
                           "[]", "[", "[fe80::1%eth0]", "1.2.3.4@5.6.7.8"})
    EXPECT_EQ(wrong(scheme + key + '@' + host + ":80"), "IP address") << host;
  for (const char* port : {"", "65536", "-1", "+1", " 1", "80/", "80?disc=", "80?disc=65536", "80?disc=x", "80?x=1",
                           "80?disc=1&x=1", "99999999999999999999"})
    EXPECT_EQ(wrong(scheme + key + "@1.2.3.4:" + port), "port") << port;
  EXPECT_EQ(wrong(scheme + key + "@1.2.3.4:" + std::string(max_node_url, '0')), "length");
}

TEST(NodeUrl, of_the_longest_parts_is_within_its_length) {
  const NodeInfo info{{0xff, 0xff}, parse_ip("1111:1111:1111:1111:1111:1111:1111:1111"), false, 65534, 65535};
  const auto url = to_url(info);
  EXPECT_LE(url.size(), max_node_url);
  EXPECT_EQ(parse_url(url).value(), info);
}

}  // namespace
}  // namespace kith::spacemesh
