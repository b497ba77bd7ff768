// What a world holds for all its connections together, with true wires behind
// it.
#include "core/world.hpp"

#include <gtest/gtest.h>

#include "lean/control.hpp"
#include "lean/inbox.hpp"
#include "lean/mount.hpp"
#include "lean/pair_test.hpp"
#include "lean/record.hpp"

namespace kith::lean {
namespace {

using testing::Node;

constexpr std::size_t most_held = 100'000;

struct WorldTest : ::testing::Test {
  Node node{0x11};
  std::unique_ptr<core::World> world;
  std::vector<Peer> closed;
  std::vector<Fault> blamed;
  /// The session of each caller.
  struct Caller {
    Node node;
    Peer peer{};
    std::optional<Session> session{};
    explicit Caller(u8 seed) : node(seed) {}
  };
  std::deque<Caller> callers;

  void SetUp() override {
    core::HostConfig config;
    config.self = node.offer.hello;
    config.neighbours[0].word = "lean";
    auto host = std::make_unique<core::Host>(std::move(config), nullptr, std::vector<core::Kind>{},
                                             protocols({}, false), core::Memory{}, node.rng);
    std::vector<std::unique_ptr<core::Port>> ports;
    ports.push_back(std::make_unique<Port>(node.identity, false));
    world = std::make_unique<core::World>(std::move(host), std::move(ports), most_held);
    world->start(node.turn());
  }
  void look() {
    while (auto need = world->take()) {
      if (const auto* shut = std::get_if<core::Shut>(&*need)) closed.push_back(shut->peer);
      const auto* event = std::get_if<core::Event>(&*need);
      const auto* blame = event ? std::get_if<core::PeerBlamed>(event) : nullptr;
      if (blame) blamed.push_back(blame->error.fault);
    }
  }
  Caller& come(u8 seed) {
    auto& caller = callers.emplace_back(seed);
    caller.node.offer.hello.port = 0;
    auto turn = caller.node.turn();
    auto asking = *Asking::begin(caller.node.shared, caller.node.offer, turn, node.id());
    caller.peer = *world->accept(node.turn(), "lean", {Ip::v4(8, seed, 0, 1), 1, "lean", std::nullopt});
    world->receive(node.turn(), caller.peer, asking.message());
    Buffer second;
    world->pull(node.turn(), caller.peer, second, 65'536);
    caller.session = *asking.finish(caller.node.offer, turn, Bytes(second).first(second_size));
    send(caller, {control_lane, true, true, false, encode_names({{"gossip/1"}, false})});
    return caller;
  }
  void send(Caller& caller, const Frame& frame) {
    Buffer plain;
    write_frame(plain, frame);
    Buffer out;
    ASSERT_TRUE(write_record(caller.node.shared.aead, caller.session->send, plain, out));
    world->receive(node.turn(), caller.peer, out);
    look();
  }
  /// A message of so many bytes whose end does not come.
  void begin(Caller& caller, Lane lane, std::size_t size) {
    Buffer bytes;
    write_head(bytes, {0, Role::letter, 1, testing::test_utc, false});
    bytes.resize(size);
    for (std::size_t at = 0; at < size; at += max_piece)
      send(caller, {lane, at == 0, false, false, Bytes(bytes).subspan(at, std::min(max_piece, size - at))});
  }
};

TEST_F(WorldTest, when_messages_in_pieces_fill_the_room_of_all_the_connection_that_holds_most_goes) {
  auto& modest = come(1);
  auto& greedy = come(2);
  auto& last = come(3);
  begin(modest, 1, 20'000);
  begin(greedy, 1, 60'000);
  EXPECT_TRUE(closed.empty());
  begin(last, 1, 30'000);
  EXPECT_EQ(closed, std::vector{greedy.peer});
  EXPECT_TRUE(blamed.empty()) << "it broke no rule";
  closed.clear();
  begin(last, 3, 40'000);
  EXPECT_TRUE(closed.empty()) << "what the other held is free";
}

}  // namespace
}  // namespace kith::lean
