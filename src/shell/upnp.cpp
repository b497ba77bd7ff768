// HTTP and the headers of SSDP by Beast, which has limits; XML by libminiupnpc, which has none of its own to hit.
#include "shell/upnp.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/multicast.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnperrors.h>
#include <miniupnpc/upnpreplyparse.h>

#include "shell/tcp.hpp"

namespace kith::shell {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::udp;
using boost::system::error_code;

namespace {

/// How the gateway names a mapping to its operator. Nothing in it tells whose machine this is.
constexpr auto description_of_ours = "kith";
constexpr std::string_view device = "urn:schemas-upnp-org:device:InternetGatewayDevice:";
constexpr std::array<std::string_view, 3> services{"urn:schemas-upnp-org:service:WANIPConnection:1",
                                                   "urn:schemas-upnp-org:service:WANIPConnection:2",
                                                   "urn:schemas-upnp-org:service:WANPPPConnection:1"};
/// The gateway takes no mapping that ends.
constexpr int only_permanent_leases = 725;

struct Answer {
  http::status status;
  std::string body;
  /// Our end of the connection.
  Ip ours;
};

Error to_error(const error_code& error) {
  if (error == http::error::body_limit || error == http::error::header_limit || error == http::error::buffer_overflow)
    return {Fault::oversize, "the gateway's answer has no end"};
  if (error.category() == http::make_error_code(http::error::end_of_stream).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message)
    return {Fault::malformed, "the gateway's answer is no HTTP"};
  return {Fault::unreachable, "the gateway cannot be reached"};
}

Result<Answer> exchange(Waits& waits, const GatewayUrl& at, http::request<http::string_body> request, Duration within) {
  tcp::socket socket(waits.io());
  boost::beast::flat_buffer buffer(max_gateway_header + max_gateway_answer);
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_gateway_answer);
  parser.header_limit(max_gateway_header);
  request.version(11);
  request.target(at.path);
  request.set(http::field::host, to_text(at.ip) + ":" + std::to_string(at.port));
  request.keep_alive(false);
  request.prepare_payload();
  error_code error;
  Ip ours;
  const auto then = [&](auto next) {
    return [&error, next](const error_code& failed, auto&&...) {
      error = failed;
      if (!failed) next();
    };
  };
  const auto read = then([] {});
  const auto sent = then([&] { http::async_read(socket, buffer, parser, read); });
  const auto connected = then([&] {
    error_code ignored;
    ours = to_ip(socket.local_endpoint(ignored).address());
    http::async_write(socket, request, sent);
  });
  socket.async_connect(to_endpoint(at.ip, at.port), connected);
  const bool in_time = waits.run(within, [&] {
    error_code ignored;
    socket.close(ignored);
  });
  if (!in_time) return fail(Fault::timed_out, "the gateway does not answer");
  if (error) return std::unexpected(to_error(error));
  return Answer{parser.get().result(), std::move(parser.get().body()), ours};
}

/// libminiupnpc 2.2.4 looks a few bytes past the end of XML that is cut off: there they are zero.
std::string padded(std::string xml) {
  xml.append(16, '\0');
  return xml;
}

/// One value of an answer by its name, and the error that it may be instead.
struct Values {
  std::string wanted;
  /// 0 if there is none; -1 if it is no number.
  int error = 0;
};

Values read_values(const std::string& xml, const char* wanted) {
  NameValueParserData data;
  const auto text = padded(xml);
  ParseNameValue(text.data(), static_cast<int>(xml.size()), &data);
  Values out;
  if (const char* value = GetValueFromNameValueList(&data, wanted)) out.wanted = value;
  if (const char* code = GetValueFromNameValueList(&data, "errorCode")) {
    out.error = -1;
    const std::string_view digits = code;
    std::from_chars(digits.data(), digits.data() + digits.size(), out.error);
    if (out.error == 0) out.error = -1;
  }
  ClearNameValueList(&data);
  return out;
}

/// Calls an action of the service. The error of the gateway, or that it failed without one, is a value: see refusal().
Result<Values> act(Waits& waits, const Gateway& gateway, const std::string& action, const std::string& arguments,
                   const char* wanted, Duration within) {
  http::request<http::string_body> request;
  request.method(http::verb::post);
  request.set(http::field::content_type, "text/xml; charset=\"utf-8\"");
  request.set("SOAPAction", '"' + gateway.service + '#' + action + '"');
  request.body() =
      "<?xml version=\"1.0\"?>\r\n"
      "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
      "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:" +
      action + " xmlns:u=\"" + gateway.service + "\">" + arguments + "</u:" + action + "></s:Body></s:Envelope>\r\n";
  const auto answer = exchange(waits, gateway.control, std::move(request), within);
  if (!answer) return std::unexpected(answer.error());
  auto values = read_values(answer->body, wanted);
  if (answer->status != http::status::ok && values.error == 0) values.error = -1;
  return values;
}

std::unexpected<Error> refusal(int code) {
  switch (code) {
    case 606: return fail(Fault::refused, "the gateway lets nobody map ports (606)");
    case 718: return fail(Fault::refused, "the gateway has given this port to another machine (718)");
    case 728: return fail(Fault::refused, "the gateway has no port left to map (728)");
    default: break;
  }
  // Its texts are literals, one of which says that it has none.
  const char* known = strupnperror(code);
  if (known == nullptr || std::string_view(known) == "UnknownError")
    known = "the gateway refuses for a reason of its own";
  return fail(Fault::refused, known);
}

std::string element(std::string_view name, std::string_view value) {
  std::string out;
  for (const auto part :
       {std::string_view("<"), name, std::string_view(">"), value, std::string_view("</"), name, std::string_view(">")})
    out += part;
  return out;
}

std::string which_mapping(std::string_view protocol, u16 port) {
  return element("NewRemoteHost", "") + element("NewExternalPort", std::to_string(port)) +
         element("NewProtocol", protocol);
}

/// A URL of a description: whole, or a path at `base`.
Result<GatewayUrl> resolve(std::string_view text, const GatewayUrl& base) {
  if (text.empty()) return fail(Fault::malformed, "the gateway's description names no service that maps ports");
  const auto whole = text.starts_with("http://") ? std::string(text)
                                                 : "http://" + to_text(base.ip) + ":" + std::to_string(base.port) +
                                                       (text.starts_with('/') ? "" : "/") + std::string(text);
  auto out = parse_gateway_url(whole);
  if (out && out->ip != base.ip) return fail(Fault::malformed, "the gateway's description points to another machine");
  return out;
}

Result<Gateway> open_service(Waits& waits, const IGDdatas_service& service, const GatewayUrl& base, const Ip& ours,
                             Duration within) {
  if (std::ranges::find(services, std::string_view(service.servicetype)) == services.end())
    return fail(Fault::malformed, "the gateway's description names no service that maps ports");
  const auto control = resolve(service.controlurl, base);
  if (!control) return std::unexpected(control.error());
  Gateway out{*control, service.servicetype, ours, {}};
  const auto values = act(waits, out, "GetExternalIPAddress", "", "NewExternalIPAddress", within);
  if (!values) return std::unexpected(values.error());
  if (values->error != 0) return refusal(values->error);
  const auto external = parse_ip(values->wanted);
  if (!external || !external->is_v4() || !external->is_usable())
    return fail(Fault::refused, "the gateway has no address on its other side");
  out.external = *external;
  return out;
}

std::string search_for(char version, Duration within) {
  // Answers may be spread over so many seconds; one is left for their way.
  const auto spread = std::max<i64>(1, std::chrono::floor<std::chrono::seconds>(within).count() - 1);
  return "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: " +
         std::to_string(spread) + "\r\nST: " + std::string(device) + version + "\r\n\r\n";
}

}  // namespace

