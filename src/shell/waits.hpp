// Waits: the loop of a thread that does one thing after the other, each of which ends in time or when another thread
// says so.
#pragma once

#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "base/time.hpp"

namespace kith::shell {

class Waits {
 public:
  boost::asio::io_context& io() { return io_; }

  /// Runs what was started on io() until it is done. After `within`, or when interrupted, calls `cancel`, which makes
  /// all of it end at once, and runs on until it has. True if it was not cancelled.
  bool run(Duration within, std::function<void()> cancel);
  /// Waits so long, or until interrupted.
  void sleep(Duration time);

  /// Cancels the wait under way and every later one. From any thread.
  void interrupt();
  bool interrupted();
  /// After an interruption: waits work again, for `within` in all.
  void resume(Duration within);

 private:
  boost::asio::io_context io_;
  /// Of what is under way.
  std::function<void()> cancel_;
  bool cancelled_ = false;
  bool interrupted_ = false;
  /// When the last wait ends, however long it was meant to be.
  std::optional<std::chrono::steady_clock::time_point> end_;
};

}  // namespace kith::shell
