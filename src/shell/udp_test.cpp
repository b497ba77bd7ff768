// Datagrams over real sockets of loopback.
#include "shell/udp.hpp"

#include <gtest/gtest.h>

#include "shell/node_for_test.hpp"

namespace kith::shell {
namespace {

struct UdpTest : ::testing::Test {
  boost::asio::io_context io;
  Udp a{io, "toy"};
  Udp b{io, "toy"};
  std::vector<std::pair<Address, Buffer>> heard;

  void SetUp() override {
    for (auto* each : {&a, &b}) {
      ASSERT_FALSE(each->bind(Ip::v4(127, 0, 0, 1), 0));
      each->listen([this](const Address& from, Bytes bytes) { heard.emplace_back(from, to_buffer(bytes)); });
    }
  }
  bool await(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (heard.size() < count && std::chrono::steady_clock::now() < end) io.run_one_until(end);
    return heard.size() >= count;
  }
};

TEST_F(UdpTest, datagrams_come_whole_and_say_from_where) {
  a.send(b.address(), Buffer{1, 2, 3});
  a.send(b.address(), Buffer{});
  a.send(b.address(), Buffer(20'000, 7));
  ASSERT_TRUE(await(3));
  for (const auto& [from, bytes] : heard) EXPECT_EQ(from, a.address());
  EXPECT_EQ(heard[0].second, (Buffer{1, 2, 3}));
  EXPECT_TRUE(heard[1].second.empty());
  EXPECT_EQ(heard[2].second, Buffer(20'000, 7));
}

TEST_F(UdpTest, one_to_somebody_who_is_not_there_costs_no_other) {
  Udp gone(io, "toy");
  ASSERT_FALSE(gone.bind(Ip::v4(127, 0, 0, 1), 0));
  const auto nowhere = gone.address();
  gone.close();
  a.send(nowhere, Buffer{1});
  b.send(a.address(), Buffer{2});
  ASSERT_TRUE(await(1));
  EXPECT_EQ(heard[0].second, Buffer{2});
}

TEST_F(UdpTest, a_port_has_one_owner) {
  Udp other(io, "toy");
  EXPECT_TRUE(other.bind(Ip::v4(127, 0, 0, 1), a.address().port));
}

}  // namespace
}  // namespace kith::shell
