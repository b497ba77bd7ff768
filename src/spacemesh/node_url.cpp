// URLs of nodes, both ways.
#include "spacemesh/node_url.hpp"

#include <charconv>

#include "spacemesh/keys.hpp"

namespace kith::spacemesh {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::string_view scheme = "spacemesh://";
constexpr std::string_view discovery_port = "?disc=";

std::optional<u16> parse_port(std::string_view text) {
  u16 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Brackets are around IPv6 and nothing else.
std::optional<Ip> parse_host(std::string_view text) {
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  if (bracketed) text = text.substr(1, text.size() - 2);
  if (bracketed != (text.find(':') != none)) return std::nullopt;
  return parse_ip(text);
}

}  // namespace

std::string to_url(const NodeInfo& info) {
  std::string out = std::string(scheme) + key_text(info.key);
  if (!info.ip) return out;
  const auto ip = to_text(*info.ip);
  out += '@' + (info.ip->is_v4() ? ip : '[' + ip + ']') + ':' + std::to_string(info.tcp_port);
  if (info.udp_port != info.tcp_port) out += std::string(discovery_port) + std::to_string(info.udp_port);
  return out;
}

Result<NodeInfo> parse_url(std::string_view text) {
  if (text.size() > max_node_url) return fail(Fault::bad_address, "length");
  if (!text.starts_with(scheme)) return fail(Fault::bad_address, "scheme");
  text.remove_prefix(scheme.size());
  const auto at = text.find('@');
  const auto key = at == none ? std::nullopt : parse_key(text.substr(0, at));
  if (!key) return fail(Fault::bad_address, "key");
  text.remove_prefix(at + 1);

  const auto query = text.find(discovery_port);
  const auto place = text.substr(0, query);
  const auto colon = place.rfind(':');
  const auto ip = colon == none ? std::nullopt : parse_host(place.substr(0, colon));
  if (!ip) return fail(Fault::bad_address, "IP address");
  const auto tcp_port = parse_port(place.substr(colon + 1));
  const auto udp_port = query == none ? tcp_port : parse_port(text.substr(query + discovery_port.size()));
  if (!tcp_port || !udp_port) return fail(Fault::bad_address, "port");
  return NodeInfo{*key, ip, false, *tcp_port, *udp_port};
}

}  // namespace kith::spacemesh
