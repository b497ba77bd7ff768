// The RPC over real sockets: who is let in, and what becomes of bad requests.
#include "app/rpc.hpp"

#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "app/options.hpp"
#include "app/scratch_test.hpp"
#include "codec/multiaddr.hpp"
#include "lean/envelope.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/rules.hpp"

namespace kith::app {
namespace {

namespace http = boost::beast::http;
namespace json = boost::json;

const Address any_port{.ip = Ip::v4(127, 0, 0, 1), .port = 0, .wire = {}, .id = {}};

LedgerParts regtest() {
  namespace bitcoin = ledger::bitcoin;
  return {.rules = std::make_unique<bitcoin::BitcoinRules>(bitcoin::regtest()),
          .check = [](const ledger::BlockJob& job) { return bitcoin::check_block(bitcoin::regtest(), job); },
          .magic = bitcoin::regtest().magic,
          .minimum_work = {},
          .genesis = Body(bitcoin::regtest().genesis_block)};
}

NodeConfig config_in(const std::filesystem::path& directory) {
  NodeConfig out;
  out.directory = directory;
  out.listen = {{.ip = Ip::v4(127, 0, 0, 1), .port = 0, .wire = "lean", .id = {}}};
  out.ledger = regtest();
  out.kinds = {lean::authored("note", 1024, Priority::item, network_id("devnet", out.ledger->rules.get()),
                              [](const lean::Envelope&) { return Verdict::accept; })};
  return out;
}

/// A node with its server, running on a thread of its own.
class Served {
 public:
  explicit Served(std::vector<Endpoint> bootstrap = {}) {
    auto config = config_in(scratch_.path());
    config.bootstrap = std::move(bootstrap);
    node_ = std::move(*Node::open(std::move(config)));
    server_ = std::move(*RpcServer::open(*node_, any_port, scratch_.path()));
    cookie_ = *read_cookie(scratch_.path());
    thread_ = std::thread([this] { node_->run(); });
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    node_->stop();
    join();
  }

  void join() {
    if (thread_.joinable()) thread_.join();
  }
  const Scratch& scratch() const { return scratch_; }
  const Cookie& cookie() const { return cookie_; }
  Address address() const { return node_->addresses().front(); }

  http::response<http::string_body> send(const http::request<http::string_body>& request) const {
    boost::asio::io_context io;
    shell::tcp::socket socket(io);
    socket.connect(shell::to_endpoint(server_->listening().ip, server_->listening().port));
    boost::system::error_code error;
    http::write(socket, request, error);
    return receive(socket);
  }
  static http::response<http::string_body> receive(shell::tcp::socket& socket) {
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    boost::system::error_code error;
    http::read(socket, buffer, parser, error);
    EXPECT_FALSE(error) << error.message();
    return parser.release();
  }
  http::request<http::string_body> request(const std::string& body) const {
    http::request<http::string_body> out(http::verb::post, "/", 11, body);
    out.set(http::field::authorization, authorization(cookie_.secret));
    out.prepare_payload();
    return out;
  }
  /// The response to a method, parsed.
  json::object call(const std::string& method, const std::string& params = "[]") const {
    const auto response =
        send(request(R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":)" + params + "}"));
    EXPECT_EQ(response.result(), http::status::ok) << response.body();
    auto out = json::parse(response.body()).as_object();
    EXPECT_EQ(out.at("id"), 7);
    return out;
  }
  i64 error(const std::string& body) const {
    const auto response = send(request(body));
    EXPECT_EQ(response.result(), http::status::ok);
    return json::parse(response.body()).at("error").at("code").as_int64();
  }
  i64 error_of(const std::string& method, const std::string& params = "[]") const {
    return call(method, params).at("error").at("code").as_int64();
  }

