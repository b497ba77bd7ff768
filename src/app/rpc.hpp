// RPC: JSON-RPC 2.0 over HTTP on loopback, for who can read the cookie file of the node.
#pragma once

#include <map>
#include <memory>

#include "app/rpc_methods.hpp"
#include "shell/farewell.hpp"

namespace kith::app {

inline constexpr std::size_t max_rpc_connections = 64;
/// Largest request and its header, in bytes.
inline constexpr std::size_t max_rpc_body = 10 * 1024 * 1024;
inline constexpr u32 max_rpc_header = 8 * 1024;
inline constexpr auto rpc_idle = std::chrono::seconds(30);
/// The user name of HTTP's Basic scheme; the password is in the cookie file.
inline constexpr std::string_view rpc_user = "__cookie__";

/// The cookie file: "__cookie__:<secret>", then the address at which the server listens.
struct Cookie {
  std::string secret;
  std::string address;
};
Result<Cookie> read_cookie(const std::filesystem::path& directory);
/// Value of the Authorization header.
std::string authorization(std::string_view secret);

class RpcServer {
 public:
  /// Binds and writes the cookie into `directory`. `at` is on loopback. The node outlives the server, which is not to
  /// go while the node runs.
  static std::expected<std::unique_ptr<RpcServer>, std::string> open(Node& node, const Address& at,
                                                                     const std::filesystem::path& directory);
  ~RpcServer();

  /// With the port that the operating system chose.
  const Address& listening() const { return listening_; }

 private:
  struct Session;

  RpcServer(Node& node, std::filesystem::path directory);
  std::string bind(const Address& at);
  Result<> write_cookie();
  void accept();
  void read(u64 number);
  void header_done(u64 number);
  void read_done(u64 number, const boost::system::error_code& error);
  void answer(u64 number, bool may_wait);
  void wait(u64 number, Duration within);
  void write(u64 number, unsigned status, std::string body);
  void write_done(u64 number, const boost::system::error_code& error);
  void wake();
  /// Null once the session has ended.
  Session* find(u64 number);

  Node& node_;
  std::filesystem::path directory_;
  shell::tcp::acceptor acceptor_;
  Address listening_;
  std::string authorization_;
  Events events_;
  Events round_trips_{max_round_trips};
  Time started_;
  /// At most max_rpc_connections. A session goes only when none of its operations is under way.
  std::map<u64, std::unique_ptr<Session>> sessions_;
  u64 next_ = 0;
  /// Connections whose last answer is on its way.
  shell::Farewells farewells_;
};

}  // namespace kith::app
