// A SOCKS 5 proxy for tests: it connects where it is told, or to one node for every name, or refuses with a code.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <thread>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <poll.h>

#include "shell/socks.hpp"
#include "shell/tcp.hpp"

namespace kith::shell {

struct SocksPlan {
  /// Where every name leads.
  Address names_lead_to = {};
  /// The code that it answers with; anything but 0 refuses.
  u8 code = 0;
  std::optional<SocksLogin> login = std::nullopt;
  /// 0 takes a free one.
  u16 port = 0;
};

class SocksServer {
 public:
  explicit SocksServer(SocksPlan plan)
      : plan_(std::move(plan)), acceptor_(io_, {boost::asio::ip::address_v4::loopback(), plan_.port}) {
    accepting_ = std::thread([this] { accept(); });
  }
  ~SocksServer() {
    stopping_ = true;
    // Wakes the accept.
    boost::system::error_code ignored;
    tcp::socket(io_).connect(acceptor_.local_endpoint(), ignored);
    accepting_.join();
    for (auto& each : serving_) each.join();
  }
  SocksServer(const SocksServer&) = delete;
  SocksServer& operator=(const SocksServer&) = delete;

  Proxy proxy() const { return {Ip::v4(127, 0, 0, 1), acceptor_.local_endpoint().port(), plan_.login}; }
  /// Hosts that were asked for, as text.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void accept() {
    while (true) {
      boost::system::error_code error;
      tcp::socket from(io_);
      acceptor_.accept(from, error);
      if (error || stopping_) return;
      serving_.emplace_back([this, from = std::move(from)]() mutable { serve(std::move(from)); });
    }
  }
  Buffer take(tcp::socket& from, std::size_t size) {
    Buffer out(size);
    boost::asio::read(from, boost::asio::buffer(out));
    return out;
  }
  void give(tcp::socket& to, const Buffer& bytes) { boost::asio::write(to, boost::asio::buffer(bytes)); }

  void serve(tcp::socket from) try {
    const auto offered = take(from, take(from, 2)[1]);
    const u8 method = plan_.login ? u8{2} : u8{0};
    if (std::find(offered.begin(), offered.end(), method) == offered.end()) return give(from, {5, 0xff});
    give(from, {5, method});
    if (plan_.login) {
      const auto user = take(from, take(from, 2)[1]);
      const auto password = take(from, take(from, 1)[0]);
      const bool right = as_text(user) == plan_.login->user && as_text(password) == plan_.login->password;
      give(from, {1, static_cast<u8>(right ? 0 : 1)});
      if (!right) return;
    }
    connect(from);
  } catch (const boost::system::system_error&) {
    // The other side went: so does this.
  }

  void connect(tcp::socket& from) {
    const auto type = take(from, 4)[3];
    Ip ip = Ip::v4(0, 0, 0, 0);
    std::string name;
    if (type == 3) name = as_text(take(from, take(from, 1)[0]));
    if (type == 1) std::ranges::copy(take(from, 4), ip.bytes.begin() + 12);
    if (type == 4) std::ranges::copy(take(from, 16), ip.bytes.begin());
    const auto port = take(from, 2);
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(name.empty() ? to_text(ip) : name);
    }
    give(from, {5, plan_.code, 0, 1, 0, 0, 0, 0, 0, 0});
    if (plan_.code != 0) return;
    tcp::socket to(io_);
    const auto& fixed = plan_.names_lead_to;
    to.connect(name.empty() ? to_endpoint(ip, static_cast<u16>(port[0] << 8 | port[1]))
                            : to_endpoint(fixed.ip, fixed.port));
    relay(from, to);
  }

  void relay(tcp::socket& a, tcp::socket& b) {
    std::array<char, 65536> some;
    while (!stopping_) {
      std::array<pollfd, 2> ready{{{a.native_handle(), POLLIN, 0}, {b.native_handle(), POLLIN, 0}}};
      ::poll(ready.data(), ready.size(), 100);
      for (std::size_t i = 0; i < 2; ++i) {
        if (ready[i].revents == 0) continue;
        const auto count = (i == 0 ? a : b).read_some(boost::asio::buffer(some));
        boost::asio::write(i == 0 ? b : a, boost::asio::buffer(some, count));
      }
    }
  }

  SocksPlan plan_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::list<std::thread> serving_;
  std::thread accepting_;
};

}  // namespace kith::shell