 private:
  Scratch scratch_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<RpcServer> server_;
  Cookie cookie_;
  std::thread thread_;
};

TEST(Rpc, lets_in_only_who_has_read_the_cookie_which_only_the_owner_can) {
  const Served served;
  auto without = served.request(R"({"jsonrpc":"2.0","id":1,"method":"info"})");
  without.erase(http::field::authorization);
  EXPECT_EQ(served.send(without).result(), http::status::unauthorized);
  auto wrong = served.request(R"({"jsonrpc":"2.0","id":1,"method":"stop"})");
  wrong.set(http::field::authorization, authorization(std::string(64, '0')));
  EXPECT_EQ(served.send(wrong).result(), http::status::unauthorized);
  EXPECT_TRUE(served.call("info").contains("result")) << "it was stopped";
  struct stat status{};
  ASSERT_EQ(::stat((served.scratch() / "cookie").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(Rpc, listens_on_loopback_only) {
  auto node = Node::open({});
  ASSERT_TRUE(node);
  const Scratch scratch;
  const auto server = RpcServer::open(**node, {Ip::v4(0, 0, 0, 0), 0, {}, {}}, scratch.path());
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().find("not on loopback"), std::string::npos);
}

TEST(Rpc, says_that_its_port_is_in_use) {
  auto node = Node::open({});
  const Scratch scratch;
  const auto first = RpcServer::open(**node, any_port, scratch.path());
  ASSERT_TRUE(first);
  const auto second = RpcServer::open(**node, (*first)->listening(), scratch.path());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("choose another port with --rpc"), std::string::npos);
}

TEST(Rpc, answers_bad_requests_with_the_codes_of_its_table) {
  const Served served;
  EXPECT_EQ(served.error("{"), rpc_error::parse);
  EXPECT_EQ(served.error(std::string(100'000, '[')), rpc_error::parse);
  EXPECT_EQ(served.error("[]"), rpc_error::invalid_request);
  EXPECT_EQ(served.error(R"({"id":1,"method":"info"})"), rpc_error::invalid_request);
  EXPECT_EQ(served.error(R"({"jsonrpc":"2.0","id":{},"method":"info"})"), rpc_error::invalid_request);
  EXPECT_EQ(served.error_of("xyzzy"), rpc_error::no_such_method);
  EXPECT_EQ(served.error_of("info", "[1]"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("info", R"({"verbose":1})"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("connect"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("connect", R"({"adress":"x"})"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("connect", R"(["/ip4/127.0.0.1/tcp/1/lean"])"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("disconnect", "[-1]"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("disconnect", "[99]"), rpc_error::not_found);
  EXPECT_EQ(served.error_of("ban", R"(["127.0.0.1"])"), rpc_error::refused);
  EXPECT_EQ(served.error_of("ban", R"(["10.0.0.1", 18446744073709551615])"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("publish", R"(["nonsense", "x"])"), rpc_error::refused);
  EXPECT_EQ(served.error_of("publish", R"({"kind":"note","text":"x","hex":"00"})"), rpc_error::bad_params);
  EXPECT_EQ(served.error_of("publish_block", R"(["00"])"), rpc_error::refused);
  EXPECT_EQ(served.error_of("block", "[170]"), rpc_error::not_found);
}

TEST(Rpc, refuses_a_body_over_its_limit_before_it_is_sent) {
  const Served served;
  boost::asio::io_context io;
  shell::tcp::socket socket(io);
  const auto at = *parse_ip_port(served.cookie().address);
  socket.connect(shell::to_endpoint(at.ip, at.port));
  const std::string header = "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(max_rpc_body + 1) +
                             "\r\nAuthorization: " + authorization(served.cookie().secret) + "\r\n\r\n";
  boost::asio::write(socket, boost::asio::buffer(header));
  EXPECT_EQ(Served::receive(socket).result(), http::status::payload_too_large);
  EXPECT_TRUE(served.call("info").contains("result"));
}

TEST(Rpc, refuses_what_is_no_http_and_other_verbs) {
  const Served served;
  boost::asio::io_context io;
  shell::tcp::socket socket(io);
  const auto at = *parse_ip_port(served.cookie().address);
  socket.connect(shell::to_endpoint(at.ip, at.port));
  boost::asio::write(socket, boost::asio::buffer(std::string("\x16\x03\x01 hello\r\n\r\n")));
  EXPECT_EQ(Served::receive(socket).result(), http::status::bad_request);
  auto get = served.request("");
  get.method(http::verb::get);
  EXPECT_EQ(served.send(get).result(), http::status::method_not_allowed);
}

TEST(Rpc, answers_no_notification) {
  const Served served;
  const auto response = served.send(served.request(R"({"jsonrpc":"2.0","method":"info"})"));
  EXPECT_EQ(response.result(), http::status::no_content);
  EXPECT_TRUE(response.body().empty());
}

TEST(Rpc, tells_who_the_node_is) {
  const Served served;
  const auto info = served.call("info").at("result").as_object();
  EXPECT_TRUE(std::string_view(info.at("id").as_string()).starts_with("12D3Koo"));
  EXPECT_EQ(info.at("network"), "devnet");
  EXPECT_EQ(info.at("tip").at("height"), 0);
  EXPECT_EQ(info.at("rpc"), json::value(served.cookie().address));
  EXPECT_EQ(served.call("peers").at("result"), json::array{});
}

TEST(Rpc, counts_connections_bytes_and_items) {
  const Served one;
  const auto before = one.call("metrics").at("result").as_object();
  for (const char* each : {"peers_in", "peers_out", "bytes_in", "bytes_out", "items_new", "items_again"})
    EXPECT_EQ(before.at(each), 0U) << each;
  const Served two({{{}, 0, one.address()}});
  two.call("publish", R"(["note", "good morning"])");
  for (i64 since = 0; one.call("metrics").at("result").at("items_new") == 0U;) {
    const auto told = one.call("events", json::serialize(json::array{since, 10000})).at("result");
    ASSERT_FALSE(told.at("events").as_array().empty()) << "nothing more happens";
    since = told.at("last").as_int64();
  }
  const auto after = one.call("metrics").at("result").as_object();
  EXPECT_EQ(after.at("peers_in"), 1U);
  EXPECT_EQ(one.call("info").at("result").at("peers_unauthenticated"), 0U);
  EXPECT_EQ(after.at("items_again"), 0U);
  EXPECT_EQ(after.at("addresses").as_object().size(), 1U);
  // Both were in a handshake and said more since: what one received the other sent, before or by now.
  const auto peer = one.call("peers").at("result").at(0).as_object();
  const auto theirs = two.call("metrics").at("result").as_object();
  EXPECT_GE(theirs.at("bytes_out").to_number<u64>(), after.at("bytes_in").to_number<u64>());
  EXPECT_GT(peer.at("bytes_in").to_number<u64>(), 192U) << "the first message of the handshake alone has as many";
  EXPECT_GT(peer.at("bytes_out").to_number<u64>(), 144U);
}

TEST(Rpc, bans_and_lifts_bans) {
  const Served served;
  served.call("ban", R"(["10.1.2.3", 3600])");
  EXPECT_EQ(served.call("bans").at("result").at(0).at("who"), "10.1.2.3");
  EXPECT_EQ(served.call("unban", R"({"who":"10.1.2.3"})").at("result"), true);
  EXPECT_EQ(served.error_of("unban", R"(["10.1.2.3"])"), rpc_error::not_found);
}

TEST(Rpc, tells_of_an_event_as_soon_as_it_happens_to_who_waits) {
  const Served served;
  boost::asio::io_context io;
  shell::tcp::socket socket(io);
  const auto at = *parse_ip_port(served.cookie().address);
  socket.connect(shell::to_endpoint(at.ip, at.port));
  const auto began = std::chrono::steady_clock::now();
  auto question = served.request(R"({"jsonrpc":"2.0","id":1,"method":"events","params":[0,10000]})");
  http::write(socket, question);
  served.call("publish", R"(["note", "good morning"])");
  const auto told = json::parse(Served::receive(socket).body()).at("result");
  EXPECT_LT(std::chrono::steady_clock::now() - began, max_event_wait / 2) << "it waited to the end";
  const auto& event = told.at("events").at(0);
  EXPECT_EQ(event.at("event"), "item");
  EXPECT_EQ(event.at("text"), "good morning");
  EXPECT_EQ(served.call("events", "[1]").at("result").at("events"), json::array{});
  EXPECT_EQ(served.call("events", "[18446744073709551615]").at("result").at("events"), json::array{});
}

TEST(Rpc, takes_a_block_and_gives_it_back_by_height_and_hash) {
  const Served served;
  const auto& params = ledger::bitcoin::regtest();
  const ledger::bitcoin::BitcoinRules rules(params);
  const auto genesis = *rules.parse(rules.genesis_header());
  const auto block = ledger::bitcoin::make_block(params, genesis.id, 1, genesis.time + 600);
  served.call("publish_block", json::serialize(json::array{to_hex(block)}));
  const auto event = served.call("events", "[0, 10000]").at("result").at("events").at(0);
  EXPECT_EQ(event.at("event"), "tip");
  EXPECT_EQ(served.call("block", "[1]").at("result").at("hex"), json::value(to_hex(block)));
  EXPECT_EQ(served.call("block", json::serialize(json::array{event.at("hash")})).at("result").at("height"), 1);
  EXPECT_EQ(served.call("tip").at("result").at("height"), 1);
}

TEST(Rpc, answers_stop_before_it_stops) {
  Served served;
  EXPECT_EQ(served.call("stop").at("result"), true);
  served.join();
}

TEST(Events, keep_the_last_1000_under_their_numbers) {
  Events events;
  for (u64 i = 0; i < max_events + 5; ++i) events.add(json::object(), Utc{});
  const auto all = events.after(0);
  ASSERT_EQ(all.size(), max_events);
  EXPECT_EQ(all[0].at("number"), 6U);
  EXPECT_EQ(events.after(max_events + 4).size(), 1U);
}

}  // namespace
}  // namespace kith::app
