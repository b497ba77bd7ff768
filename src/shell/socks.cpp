// Greeting, password, request, each with its answer.
#include "shell/socks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/writer.hpp"

namespace kith::shell {
namespace {

constexpr u8 version = 5;
constexpr u8 login_version = 1;
enum : u8 { no_login = 0, with_password = 2, no_method = 0xff };
constexpr u8 command_connect = 1;
enum : u8 { type_v4 = 1, type_name = 3, type_v6 = 4 };
constexpr std::size_t port_size = 2;

void write_text(Writer& out, const std::string& text) {
  check(!text.empty() && text.size() <= max_socks_text, "a text that SOCKS has no room for");
  out.byte(static_cast<u8>(text.size())).bytes(as_bytes(text));
}

void write_host(Writer& out, const SocksTarget& to) {
  if (const auto* name = std::get_if<std::string>(&to.host)) {
    out.byte(type_name);
    return write_text(out, *name);
  }
  const auto& ip = std::get<Ip>(to.host);
  constexpr std::size_t mapped = 12;
  out.byte(ip.is_v4() ? type_v4 : type_v6).bytes(Bytes(ip.bytes).subspan(ip.is_v4() ? mapped : 0));
}

}  // namespace

const char* socks_reply_text(u8 code) {
  constexpr std::array texts{"connected",
                             "the proxy answered: general failure",
                             "the proxy answered: not allowed by its rules",
                             "the proxy answered: network unreachable",
                             "the proxy answered: host unreachable",
                             "the proxy answered: connection refused",
                             "the proxy answered: time to live expired",
                             "the proxy answered: it does not connect for others",
                             "the proxy answered: it does not know this type of address"};
  return code < texts.size() ? texts[code] : "the proxy answered with a code that has no meaning";
}

SocksClient::SocksClient(SocksTarget to, std::optional<SocksLogin> login)
    : to_(std::move(to)), login_(std::move(login)) {
  Writer out(output_);
  if (login_)
    out.byte(version).byte(2).byte(no_login).byte(with_password);
  else
    out.byte(version).byte(1).byte(no_login);
}

Result<> SocksClient::take(Bytes bytes) {
  check(bytes.size() == wants_ && wants_ > 0, "not what was wanted");
  switch (state_) {
    case State::method: return take_method(bytes);
    case State::login: return take_login(bytes);
    case State::reply: return take_reply(bytes);
    case State::bound:
    case State::open: expect(State::open, 0); return {};
  }
  return {};
}

Result<> SocksClient::take_method(Bytes bytes) {
  if (bytes[0] != version) return fail(Fault::unreachable, "what answers at the proxy's address is no SOCKS 5");
  if (bytes[1] == no_login) return ask_for_target(), Result<>{};
  if (bytes[1] != with_password || !login_)
    return fail(Fault::unreachable, login_ ? "the proxy takes no password" : "the proxy wants a password");
  Writer out(output_);
  out.byte(login_version);
  write_text(out, login_->user);
  write_text(out, login_->password);
  expect(State::login, 2);
  return {};
}

Result<> SocksClient::take_login(Bytes bytes) {
  // Some servers answer with the other version; what counts is the verdict.
  if (bytes[1] != 0) return fail(Fault::unreachable, "the proxy refuses the user or the password");
  ask_for_target();
  return {};
}

void SocksClient::ask_for_target() {
  Writer out(output_);
  out.byte(version).byte(command_connect).byte(0);
  write_host(out, to_);
  out.u16be(to_.port);
  expect(State::reply, 5);
}

/// The head of the reply and the first byte of the address, which is the length where that is a name.
Result<> SocksClient::take_reply(Bytes bytes) {
  if (bytes[0] != version) return fail(Fault::unreachable, "the proxy's reply is no SOCKS 5");
  if (bytes[1] != 0) return fail(Fault::unreachable, socks_reply_text(bytes[1]));
  switch (bytes[3]) {
    case type_v4: expect(State::bound, 3 + port_size); return {};
    case type_v6: expect(State::bound, 15 + port_size); return {};
    case type_name: expect(State::bound, bytes[4] + port_size); return {};
    default: return fail(Fault::unreachable, "the proxy's reply has an unknown type of address");
  }
}

}  // namespace kith::shell
