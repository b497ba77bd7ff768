// One HTTP request for each question.
#include "app/rpc_client.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "app/options.hpp"

namespace kith::app {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;

/// Longer than any method takes.
constexpr auto answer_within = std::chrono::seconds(30);
/// A block of the largest size in hexadecimal, with room to spare.
constexpr std::size_t max_answer = 64 * 1024 * 1024;

/// The body of the response, or what went wrong.
std::expected<std::string, std::string> post(const RpcTarget& target, const std::string& body) {
  boost::asio::io_context io;
  beast::tcp_stream stream(io);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer);
  http::request<http::string_body> request(http::verb::post, "/", 11, body);
  request.set(http::field::host, ip_port(target.at));
  request.set(http::field::authorization, authorization(target.secret));
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.prepare_payload();
  boost::system::error_code error;
  const auto then = [&](auto next) {
    return [&error, next](const boost::system::error_code& failed, auto&&...) {
      error = failed;
      if (!failed) next();
    };
  };
  stream.expires_after(answer_within);
  const auto read = then([] {});
  const auto sent = then([&] { http::async_read(stream, buffer, parser, read); });
  const auto connected = then([&] { http::async_write(stream, request, sent); });
  stream.async_connect(shell::to_endpoint(target.at.ip, target.at.port), connected);
  io.run();
  if (error == boost::asio::error::connection_refused) return std::unexpected(no_node_at(ip_port(target.at)));
  if (error) return std::unexpected(ip_port(target.at) + " did not answer: " + error.message());
  if (parser.get().result() != http::status::ok)
    return std::unexpected(ip_port(target.at) + " refused: " + parser.get().body());
  return parser.get().body();
}

}  // namespace

std::string no_node_at(const std::string& where) {
  return "no node answers at " + where + ": is it running? start one with kith node";
}

Result<RpcTarget> find_node(const std::filesystem::path& directory) {
  const auto cookie = read_cookie(directory);
  if (!cookie) return std::unexpected(cookie.error());
  const auto at = parse_ip_port(cookie->address);
  if (!at) return fail(Fault::storage, "cookie");
  return RpcTarget{*at, cookie->secret};
}

std::expected<json::value, std::string> ask_node(const RpcTarget& target, std::string_view method,
                                                 const json::object& params) {
  const json::object request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
  const auto body = post(target, json::serialize(request));
  if (!body) return std::unexpected(body.error());
  boost::system::error_code error;
  const auto response = json::parse(*body, error);
  const auto* object = error ? nullptr : response.if_object();
  if (object) {
    if (const auto* result = object->if_contains("result")) return *result;
    const auto* failed = object->if_contains("error");
    const auto* message = failed && failed->is_object() ? failed->get_object().if_contains("message") : nullptr;
    if (message && message->is_string()) return std::unexpected(std::string(message->get_string()));
  }
  return std::unexpected(ip_port(target.at) + " is no kith node");
}

}  // namespace kith::app
