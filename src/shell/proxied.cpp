// Dials through the proxy: connect to it, talk SOCKS, then the connection is as any other.
#include "shell/shell.hpp"

namespace kith::shell {

namespace asio = boost::asio;
using boost::system::error_code;

std::string Shell::proxy_name() const {
  const auto ip = to_text(config_.proxy->ip);
  return "the proxy at " + (config_.proxy->ip.is_v4() ? ip : "[" + ip + "]") + ":" +
         std::to_string(config_.proxy->port);
}

void Shell::dial_through(const core::Connect& need) {
  const auto& proxy = *config_.proxy;
  const Peer peer = need.peer;
  auto& dial = dials_.emplace(peer, Dial{tcp::socket(io_), asio::steady_timer(io_)}).first->second;
  SocksTarget target{need.to.ip, need.to.port};
  if (!need.dns.empty()) target.host = need.dns;
  dial.socks.emplace(std::move(target), proxy.login);
  if (!open_towards(dial.socket, proxy.ip, std::nullopt)) return dialled(peer, "no socket");
  dial.deadline.expires_after(proxied_within);
  dial.deadline.async_wait([this, peer](const error_code& error) {
    if (!error) dialled(peer, "no answer of the proxy in time");
  });
  dial.socket.async_connect(to_endpoint(proxy.ip, proxy.port), [this, peer](const error_code& error) {
    const auto at = dials_.find(peer);
    if (at == dials_.end()) return;
    if (error) return not_through(peer, "nothing answers there", true);
    at->second.line.emplace(std::move(at->second.socket));
    talk(peer);
  });
}

void Shell::talk(Peer peer) {
  const auto at = dials_.find(peer);
  if (at == dials_.end()) return;
  auto& [socket, deadline, socks, in, line] = at->second;
  const auto wait = [&](tcp::socket::wait_type what) {
    line->socket().async_wait(what, [this, peer](const error_code&) { talk(peer); });
  };
  while (true) {
    line->keep(socks->output());
    if (!line->flush()) return not_through(peer, "the proxy closed the connection", socks->proxy_failed());
    if (line->blocked()) return wait(tcp::socket::wait_write);
    if (socks->wants() == 0) break;
    // Not a byte beyond: that would be the target's.
    std::array<u8, max_socks_text + 2> some;
    const auto count = line->read(std::span(some).first(socks->wants() - in.size()));
    if (!count) return not_through(peer, "the proxy closed the connection", socks->proxy_failed());
    if (*count == 0) return wait(tcp::socket::wait_read);
    append(in, Bytes(some).first(*count));
    if (in.size() < socks->wants()) continue;
    if (const auto taken = socks->take(std::exchange(in, {})); !taken)
      return not_through(peer, taken.error().what, socks->proxy_failed());
  }
  is_well(proxy_name());
  dialled(peer, nullptr);
}

void Shell::not_through(Peer peer, const char* why, bool proxy_failed) {
  if (proxy_failed) in_trouble({Fault::unreachable, why}, proxy_name());
  dialled(peer, why);
}

}  // namespace kith::shell
