// The server's handlers. Each session has one operation under way at a time: a read, a turn, a wait or a write.
#include "app/rpc.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/serialize.hpp>

#include "app/key.hpp"
#include "app/options.hpp"
#include "crypto/hash.hpp"

namespace kith::app {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;
using boost::system::error_code;

struct RpcServer::Session {
  explicit Session(shell::tcp::socket socket) : stream(std::move(socket)), timer(stream.get_executor()) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer{max_rpc_header + max_rpc_body};
  std::optional<http::request_parser<http::string_body>> parser;
  http::response<http::string_body> response;
  asio::steady_timer timer;
  bool waiting = false;
  bool stop = false;
};

namespace {

constexpr std::size_t max_cookie_file = 1024;

http::status status_of(const error_code& error) {
  if (error == http::error::body_limit) return http::status::payload_too_large;
  if (error == http::error::header_limit) return http::status::request_header_fields_too_large;
  return http::status::bad_request;
}

/// Errors of HTTP itself are answered; a connection that ended or timed out is not.
bool is_answered(const error_code& error) {
  static const auto& http_errors = make_error_code(http::error::body_limit).category();
  return error.category() == http_errors && error != http::error::end_of_stream &&
         error != http::error::partial_message;
}

std::string refusal(http::status status) {
  switch (status) {
    case http::status::unauthorized:
      return "the cookie is missing or wrong: it is in the file `cookie` of the data directory\n";
    case http::status::method_not_allowed: return "JSON-RPC 2.0 is spoken here: POST a request to /\n";
    case http::status::payload_too_large: return "the body is larger than 1 MiB\n";
    default: return "this is not HTTP that the node understands\n";
  }
}

/// Compared by their hashes, so that the time tells nothing of where they differ.
bool same_secret(std::string_view a, std::string_view b) {
  return crypto::sha256(as_bytes(a)) == crypto::sha256(as_bytes(b));
}

}  // namespace

std::string authorization(std::string_view secret) {
  const auto plain = std::string(rpc_user) + ":" + std::string(secret);
  std::string out(beast::detail::base64::encoded_size(plain.size()), '\0');
  out.resize(beast::detail::base64::encode(out.data(), plain.data(), plain.size()));
  return "Basic " + out;
}

Result<Cookie> read_cookie(const std::filesystem::path& directory) {
  const auto bytes = shell::read_file(directory / cookie_file, max_cookie_file);
  if (!bytes) return std::unexpected(bytes.error());
  const auto text = as_text(*bytes);
  const auto line = text.find('\n');
  const auto prefix = rpc_user.size() + 1;
  if (!text.starts_with(rpc_user) || line == std::string_view::npos || line < prefix || !text.ends_with('\n'))
    return fail(Fault::bad_config, "cookie");
  return Cookie{std::string(text.substr(prefix, line - prefix)),
                std::string(text.substr(line + 1, text.size() - line - 2))};
}

RpcServer::RpcServer(Node& node, std::filesystem::path directory)
    : node_(node),
      directory_(std::move(directory)),
      acceptor_(node.shell().io()),
      started_(node.shell().turn().now),
      farewells_(node.shell().io()) {}

RpcServer::~RpcServer() {
  std::error_code ignored;
  std::filesystem::remove(directory_ / cookie_file, ignored);
}

std::expected<std::unique_ptr<RpcServer>, std::string> RpcServer::open(Node& node, const Address& at,
                                                                       const std::filesystem::path& directory) {
  if (!at.ip.is_loopback())
    return std::unexpected(ip_port(at) + " is not on loopback: the RPC is for this machine only");
  std::unique_ptr<RpcServer> server(new RpcServer(node, directory));
  if (auto why = server->bind(at); !why.empty())
    return std::unexpected("cannot listen for RPC on " + ip_port(at) + ": " + why +
                           "; choose another port with --rpc (port 0 takes a free one)");
  if (const auto written = server->write_cookie(); !written)
    return std::unexpected((directory / cookie_file).string() + ": " + written.error().what);
  node.on_event([it = server.get()](const core::Event& event) {
    // Whoever knocks must not push everything else out of the ring.
    if (const auto* knock = std::get_if<core::NotOpened>(&event); knock && knock->info.inbound) return;
    auto told = describe(event, it->node_.shell().world().host().kinds());
    const auto now = it->node_.shell().turn().utc;
    if (std::holds_alternative<core::RoundTrip>(event)) return it->round_trips_.add(std::move(told), now);
    it->events_.add(std::move(told), now);
    it->wake();
  });
  server->accept();
  return server;
}

std::string RpcServer::bind(const Address& at) {
  const auto endpoint = shell::to_endpoint(at.ip, at.port);
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(shell::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(shell::tcp::acceptor::max_listen_connections, error);
  if (error) return error.message();
  listening_ = at;
  listening_.port = acceptor_.local_endpoint().port();
  return {};
}

Result<> RpcServer::write_cookie() {
  const auto secret = to_hex(fresh_seed().bytes);
  authorization_ = authorization(secret);
  const auto text = std::string(rpc_user) + ":" + secret + "\n" + ip_port(listening_) + "\n";
  return shell::write_atomically(directory_ / cookie_file, as_bytes(text));
}

RpcServer::Session* RpcServer::find(u64 number) {
  const auto at = sessions_.find(number);
  return at == sessions_.end() ? nullptr : at->second.get();
}

void RpcServer::accept() {
  acceptor_.async_accept([this](const error_code& error, shell::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error && sessions_.size() < max_rpc_connections) {
      const u64 number = next_++;
      sessions_.emplace(number, std::make_unique<Session>(std::move(socket)));
      read(number);
    }
    accept();
  });
}

void RpcServer::read(u64 number) {
  auto& session = *find(number);
  session.parser.emplace();
  session.parser->header_limit(max_rpc_header);
  session.parser->body_limit(max_rpc_body);
  session.stream.expires_after(rpc_idle);
  // The header first: nobody without the cookie makes us keep a body.
  http::async_read_header(
      session.stream, session.buffer, *session.parser,
      [this, number](const error_code& error, std::size_t) { error ? read_done(number, error) : header_done(number); });
}

void RpcServer::header_done(u64 number) {
  auto& session = *find(number);
  if (!same_secret(session.parser->get()[http::field::authorization], authorization_)) return read_done(number, {});
  http::async_read(session.stream, session.buffer, *session.parser,
                   [this, number](const error_code& error, std::size_t) { read_done(number, error); });
}

void RpcServer::read_done(u64 number, const error_code& error) {
  auto& session = *find(number);
  if (error && !is_answered(error)) return void(sessions_.erase(number));
  auto status = http::status::ok;
  const auto& request = session.parser->get();
  if (error)
    status = status_of(error);
  else if (!same_secret(request[http::field::authorization], authorization_))
    status = http::status::unauthorized;
  else if (request.method() != http::verb::post)
    status = http::status::method_not_allowed;
  if (status != http::status::ok) return write(number, static_cast<unsigned>(status), refusal(status));
  answer(number, true);
}

void RpcServer::answer(u64 number, bool may_wait) {
  node_.shell().post([this, number, may_wait](core::World& world, const core::Turn& turn) {
    auto& session = *find(number);
    const RpcContext context{node_, world, turn, events_, round_trips_, started_, listening_, session.stop};
    const auto answered = respond(context, session.parser->get().body(), may_wait);
    if (const auto* again = std::get_if<AskAgain>(&answered)) return wait(number, again->within);
    const auto& value = std::get<json::value>(answered);
    if (value.is_null())
      write(number, static_cast<unsigned>(http::status::no_content), "");
    else
      write(number, static_cast<unsigned>(http::status::ok), json::serialize(value) + "\n");
  });
}

void RpcServer::wait(u64 number, Duration within) {
  auto& session = *find(number);
  session.waiting = true;
  session.timer.expires_after(within);
  session.timer.async_wait([this, number](const error_code&) {
    find(number)->waiting = false;
    answer(number, false);
  });
}

void RpcServer::wake() {
  for (const auto& [number, session] : sessions_)
    if (session->waiting) session->timer.cancel();
}

void RpcServer::write(u64 number, unsigned status, std::string body) {
  auto& session = *find(number);
  const bool good = status < 300;
  auto& response = session.response;
  response = {static_cast<http::status>(status), session.parser->get().version()};
  response.set(http::field::content_type, good ? "application/json" : "text/plain");
  if (status == static_cast<unsigned>(http::status::unauthorized))
    response.set(http::field::www_authenticate, "Basic realm=\"kith\"");
  response.body() = std::move(body);
  response.keep_alive(good && session.parser->get().keep_alive() && !session.stop);
  response.prepare_payload();
  session.stream.expires_after(rpc_idle);
  http::async_write(session.stream, response,
                    [this, number](const error_code& error, std::size_t) { write_done(number, error); });
}

void RpcServer::write_done(u64 number, const error_code& error) {
  auto& session = *find(number);
  if (session.stop) node_.stop();
  if (!error && session.response.keep_alive()) return read(number);
  if (!error) farewells_.add(shell::Tcp(session.stream.release_socket()), {});
  sessions_.erase(number);
}

}  // namespace kith::app
