// Socks: the client's side of SOCKS version 5 (RFC 1928), with or without a password (RFC 1929), as bytes in and out.
// A name is handed on as it is: the proxy resolves it, so nobody else learns of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "model/address.hpp"

namespace kith::shell {

/// Longest name of a host, user or password, in bytes: each has one byte for its length.
inline constexpr std::size_t max_socks_text = 255;

struct SocksLogin {
  /// Each of 1 to max_socks_text bytes.
  std::string user;
  std::string password;
  auto operator<=>(const SocksLogin&) const = default;
};

struct Proxy {
  Ip ip;
  u16 port = 0;
  std::optional<SocksLogin> login = std::nullopt;
};

struct SocksTarget {
  /// A name has 1 to max_socks_text bytes.
  std::variant<Ip, std::string> host;
  u16 port = 0;
};

class SocksClient {
 public:
  SocksClient(SocksTarget to, std::optional<SocksLogin> login);

  /// What is to be sent, once; after the beginning and after each take() there may be some.
  Buffer output() { return std::exchange(output_, {}); }
  /// Exactly so many bytes are to be read next, at most max_socks_text + 2; 0 when the way to the target is open. What
  /// comes behind them belongs to the target.
  std::size_t wants() const { return wants_; }
  /// Takes as many bytes as were wanted. Fails with unreachable, saying why: what the proxy answered, or that it speaks
  /// something else. Then the connection is of no use.
  Result<> take(Bytes bytes);
  /// Whether the fault is the proxy's own, or that of who set it, and not that of the one target.
  bool proxy_failed() const { return state_ < State::reply; }

 private:
  /// What is expected next.
  enum class State : u8 { method, login, reply, bound, open };

  Result<> take_method(Bytes bytes);
  Result<> take_login(Bytes bytes);
  Result<> take_reply(Bytes bytes);
  void expect(State state, std::size_t bytes) { state_ = state, wants_ = bytes; }
  void ask_for_target();

  SocksTarget to_;
  std::optional<SocksLogin> login_;
  State state_ = State::method;
  std::size_t wants_ = 2;
  Buffer output_;
};

/// What a reply of the proxy means, RFC 1928 §6; lasts.
const char* socks_reply_text(u8 code);

}  // namespace kith::shell