Result<GatewayUrl> parse_gateway_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  const auto bad = fail(Fault::malformed, "the gateway's URL is not http://ADDRESS[:PORT]/PATH");
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!text.starts_with(scheme) || !std::ranges::all_of(text, printable)) return bad;
  text.remove_prefix(scheme.size());
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return bad;
  const auto host = text.substr(0, slash);
  const auto colon = host.find(':');
  GatewayUrl out;
  out.path = text.substr(slash);
  if (colon != std::string_view::npos) {
    const auto digits = host.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (error != std::errc() || end != digits.data() + digits.size() || out.port == 0) return bad;
  }
  const auto ip = parse_ip(host.substr(0, colon));
  if (!ip || !ip->is_v4() || !ip->is_usable()) return bad;
  out.ip = *ip;
  return out;
}

std::optional<GatewayUrl> parse_search_reply(std::string_view text, const Ip& from) {
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  error_code error;
  parser.put(asio::buffer(text), error);
  if (error || !parser.is_header_done()) return std::nullopt;
  const auto kind = parser.get()["ST"];
  if (!std::string_view(kind.data(), kind.size()).starts_with(device)) return std::nullopt;
  const auto location = parser.get()[http::field::location];
  const auto out = parse_gateway_url({location.data(), location.size()});
  if (!out || out->ip != from) return std::nullopt;
  return *out;
}

