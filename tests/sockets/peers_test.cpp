// What an embedder hears of peers: who comes, who goes and why, and so when there are enough of them.
#include <gtest/gtest.h>

#include "sockets/running_node.hpp"
#include "sockets/wire_node.hpp"

namespace kith::testing {
namespace {

app::NodeConfig config() {
  app::NodeConfig out;
  out.network = "peers";
  return out;
}

TEST(Peers, that_come_and_go_are_told_to_who_listens_so_that_a_number_of_them_can_be_waited_for) {
  constexpr std::size_t wanted = 3;
  auto here = config();
  here.listen = {Address{Ip::v4(127, 0, 0, 1), 0, "lean", std::nullopt}};
  auto hub = std::move(*app::Node::open(std::move(here)));
  std::map<PeerId, bool> up;
  std::promise<void> enough;
  std::promise<std::pair<PeerId, Fault>> gone;
  hub->on_event([&](const core::Event& event) {
    if (const auto* peer = std::get_if<core::PeerUp>(&event)) {
      up[*peer->info.hello.id] = true;
      if (up.size() == wanted) enough.set_value();
    }
    if (const auto* peer = std::get_if<core::PeerDown>(&event))
      if (std::exchange(up[*peer->info.hello.id], false) &&
          std::ranges::count(up, true, &decltype(up)::value_type::second) == wanted - 1)
        gone.set_value({*peer->info.hello.id, peer->why.fault});
  });
  std::vector<PeerId> ids;
  std::deque<RunningNode> others;
  for (std::size_t i = 0; i < wanted; ++i) {
    auto there = config();
    there.bootstrap = {Endpoint{{}, 0, hub->addresses().front()}};
    there.bootstrap_every = 1s;
    auto node = std::move(*app::Node::open(std::move(there)));
    ids.push_back(node->id());
    others.emplace_back(std::move(node));
  }
  const RunningNode running(std::move(hub));
  ASSERT_EQ(enough.get_future().wait_for(generous), std::future_status::ready);
  others[1].stop();
  auto went = gone.get_future();
  ASSERT_EQ(went.wait_for(generous), std::future_status::ready);
  EXPECT_EQ(went.get(), (std::pair{ids[1], Fault::shutting_down}));
}

}  // namespace
}  // namespace kith::testing
