// Two worlds on real ground: shells over loopback, with a wire of plain lines.
#include <atomic>
#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "shell/misfortunes_test.hpp"
#include "shell/node_for_test.hpp"

namespace kith::shell {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using boost::system::error_code;

/// Holds whoever comes until it is opened.
class Gate {
 public:
  void pass() { open_.wait(false); }
  void open() {
    open_ = true;
    open_.notify_all();
  }
  /// Opens a gate at the end of its life, so that a test that fails does not hang.
  struct Opener {
    explicit Opener(Gate& what) : gate(what) {}
    ~Opener() { gate.open(); }
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;
    Gate& gate;
  };

 private:
  std::atomic<bool> open_ = false;
};

class Directory {
 public:
  Directory() {
    auto pattern = (fs::temp_directory_path() / "kith-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Directory() { fs::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  fs::path path;
};

TEST(Shell, carries_what_each_of_two_nodes_says_to_the_other) {
  // Larger than every buffer on the way, so that reads and writes come in pieces.
  const std::string much(5 << 20, 'm');
  Node a({.name = 'A', .greeting = "from A"});
  Node b({.name = 'B', .greeting = "from B " + much});
  a.run();
  b.run();
  b.connect(a.address());
  EXPECT_TRUE(b.hears("from A"));
  EXPECT_TRUE(a.hears("from B " + much));
}

TEST(Shell, dials_a_name_that_it_resolves) {
  Node a({.name = 'A', .greeting = "found"});
  Node b({.name = 'B'});
  a.run();
  b.run();
  b.connect(Endpoint{.dns = "localhost", .family = 4, .address = {{}, a.address().port, "line", std::nullopt}});
  EXPECT_TRUE(b.hears("found"));
}

TEST(Shell, dials_from_where_it_listens_so_that_nodes_of_one_machine_have_groups) {
  Node a({.name = 'A', .ip = Ip::v4(127, 7, 0, 1)});
  Node b({.name = 'B', .ip = Ip::v4(127, 8, 0, 1)});
  a.run();
  b.run();
  b.connect(a.address());
  ASSERT_TRUE(a.meets(1));
  EXPECT_EQ(a.peer(0).address.ip, Ip::v4(127, 8, 0, 1));
  EXPECT_TRUE(a.peer(0).inbound);
}

TEST(Shell, tells_its_world_of_an_end_that_the_other_side_makes) {
  Node node({});
  node.run();
  {
    RawPeer raw(node.address());
    raw.write("R\n");
    ASSERT_TRUE(node.meets(1));
  }
  EXPECT_TRUE(node.loses(Fault::closed_silently));
}

TEST(Shell, closes_whom_it_refuses_with_fin_and_not_a_byte_though_bytes_wait) {
  Node node({.most_pending = 0});
  RawPeer raw(node.address());
  // They wait before the loop runs, so they are there when it refuses.
  raw.write(std::string(4096, 'x'));
  node.run();
  error_code end;
  EXPECT_EQ(raw.read(end), "");
  EXPECT_EQ(end, asio::error::eof) << "not FIN but " << end.message();
}

TEST(Shell, says_which_address_is_in_use) {
  Node node({});
  Shell second({{}, {{"line", node.address().ip, node.address().port}}, 1});
  const auto listening = second.listen();
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().fault, Fault::bad_config);
  const std::string what = listening.error().what;
  EXPECT_NE(what.find("127.0.0.1 port " + std::to_string(node.address().port)), std::string::npos) << what;
}

TEST(Shell, does_not_read_a_paused_peer_and_goes_on_when_it_is_resumed) {
  Gate gate;
  Node node({.on_judge = [&] { gate.pass(); }});
  const Gate::Opener open_at_the_end(gate);
  node.run();
  RawPeer raw(node.address());
  raw.write("R\n");
  for (std::size_t i = 0; i < core::max_judging; ++i) raw.write("item number " + std::to_string(i) + "\n");
  ASSERT_TRUE(node.meets(1));
  ASSERT_TRUE(node.examined(core::max_judging));
  const Peer peer = node.peer(0).peer;
  ASSERT_FALSE(node.ask([&](core::World& world) { return world.reads(peer); }));

  // A peer that is not read can write no more once the kernel's buffers are full; each question gives the loop time.
  raw.socket().non_blocking(true);
  const std::string junk(1 << 16, 'j');
  std::size_t written = 0;
  for (int quiet = 0; quiet < 100 && written < (64U << 20); ++quiet) {
    error_code full;
    const auto count = raw.socket().write_some(asio::buffer(junk), full);
    written += count;
    if (count > 0) quiet = 0;
    node.ask([](core::World&) { return true; });
  }
  EXPECT_LT(written, 64U << 20) << "they were read from a paused peer";

  gate.open();
  raw.socket().non_blocking(false);
  raw.write("\nthe last\n");
  EXPECT_TRUE(node.hears("the last"));
}

TEST(Shell, stopped_says_goodbye_writes_its_files_and_flushes_the_judge) {
  const Directory directory;
  Node node({.directory = directory.path});
  node.run();
  RawPeer raw(node.address());
  raw.write("R\n");
  ASSERT_TRUE(node.meets(1));
  node.stop();
  error_code end;
  EXPECT_EQ(raw.read(end), "A\ngoodbye\n");
  EXPECT_EQ(end, asio::error::eof) << end.message();
  EXPECT_TRUE(fs::exists(directory.path / core::book_file("line")));
  EXPECT_EQ(node.flushes(), 1);
}

TEST(Shell, stops_before_it_ran_and_twice) {
  Node node({});
  node.shell().stop();
  node.run();
  node.stop();
  EXPECT_EQ(node.flushes(), 1);
}

TEST(Shell, stops_at_a_signal) {
  Node node({});
  node.shell().stop_on_signals();
  std::raise(SIGTERM);
  node.shell().run();
  EXPECT_EQ(node.flushes(), 1);
}

TEST(Shell, reports_a_file_that_it_cannot_write) {
  const Directory directory;
  Node node({.directory = directory.path / "absent"});
  node.run();
  node.stop();
  EXPECT_TRUE(node.errs());
}

TEST(Shell, says_once_that_its_directory_became_read_only_and_that_it_is_writable_again) {
  const Directory directory;
  // Workers inherit what this thread may do.
  const Unprivileged unprivileged;
  Node node({.directory = directory.path, .save_again = 10ms, .save_every = 15 * 20ms});
  std::vector<std::string> errors;
  {
    const ReadOnly read_only(directory.path);
    node.run();
    errors = node.errors(2);
    EXPECT_TRUE(node.ask([](core::World&) { return true; })) << "it does not go on";
  }
  EXPECT_EQ(errors,
            (std::vector<std::string>{"line-book.dat: Permission denied", "reputation.dat: Permission denied"}));
  EXPECT_TRUE(node.recovers("line-book.dat"));
  EXPECT_TRUE(node.recovers("reputation.dat"));
  EXPECT_TRUE(fs::exists(directory.path / core::book_file("line")));
}

TEST(Shell, accepts_again_when_there_are_descriptors_again) {
  // UBSan needs descriptors when it meets a type for the first time; this node has it meet them.
  {
    Node earlier({});
    RawPeer known(earlier.address());
    earlier.run();
    known.write("R\n");
    ASSERT_TRUE(earlier.meets(1));
  }
  Node node({});
  RawPeer raw(node.address());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  node.run();
  const bool told = node.errs();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(told);
  raw.write("R\n");
  EXPECT_TRUE(node.meets(1));
}

TEST(Shell, tells_its_world_that_nobody_answers) {
  // A port that was free a moment ago and on which nobody listens.
  u16 port = 0;
  {
    asio::io_context io;
    port = tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
  }
  Node node({});
  node.run();
  node.connect(Address{Ip::v4(127, 0, 0, 1), port, "line", std::nullopt});
  // The row of the dial goes when the failure is told; questions give the loop time until then.
  const auto end = std::chrono::steady_clock::now() + deadline;
  const auto rows = [&] {
    return node.ask([](core::World& world) { return world.host().connections().rows().size(); });
  };
  while (rows() > 0 && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_EQ(rows(), 0U);
}

}  // namespace
}  // namespace kith::shell