std::vector<GatewayUrl> search_gateways(Waits& waits, const Address& to, Duration within) {
  const auto group = to_endpoint(to.ip, to.port);
  const udp::endpoint destination(group.address(), group.port());
  udp::socket socket(waits.io());
  error_code error;
  socket.open(udp::v4(), error);
  // As far as the architecture says that a search goes.
  if (!error) socket.set_option(asio::ip::multicast::hops(2), error);
  for (const char version : {'1', '2'})
    if (!error) socket.send_to(asio::buffer(search_for(version, within)), destination, 0, error);
  if (error) return {};
  std::vector<GatewayUrl> found;
  std::array<char, 2048> datagram;
  udp::endpoint from;
  std::size_t replies = 0;
  std::function<void()> listen = [&] {
    socket.async_receive_from(asio::buffer(datagram), from, [&](const error_code& failed, std::size_t size) {
      if (!socket.is_open()) return;
      const auto reply = failed ? std::nullopt : parse_search_reply({datagram.data(), size}, to_ip(from.address()));
      if (reply && std::ranges::find(found, *reply) == found.end()) found.push_back(*reply);
      if (++replies < max_search_replies && found.size() < max_gateways) listen();
    });
  };
  listen();
  waits.run(within, [&] {
    error_code ignored;
    socket.close(ignored);
  });
  return found;
}

Result<Gateway> open_gateway(Waits& waits, const GatewayUrl& description, Duration within) {
  http::request<http::string_body> request;
  request.method(http::verb::get);
  const auto answer = exchange(waits, description, std::move(request), within);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != http::status::ok) return fail(Fault::refused, "the gateway does not give its description");
  IGDdatas data{};
  const auto text = padded(answer->body);
  parserootdesc(text.data(), static_cast<int>(answer->body.size()), &data);
  auto base = description;
  if (data.urlbase[0] != '\0') {
    // Without a path it is a URL all the same.
    const auto told = resolve(std::string(data.urlbase) + '/', description);
    if (!told) return std::unexpected(told.error());
    base.port = told->port;
  }
  auto out = open_service(waits, data.first, base, answer->ours, within);
  if (!out && data.second.servicetype[0] != '\0') out = open_service(waits, data.second, base, answer->ours, within);
  return out;
}

Result<bool> add_mapping(Waits& waits, const Gateway& gateway, const MappingRequest& request, Duration within) {
  // 0 asks for ever.
  const auto seconds = std::max<i64>(1, std::chrono::ceil<std::chrono::seconds>(request.lease).count());
  const auto ask = [&](i64 lease) {
    return act(waits, gateway, "AddPortMapping",
               which_mapping(request.protocol, request.port) +
                   element("NewInternalPort", std::to_string(request.port)) +
                   element("NewInternalClient", to_text(gateway.ours)) + element("NewEnabled", "1") +
                   element("NewPortMappingDescription", description_of_ours) +
                   element("NewLeaseDuration", std::to_string(lease)),
               "", within);
  };
  auto values = ask(seconds);
  const bool permanent = values && values->error == only_permanent_leases;
  if (permanent) values = ask(0);
  if (!values) return std::unexpected(values.error());
  if (values->error != 0) return refusal(values->error);
  return permanent;
}

Result<> delete_mapping(Waits& waits, const Gateway& gateway, std::string_view protocol, u16 port, Duration within) {
  const auto values = act(waits, gateway, "DeletePortMapping", which_mapping(protocol, port), "", within);
  if (!values) return std::unexpected(values.error());
  if (values->error != 0) return refusal(values->error);
  return {};
}

}  // namespace kith::shell
