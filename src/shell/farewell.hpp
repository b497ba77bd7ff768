// Farewells: how connections end. Last bytes, FIN, then what still comes is read and dropped, since closing a socket
// with unread bytes sends RST: that would lose the last bytes and tell a scanner something.
#pragma once

#include <functional>
#include <map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/time.hpp"
#include "shell/tcp.hpp"

namespace kith::shell {

/// A connection that ends may cost so much more: bytes read, and time. Past either it is closed as it is.
inline constexpr std::size_t most_dropped = 64 * 1024;
inline constexpr Duration farewell_within = 1s;
/// Past so many farewells at once the oldest is closed as it is.
inline constexpr std::size_t max_farewells = 256;

class Farewells {
 public:
  explicit Farewells(boost::asio::io_context& io) : timer_(io) {}

  /// Ends `connection` after what it keeps and `last`.
  void add(Tcp connection, Bytes last);
  bool empty() const { return rows_.empty(); }
  /// Called each time that the last farewell is over.
  void on_empty(std::function<void()> what) { on_empty_ = std::move(what); }

 private:
  struct Row {
    Tcp connection;
    std::chrono::steady_clock::time_point deadline;
    bool finished = false;
    std::size_t dropped = 0;
  };
  enum class Next : u8 { room, bytes, over };

  void step(u64 number);
  static Next advance(Row& row);
  void erase(u64 number);
  void arm();

  boost::asio::steady_timer timer_;
  /// In the order of their deadlines.
  std::map<u64, Row> rows_;
  u64 next_number_ = 0;
  bool armed_ = false;
  std::function<void()> on_empty_;
};

}  // namespace kith::shell
