// A UPnP gateway for tests, over real sockets of loopback: it keeps a table of mappings, or fails in a way of its own.
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "shell/node_for_test.hpp"

namespace kith::shell {

struct GatewayPlan {
  std::string external = "81.2.69.160";
  /// Error codes by the action that they refuse.
  std::map<std::string, int> refuses = {};
  bool only_permanent = false;
  /// Actions that get no answer. Like the other failures also by "description".
  std::set<std::string> silent = {};
  /// What is answered by a header, and by a body, that does not end.
  std::set<std::string> endless_header = {};
  std::set<std::string> endless_body = {};
  /// Instead of the description that it would give.
  std::string description = {};
  std::string control = "/control";
};

class GatewayServer {
 public:
  struct Mapping {
    std::string client, port, description, lease;
    auto operator<=>(const Mapping&) const = default;
  };

  explicit GatewayServer(GatewayPlan plan = {}) : plan_(std::move(plan)) { come_back(); }
  ~GatewayServer() { vanish(); }
  GatewayServer(const GatewayServer&) = delete;
  GatewayServer& operator=(const GatewayServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/description.xml"; }
  u16 port() const { return port_; }

  /// Nobody listens any more; the table is lost.
  void vanish() {
    if (!accepting_.joinable()) return;
    stopping_ = true;
    boost::system::error_code ignored;
    // Wakes the accept, after whoever is served.
    tcp::socket(io_).connect(acceptor_->local_endpoint(), ignored);
    accepting_.join();
    acceptor_.reset();
    watch_.change([&] { table_.clear(); });
  }
  void come_back() {
    stopping_ = false;
    acceptor_.emplace(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port_));
    port_ = acceptor_->local_endpoint().port();
    accepting_ = std::thread([this] { accept(); });
  }
  void change_plan(const std::function<void(GatewayPlan&)>& change) {
    watch_.change([&] { change(plan_); });
  }

  /// By protocol and external port, such as "TCP 7513".
  std::map<std::string, Mapping> table() {
    std::map<std::string, Mapping> out;
    watch_.change([&] { out = table_; });
    return out;
  }
  /// Waits until the table has so many.
  bool has(std::size_t count) {
    return watch_.until([&] { return table_.size() == count; });
  }
  /// Waits until so many of this action came, answered or not.
  bool was_asked(const std::string& action, std::size_t count = 1) {
    return watch_.until([&] { return asked_[action] >= count; });
  }
  std::size_t times_asked(const std::string& action) {
    std::size_t out = 0;
    watch_.change([&] { out = asked_[action]; });
    return out;
  }

 private:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  void accept() {
    while (true) {
      boost::system::error_code error;
      tcp::socket from(io_);
      acceptor_->accept(from, error);
      if (error || stopping_) return;
      serve(from);
    }
  }

