// Ranges, groups and text of addresses; hashes as people read them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/address.hpp"
#include "model/block.hpp"

namespace kith {
namespace {

TEST(Ip, text_goes_both_ways) {
  for (const char* text : {"1.2.3.4", "255.255.255.255", "::1", "::", "2001:db8::8:800:200c:417a", "fe80::1:0:0:1",
                           "1:2:3:4:5:6:7:8", "1::"}) {
    const auto ip = parse_ip(text);
    ASSERT_TRUE(ip) << text;
    EXPECT_EQ(to_text(*ip), text);
  }
  EXPECT_EQ(parse_ip("::ffff:1.2.3.4"), Ip::v4(1, 2, 3, 4));
}

TEST(Ip, what_is_not_an_address_is_refused) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                           "1::2::3", "12345::", ":1", "g::", "1:2:3:4:5:6:7::8", "1.2.3.4::", "1:"})
    EXPECT_FALSE(parse_ip(text)) << text;
}

RC_GTEST_PROP(Ip, every_address_reads_back_from_its_text, (std::array<u8, 16> bytes)) {
  RC_ASSERT(parse_ip(to_text(Ip{bytes})) == Ip{bytes});
}

TEST(Ip, ranges) {
  struct Case {
    const char* text;
    bool usable;
    int reach;
  };
  for (const auto& [text, usable, reach] :
       {Case{"127.3.0.1", true, 0}, Case{"::1", true, 0}, Case{"10.1.2.3", true, 1}, Case{"172.31.0.1", true, 1},
        Case{"172.32.0.1", true, 2}, Case{"100.64.0.1", true, 1}, Case{"fe80::1", true, 1}, Case{"fd00::1", true, 1},
        Case{"0.0.0.0", false, 2}, Case{"224.0.0.1", false, 2}, Case{"255.255.255.255", false, 2},
        Case{"192.0.2.1", false, 2}, Case{"::", false, 2}, Case{"ff02::1", false, 2}, Case{"2001:db8::1", false, 2},
        Case{"8.8.8.8", true, 2}, Case{"2a00::1", true, 2}}) {
    const auto ip = parse_ip(text);
    ASSERT_TRUE(ip) << text;
    EXPECT_EQ(ip->is_usable(), usable) << text;
    EXPECT_EQ(ip->reach(), reach) << text;
  }
}

TEST(Ip, groups_and_ban_subjects) {
  EXPECT_EQ(group_of(*parse_ip("1.2.3.4")), group_of(*parse_ip("1.2.200.1")));
  EXPECT_NE(group_of(*parse_ip("1.2.3.4")), group_of(*parse_ip("1.3.3.4")));
  EXPECT_EQ(group_of(*parse_ip("2a00:1::1")), group_of(*parse_ip("2a00:1:ffff::")));
  EXPECT_EQ(ban_subject(*parse_ip("2a00:1:2:3:4::1")), *parse_ip("2a00:1:2:3::"));
  EXPECT_EQ(ban_subject(*parse_ip("1.2.3.4")), *parse_ip("1.2.3.4"));
}

TEST(BlockRef, hashes_are_shown_reversed) {
  Hash hash{};
  hash[31] = 0xab;
  EXPECT_EQ(to_display(hash).substr(0, 4), "ab00");
  EXPECT_EQ(from_display(to_display(hash)), hash);
  EXPECT_FALSE(from_display("ab"));
}

}  // namespace
}  // namespace kith
