// How connections end, and how names become addresses: each against a plain socket of the system.
#include <array>
#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "shell/farewell.hpp"
#include "shell/resolver.hpp"

namespace kith::shell {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Everything that is waited for happens within this, or the test fails.
constexpr auto deadline = std::chrono::seconds(30);

/// Both ends of a connection over loopback.
struct Pair {
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  tcp::socket theirs{io};
  std::optional<Tcp> ours;

  Pair() {
    theirs.connect(acceptor.local_endpoint());
    ours.emplace(acceptor.accept());
  }
  template <typename Done>
  bool run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(std::chrono::milliseconds(100));
    return done();
  }
};

std::string read_to_end(tcp::socket& socket, error_code& error) {
  std::string out;
  std::array<char, 4096> some;
  while (!error) out.append(some.data(), socket.read_some(asio::buffer(some), error));
  return out;
}

TEST(Tcp, reads_nothing_while_there_is_nothing_and_fails_at_the_end) {
  Pair pair;
  Buffer into(10);
  EXPECT_EQ(pair.ours->read(into), 0U);
  pair.theirs.shutdown(tcp::socket::shutdown_send);
  pair.ours->socket().wait(tcp::socket::wait_read);
  EXPECT_EQ(pair.ours->read(into).error().fault, Fault::closed_silently);
}

TEST(Tcp, keeps_what_the_kernel_does_not_take_and_sends_it_in_order) {
  Pair pair;
  Buffer sent(8 << 20);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<u8>(i * 7 >> 8);
  ASSERT_TRUE(pair.ours->send(sent));
  ASSERT_TRUE(pair.ours->blocked()) << "a kernel that takes 8 MiB at once";
  Buffer got;
  std::array<u8, 65536> some;
  while (got.size() < sent.size()) {
    append(got, Bytes(some).first(pair.theirs.read_some(asio::buffer(some))));
    ASSERT_TRUE(pair.ours->flush());
  }
  EXPECT_EQ(got, sent);
  EXPECT_FALSE(pair.ours->blocked());
}

TEST(Farewells, end_with_the_last_bytes_and_fin_though_bytes_came_that_nobody_read) {
  Pair pair;
  Farewells farewells(pair.io);
  asio::write(pair.theirs, asio::buffer(std::string(4096, 'x')));
  pair.ours->socket().wait(tcp::socket::wait_read);
  farewells.add(std::move(*pair.ours), as_bytes("goodbye"));
  error_code error;
  EXPECT_EQ(read_to_end(pair.theirs, error), "goodbye");
  EXPECT_EQ(error, asio::error::eof) << "not FIN but " << error.message();
  EXPECT_FALSE(farewells.empty()) << "it still waits for the other side's FIN";
  pair.theirs.close();
  EXPECT_TRUE(pair.run_until([&] { return farewells.empty(); }));
}

TEST(Farewells, do_not_wait_for_ever_for_one_who_does_not_end) {
  Pair pair;
  Farewells farewells(pair.io);
  bool told = false;
  farewells.on_empty([&] { told = true; });
  farewells.add(std::move(*pair.ours), {});
  EXPECT_TRUE(pair.run_until([&] { return farewells.empty(); }));
  EXPECT_TRUE(told);
}

TEST(Farewells, do_not_read_for_ever_from_one_who_goes_on_sending) {
  Pair pair;
  Farewells farewells(pair.io);
  const std::string much(8 << 20, 'x');
  std::optional<error_code> sent;
  asio::async_write(pair.theirs, asio::buffer(much), [&](const error_code& error, std::size_t) { sent = error; });
  farewells.add(std::move(*pair.ours), {});
  EXPECT_TRUE(pair.run_until([&] { return farewells.empty() && sent; }));
  EXPECT_TRUE(*sent) << "all 8 MiB were read";
}

TEST(Farewells, past_their_number_the_oldest_is_closed_as_it_is) {
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  Farewells farewells(io);
  std::vector<tcp::socket> theirs;
  for (std::size_t i = 0; i <= max_farewells; ++i) {
    theirs.emplace_back(io).connect(acceptor.local_endpoint());
    farewells.add(Tcp(acceptor.accept()), {});
  }
  // The first write to a closed socket brings the reset that the second one sees.
  const auto refused = [](tcp::socket& socket) {
    error_code error;
    socket.write_some(asio::buffer("x", 1), error);
    socket.write_some(asio::buffer("x", 1), error);
    return error.failed();
  };
  EXPECT_TRUE(refused(theirs[0]));
  EXPECT_FALSE(refused(theirs[1]));
}

struct Answered {
  asio::io_context io;
  std::optional<std::vector<Ip>> ips;
  Resolver resolver{io,
                    [this](const Endpoint&, std::span<const Ip> found) { ips.emplace(found.begin(), found.end()); }};

  void ask(const std::string& name, int family) {
    resolver.resolve({.dns = name, .family = family, .address = {}});
    io.run_for(deadline);
  }
};

TEST(Resolver, answers_with_addresses_of_the_family_that_was_asked_for) {
  Answered answered;
  answered.ask("localhost", 4);
  ASSERT_TRUE(answered.ips);
  ASSERT_FALSE(answered.ips->empty());
  for (const auto& ip : *answered.ips) EXPECT_EQ(ip, Ip::v4(127, 0, 0, 1));
}

TEST(Resolver, answers_with_nothing_where_there_is_no_such_name) {
  Answered answered;
  answered.ask("not a name", 0);
  ASSERT_TRUE(answered.ips) << "no answer within the deadline";
  EXPECT_TRUE(answered.ips->empty());
}

TEST(Resolver, answers_each_question_once_also_those_that_are_too_many) {
  asio::io_context io;
  std::size_t answers = 0;
  Resolver resolver(io, [&](const Endpoint&, std::span<const Ip>) { ++answers; });
  for (std::size_t i = 0; i < 2 * max_resolving; ++i)
    resolver.resolve({.dns = "127.0.0.1", .family = 0, .address = {}});
  io.run_for(deadline);
  EXPECT_EQ(answers, 2 * max_resolving);
}

}  // namespace
}  // namespace kith::shell
