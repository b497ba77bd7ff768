// Letters over real sockets: three nodes in a row, of which the first knows nothing of the third; and `kith ctl send`.
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "app/exit.hpp"
#include "app/program.hpp"
#include "app/ran_test.hpp"
#include "app/rpc.hpp"
#include "app/scratch_test.hpp"
#include "codec/multiaddr.hpp"

namespace kith::app {
namespace {

/// Everything that is waited for happens within this, or the test fails.
constexpr auto deadline = std::chrono::seconds(60);

/// A node on a thread of its own, and what it told.
class Running {
 public:
  explicit Running(std::optional<Address> bootstrap = std::nullopt, const std::filesystem::path& directory = {},
                   Duration give_up = std::chrono::seconds(30)) {
    NodeConfig config;
    config.directory = directory;
    config.listen = {{.ip = Ip::v4(127, 0, 0, 1), .port = 0, .wire = "lean", .id = {}}};
    config.outbound = 1;
    // Once, when the session opens: who comes later is told of by find alone.
    config.pace.addresses = std::chrono::hours(24 * 16);
    config.delivery.give_up = give_up;
    if (bootstrap) config.bootstrap = {{.dns = {}, .family = 0, .address = *bootstrap}};
    node_ = std::move(*Node::open(std::move(config)));
    if (!directory.empty())
      server_ =
          std::move(*RpcServer::open(*node_, {.ip = Ip::v4(127, 0, 0, 1), .port = 0, .wire = {}, .id = {}}, directory));
    node_->on_event([this](const core::Event& event) {
      const std::lock_guard lock(mutex_);
      if (const auto* up = std::get_if<core::PeerUp>(&event)) met_.insert(*up->info.hello.id);
      if (const auto* mail = std::get_if<core::MailCame>(&event)) letters_.push_back(mail->letter);
      if (const auto* end = std::get_if<peers::Delivered>(&event)) ends_[end->number] = *end;
      changed_.notify_all();
    });
    thread_ = std::thread([this] { node_->run(); });
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    node_->stop();
    thread_.join();
  }

  const PeerId& id() const { return node_->id(); }
  const Address& address() const { return node_->addresses()[0]; }
  bool meets(const PeerId& other) {
    return wait([&] { return met_.contains(other); });
  }
  std::optional<peers::Delivered> send(const PeerId& to, const std::string& text) {
    std::promise<Result<u64>> number;
    node_->send(to, "text", to_buffer(as_bytes(text)), [&](const Result<u64>& result) { number.set_value(result); });
    const auto result = number.get_future().get();
    if (!result || !wait([&] { return ends_.contains(*result); })) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return ends_[*result];
  }
  std::optional<Letter> letter() {
    if (!wait([&] { return !letters_.empty(); })) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return letters_.front();
  }

 private:
  template <typename Holds>
  bool wait(Holds holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, holds);
  }

  std::unique_ptr<Node> node_;
  std::unique_ptr<RpcServer> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<PeerId> met_;
  std::vector<Letter> letters_;
  std::map<u64, peers::Delivered> ends_;
  std::thread thread_;
};

TEST(Mail, reaches_a_node_that_the_sender_never_heard_of) {
  Running middle;
  Running sender(middle.address());
  ASSERT_TRUE(sender.meets(middle.id()));
  Running receiver(middle.address());
  ASSERT_TRUE(receiver.meets(middle.id()));
  // Behind this letter the middle has the receiver's contact as well.
  ASSERT_TRUE(receiver.send(middle.id(), "here I am"));
  const auto end = sender.send(receiver.id(), "good morning");
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->acknowledged);
  EXPECT_NE(end->way, Way::direct);
  const auto letter = receiver.letter();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->who, sender.id());
  EXPECT_EQ(as_text(letter->bytes.bytes()), "good morning");
}

TEST(CtlSend, waits_until_the_letter_is_acknowledged_and_says_how_it_went) {
  const Scratch scratch;
  Running receiver;
  Running sender(receiver.address(), scratch.path());
  ASSERT_TRUE(sender.meets(receiver.id()));
  const auto sent = kith({"ctl", "send", codec::to_text(receiver.id()), "good morning", "--data-dir", scratch.path()});
  EXPECT_EQ(sent.code, exit_ok) << sent.err;
  EXPECT_EQ(sent.out.find("acknowledged by " + codec::to_text(receiver.id()) + " in "), 0U) << sent.out;
  EXPECT_NE(sent.out.find("(direct)"), std::string::npos) << sent.out;
  ASSERT_TRUE(receiver.letter());
  EXPECT_EQ(as_text(receiver.letter()->bytes.bytes()), "good morning");
  const auto wrong = kith({"ctl", "send", "nobody", "good morning", "--data-dir", scratch.path()});
  EXPECT_EQ(wrong.code, exit_failure);
  EXPECT_NE(wrong.err.find("12D3"), std::string::npos) << wrong.err;
}

TEST(CtlSend, to_nobody_ends_in_time_says_so_and_exits_with_1) {
  const Scratch scratch;
  Running alone(std::nullopt, scratch.path(), std::chrono::seconds(2));
  const auto nobody = codec::to_text(Node::open({}).value()->id());
  const auto sent = kith({"ctl", "send", nobody, "good morning", "--data-dir", scratch.path()});
  EXPECT_EQ(sent.code, exit_failure);
  EXPECT_EQ(sent.out.find("unreachable: " + nobody + " did not acknowledge"), 0U) << sent.out << sent.err;
  EXPECT_EQ(kith({"ctl", "delivery", "1", "--data-dir", scratch.path()}).code, exit_failure);
}

}  // namespace
}  // namespace kith::app
