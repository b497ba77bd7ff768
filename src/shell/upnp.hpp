// UPnP: what is asked of a gateway to open a port (UPnP Device Architecture 1.1; WANIPConnection and WANPPPConnection
// of the Internet Gateway Device), and how much of what it says is taken.
//
// libminiupnpc reads the XML and names the errors. It does not do the talking: 2.2.4 bounds each read of an answer (5
// s) but neither the answer's length nor all its reads together, nor a search that the same reply keeps alive, and
// nothing of it can be interrupted. Here each exchange has a size and a time, and a search a number of replies.
#pragma once

#include "base/error.hpp"
#include "model/address.hpp"
#include "shell/waits.hpp"

namespace kith::shell {

/// Largest answer of a gateway without its header, and largest header, in bytes.
inline constexpr std::size_t max_gateway_answer = 64 * 1024;
inline constexpr u32 max_gateway_header = 8 * 1024;
/// Replies that one search reads, of whatever kind, and gateways that it returns.
inline constexpr std::size_t max_search_replies = 32;
inline constexpr std::size_t max_gateways = 4;
/// Where gateways listen for a search: the multicast group of SSDP.
inline const Address search_group{Ip::v4(239, 255, 255, 250), 1900, {}, {}};

/// The part of HTTP's URLs that gateways use. No name is ever looked up.
struct GatewayUrl {
  Ip ip;
  u16 port = 80;
  /// With its slash; printable ASCII without spaces.
  std::string path;
  auto operator<=>(const GatewayUrl&) const = default;
};
/// http://IPV4[:PORT]/PATH. Fails with malformed.
Result<GatewayUrl> parse_gateway_url(std::string_view text);

/// Where a reply to a search says that the gateway is described, which must be `from` itself; nothing if it says so of
/// no gateway.
std::optional<GatewayUrl> parse_search_reply(std::string_view text, const Ip& from);

/// A service that maps ports.
struct Gateway {
  GatewayUrl control;
  std::string service;
  /// Our address as the gateway sees it.
  Ip ours;
  /// The gateway's address on its other side, as it says.
  Ip external;
};

/// The descriptions of gateways that answer within the time. Only those that lie at the answer's source: a reply leads
/// to nobody else. With `to` other than the group, that one place is asked.
std::vector<GatewayUrl> search_gateways(Waits& waits, const Address& to, Duration within);

/// Reads a description and asks its services for the external address; the first that has one is taken. The control URL
/// must lie where the description does. Each exchange ends within `within`. Fails with unreachable, timed_out,
/// oversize, malformed, or refused; `what` is for the operator, here and below.
Result<Gateway> open_gateway(Waits& waits, const GatewayUrl& description, Duration within);

struct MappingRequest {
  /// TCP or UDP.
  std::string_view protocol;
  /// Here and on the gateway.
  u16 port;
  /// Rounded up to whole seconds.
  Duration lease;
};
/// Maps, or renews what is mapped. True where the gateway knows only mappings for ever and that is what it was asked
/// for then. Fails with refused when the gateway says no; after any other failure it may have mapped all the same.
Result<bool> add_mapping(Waits& waits, const Gateway& gateway, const MappingRequest& request, Duration within);

Result<> delete_mapping(Waits& waits, const Gateway& gateway, std::string_view protocol, u16 port, Duration within);

}  // namespace kith::shell
