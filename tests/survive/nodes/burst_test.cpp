// Three thousand messages at once among ten nodes, of which the original loses some and drops those who are slow.
#include "survive/nodes/nodes.hpp"

namespace kith::testing {
namespace {

constexpr std::size_t nodes = 10;
/// Each dials so many, the next ones round the ring.
constexpr std::size_t dials = 4;
constexpr std::size_t burst = 3000;

struct ABurst : Nodes {
  std::size_t ups = 0;
  std::vector<Fault> downs;
  std::size_t blames = 0;
  std::size_t accepted = 0;
  std::deque<RunningNode> running;

  void add(std::size_t index) {
    auto mine = config();
    // Each in an address group of its own.
    mine.listen[0].ip = Ip::v4(127, static_cast<u8>(index + 1), 0, 1);
    mine.kinds = {kind("burst", Priority::item)};
    auto node = open(std::move(mine));
    node->on_event([this](const core::Event& event) {
      watch.change([&] {
        const auto* up = std::get_if<core::PeerUp>(&event);
        ups += std::size_t{up && !up->info.inbound};
        // Of connections that are dialled: others come and go with probes, which over spacemesh look like any.
        const auto* down = std::get_if<core::PeerDown>(&event);
        if (down && !down->info.inbound) downs.push_back(down->why.fault);
        blames += std::size_t{std::holds_alternative<core::PeerBlamed>(event)};
        accepted += std::size_t{std::holds_alternative<core::ItemAccepted>(event)};
      });
    });
    running.emplace_back(std::move(node));
  }
};

TEST_P(ABurst, of_three_thousand_messages_comes_whole_and_parts_nobody) {
  for (std::size_t i = 0; i < nodes; ++i) add(i);
  for (std::size_t i = 0; i < nodes; ++i)
    for (std::size_t step = 1; step <= dials; ++step)
      running[i]->connect(endpoint(running[(i + step) % nodes].address()));
  ASSERT_TRUE(watch.until([&] { return ups == nodes * dials; }));
  for (std::size_t i = 0; i < burst; ++i) {
    Buffer body(256);
    body[0] = static_cast<u8>(i);
    body[1] = static_cast<u8>(i >> 8);
    ASSERT_TRUE(running[i % nodes]->publish("burst", body));
  }
  EXPECT_TRUE(watch.until([&] { return accepted == burst * nodes; })) << accepted << " of " << burst * nodes;
  EXPECT_EQ(downs, std::vector<Fault>{});
  EXPECT_EQ(blames, 0U);
}

KITH_ON_BOTH_WIRES(ABurst);

}  // namespace
}  // namespace kith::testing
