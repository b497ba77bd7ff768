// An interruption is a handler like any other, so that all but the post happens on the thread that waits.
#include "shell/waits.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace kith::shell {

bool Waits::run(Duration within, std::function<void()> cancel) {
  auto end = std::chrono::steady_clock::now() + within;
  if (end_) end = std::min(end, *end_);
  cancelled_ = interrupted_;
  if (cancelled_) cancel();
  cancel_ = std::move(cancel);
  io_.restart();
  io_.run_until(end);
  if (!io_.stopped()) {
    cancelled_ = true;
    cancel_();
    io_.run();
  }
  cancel_ = nullptr;
  return !cancelled_;
}

void Waits::sleep(Duration time) {
  boost::asio::steady_timer timer(io_, time);
  timer.async_wait([](const boost::system::error_code&) {});
  run(time, [&] { timer.cancel(); });
}

void Waits::interrupt() {
  boost::asio::post(io_, [this] {
    interrupted_ = true;
    if (!cancel_) return;
    cancelled_ = true;
    cancel_();
  });
}

bool Waits::interrupted() {
  io_.restart();
  io_.poll();
  return interrupted_;
}

void Waits::resume(Duration within) {
  interrupted_ = false;
  end_ = std::chrono::steady_clock::now() + within;
}

}  // namespace kith::shell
