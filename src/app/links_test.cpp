// What a relay between two nodes does to their bytes: nothing but make them late.
#include "app/links.hpp"

#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "shell/tcp.hpp"

namespace kith::app {
namespace {

namespace asio = boost::asio;
using shell::tcp;
using Clock = std::chrono::steady_clock;

/// Node 1 dials node 0 through its relay; both ends block.
struct LinksTest : testing::Test {
  LinkConfig config{.rate = 4'000'000, .delay = std::chrono::milliseconds(10), .queue = 16 * 1024};
  Links links{config, 2};
  asio::io_context io;
  tcp::acceptor acceptor{io, shell::to_endpoint(Links::behind(0), links.port(0))};
  tcp::socket dialler{io};
  tcp::socket listener{io};

  void SetUp() override {
    ASSERT_NE(links.port(0), 0);
    dialler.open(tcp::v4());
    dialler.bind(shell::to_endpoint(Links::behind(1), 0));
    dialler.connect(shell::to_endpoint(Links::before(0), links.port(0)));
    listener = acceptor.accept();
  }
  static Buffer some_bytes(std::size_t size) {
    Buffer out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<u8>(i * 31 + i / 251);
    return out;
  }
};

TEST_F(LinksTest, the_caller_is_seen_at_the_place_where_it_can_be_found) {
  EXPECT_EQ(shell::to_ip(listener.remote_endpoint().address()), Links::before(1));
}

TEST_F(LinksTest, bytes_arrive_whole_in_order_counted_and_not_sooner_than_the_line_allows) {
  const auto sent = some_bytes(400'000);
  const auto began = Clock::now();
  std::thread writer([&] {
    asio::write(dialler, asio::buffer(sent));
    dialler.shutdown(tcp::socket::shutdown_send);
  });
  Buffer received;
  boost::system::error_code error;
  asio::read(listener, asio::dynamic_buffer(received), error);
  writer.join();
  EXPECT_EQ(error, asio::error::eof);
  EXPECT_EQ(received, sent);
  EXPECT_GE(Clock::now() - began, std::chrono::milliseconds(100) + config.delay);
  EXPECT_EQ(links.sent(), (std::vector<u64>{0, 400'000}));
}

TEST_F(LinksTest, both_ways_are_held_back_each_by_itself) {
  const auto sent = some_bytes(1000);
  const auto began = Clock::now();
  asio::write(dialler, asio::buffer(sent));
  Buffer there(sent.size());
  asio::read(listener, asio::buffer(there));
  asio::write(listener, asio::buffer(there));
  Buffer back(sent.size());
  asio::read(dialler, asio::buffer(back));
  EXPECT_EQ(back, sent);
  EXPECT_GE(Clock::now() - began, 2 * config.delay);
  EXPECT_EQ(links.sent(), (std::vector<u64>{1000, 1000}));
}

TEST_F(LinksTest, a_sender_is_held_up_when_nobody_takes_its_bytes) {
  dialler.non_blocking(true);
  const Buffer chunk(64 * 1024);
  // The kernel's buffers and the queue are far smaller than this.
  constexpr std::size_t far_too_much = 64u << 20;
  std::size_t taken = 0;
  boost::system::error_code error;
  while (!error && taken < far_too_much) taken += dialler.write_some(asio::buffer(chunk), error);
  EXPECT_EQ(error, asio::error::would_block);
}

TEST_F(LinksTest, a_broken_end_breaks_the_other) {
  listener.set_option(asio::socket_base::linger(true, 0));
  listener.close();
  Buffer rest;
  boost::system::error_code error;
  asio::read(dialler, asio::dynamic_buffer(rest), error);
  EXPECT_TRUE(error);
}

}  // namespace
}  // namespace kith::app