  void serve(tcp::socket& from) {
    namespace http = boost::beast::http;
    boost::system::error_code error;
    boost::beast::flat_buffer buffer;
    Request request;
    http::read(from, buffer, request, error);
    if (error) return;
    const std::string action = action_of(request);
    GatewayPlan plan;
    watch_.change([&] {
      plan = plan_;
      ++asked_[action];
    });
    if (plan.silent.contains(action)) return wait_for_end(from);
    if (plan.endless_header.contains(action)) return stream(from, "HTTP/1.1 200 OK\r\nX-Much: ");
    if (plan.endless_body.contains(action)) return stream(from, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<a>");
    auto answer = reply(action, request.body(), plan);
    answer.set(http::field::connection, "close");
    answer.prepare_payload();
    http::write(from, answer, error);
  }

  static std::string action_of(const Request& request) {
    const std::string header(request["SOAPAction"]);
    const auto hash = header.find('#');
    return hash == std::string::npos ? "description" : header.substr(hash + 1, header.size() - hash - 2);
  }

  /// Until the other side has enough. Far more than anybody should take, but not all memory of who does.
  static void stream(tcp::socket& to, std::string beginning) {
    boost::system::error_code error;
    boost::asio::write(to, boost::asio::buffer(beginning), error);
    const std::string much(64 * 1024, 'x');
    for (int i = 0; i < 256 && !error; ++i) boost::asio::write(to, boost::asio::buffer(much), error);
    if (!error) wait_for_end(to);
  }
  static void wait_for_end(tcp::socket& from) {
    boost::system::error_code error;
    std::array<char, 1024> dropped;
    while (!error) from.read_some(boost::asio::buffer(dropped), error);
  }

  using Response = boost::beast::http::response<boost::beast::http::string_body>;
  static Response ok(std::string body) { return {boost::beast::http::status::ok, 11, std::move(body)}; }
  static Response refused(int code) {
    return {boost::beast::http::status::internal_server_error, 11,
            "<s:Envelope><s:Body><s:Fault><detail><UPnPError><errorCode>" + std::to_string(code) +
                "</errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>"};
  }
  static std::string argument(const std::string& body, const std::string& name) {
    const auto from = body.find("<" + name + ">") + name.size() + 2;
    return body.substr(from, body.find("</", from) - from);
  }

  Response reply(const std::string& action, const std::string& body, const GatewayPlan& plan) {
    if (action == "description") return ok(plan.description.empty() ? description(plan) : plan.description);
    if (const auto at = plan.refuses.find(action); at != plan.refuses.end()) return refused(at->second);
    if (action == "GetExternalIPAddress")
      return ok("<u:R><NewExternalIPAddress>" + plan.external + "</NewExternalIPAddress></u:R>");
    const auto key = argument(body, "NewProtocol") + " " + argument(body, "NewExternalPort");
    const auto lease = argument(body, "NewLeaseDuration");
    if (action == "AddPortMapping" && plan.only_permanent && lease != "0") return refused(725);
    watch_.change([&] {
      if (action == "DeletePortMapping") table_.erase(key);
      if (action == "AddPortMapping")
        table_[key] = {argument(body, "NewInternalClient"), argument(body, "NewInternalPort"),
                       argument(body, "NewPortMappingDescription"), lease};
    });
    return ok("<u:R></u:R>");
  }

  static std::string description(const GatewayPlan& plan) {
    return "<?xml version=\"1.0\"?><root><device><deviceList><device><serviceList><service>"
           "<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
           "<controlURL>" +
           plan.control + "</controlURL></service></serviceList></device></deviceList></device></root>";
  }

  boost::asio::io_context io_;
  std::optional<tcp::acceptor> acceptor_;
  u16 port_ = 0;
  std::atomic<bool> stopping_ = false;
  Watch watch_;
  GatewayPlan plan_;
  std::map<std::string, Mapping> table_;
  std::map<std::string, std::size_t> asked_;
  std::thread accepting_;
};

/// Answers the first search that it hears with these replies, and each later one too.
class SearchServer {
 public:
  explicit SearchServer(std::vector<std::string> replies)
      : replies_(std::move(replies)), socket_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    answering_ = std::thread([this] { answer(); });
  }
  ~SearchServer() {
    boost::system::error_code ignored;
    // An empty datagram ends it.
    boost::asio::ip::udp::socket(io_, boost::asio::ip::udp::v4())
        .send_to(boost::asio::buffer("", 0), socket_.local_endpoint(), 0, ignored);
    answering_.join();
  }
  SearchServer(const SearchServer&) = delete;
  SearchServer& operator=(const SearchServer&) = delete;

  Address at() const { return {Ip::v4(127, 0, 0, 1), socket_.local_endpoint().port(), {}, {}}; }

  static std::string reply(const std::string& url,
                           const std::string& kind = "urn:schemas-upnp-org:device:InternetGatewayDevice:1") {
    return "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: " + kind + "\r\nLOCATION: " + url + "\r\n\r\n";
  }

 private:
  void answer() {
    std::array<char, 2048> datagram;
    boost::asio::ip::udp::endpoint from;
    boost::system::error_code ignored;
    while (socket_.receive_from(boost::asio::buffer(datagram), from, 0, ignored) > 0)
      for (const auto& each : replies_) socket_.send_to(boost::asio::buffer(each), from, 0, ignored);
  }

  std::vector<std::string> replies_;
  boost::asio::io_context io_;
  boost::asio::ip::udp::socket socket_;
  std::thread answering_;
};

}  // namespace kith::shell
