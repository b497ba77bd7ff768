// Resolver: names to addresses, within a deadline, however long the system's own resolver thinks.
#pragma once

#include <functional>
#include <map>
#include <span>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/time.hpp"
#include "model/address.hpp"
#include "shell/tcp.hpp"

namespace kith::shell {

inline constexpr Duration resolve_within = 5s;
/// Names asked for at once, and addresses taken from one answer; what is beyond is not asked, or not taken.
inline constexpr std::size_t max_resolving = 32;
inline constexpr std::size_t max_resolved = 32;

class Resolver {
 public:
  /// No address means that there is none, or that it took too long.
  using Answer = std::function<void(const Endpoint&, std::span<const Ip>)>;

  /// `answer` is called once for each question, on the loop.
  Resolver(boost::asio::io_context& io, Answer answer) : io_(io), answer_(std::move(answer)) {}
  void resolve(const Endpoint& endpoint);

 private:
  struct Question {
    Endpoint endpoint;
    tcp::resolver resolver;
    boost::asio::steady_timer deadline;
  };

  void close(u64 number, std::span<const Ip> ips);

  boost::asio::io_context& io_;
  Answer answer_;
  std::map<u64, Question> open_;
  u64 next_number_ = 0;
};

}  // namespace kith::shell
