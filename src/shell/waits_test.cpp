// What ends a wait: that it is done, that it took too long, and that another thread says so.
#include "shell/waits.hpp"

#include <boost/asio/steady_timer.hpp>

#include "shell/node_for_test.hpp"

namespace kith::shell {
namespace {

struct WaitsTest : ::testing::Test {
  Waits waits;

  /// Something that takes so long; true if it was let.
  bool wait(Duration time, Duration within) {
    boost::asio::steady_timer timer(waits.io(), time);
    timer.async_wait([](const boost::system::error_code&) {});
    return waits.run(within, [&] { timer.cancel(); });
  }
};

TEST_F(WaitsTest, a_wait_ends_when_it_is_done_or_out_of_time) {
  EXPECT_TRUE(wait(1ms, deadline));
  EXPECT_FALSE(wait(1h, 1ms));
  EXPECT_TRUE(wait(1ms, deadline));
}

TEST_F(WaitsTest, an_interruption_ends_each_wait_until_it_is_resumed) {
  waits.interrupt();
  EXPECT_FALSE(wait(1ms, deadline));
  EXPECT_FALSE(wait(1ms, deadline));
  EXPECT_TRUE(waits.interrupted());
  waits.resume(deadline);
  EXPECT_FALSE(waits.interrupted());
  EXPECT_TRUE(wait(1ms, deadline));
}

TEST_F(WaitsTest, after_a_resumption_no_wait_outlasts_its_time) {
  waits.interrupt();
  EXPECT_TRUE(waits.interrupted());
  waits.resume(0ms);
  EXPECT_FALSE(wait(1ms, deadline));
}

}  // namespace
}  // namespace kith::shell
