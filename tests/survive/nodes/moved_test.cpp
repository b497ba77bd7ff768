// A node that is known moves to another port: in the original its address never changes in the books of others.
#include "app/scratch_test.hpp"
#include "survive/nodes/nodes.hpp"

namespace kith::testing {
namespace {

struct AMovedNode : Nodes {
  app::Scratch home;
  /// Ports to which connections of our own choice led.
  std::set<u16> dialled;

  std::unique_ptr<app::Node> open_moving(const Address& to_whom) {
    auto mine = config();
    mine.directory = home.path();
    mine.contacts = {to_whom};
    auto node = open(std::move(mine));
    node->connect(endpoint(to_whom));
    return node;
  }
  static bool knows(core::Host& host, u16 port) {
    const auto entries = host.neighbours()[0].book().entries();
    return std::ranges::any_of(entries, [&](const peers::Entry& each) { return each.address.port == port; });
  }
  /// Sends away who comes in, so that the next connection is one of the book's.
  static void stay_alone(core::Host& host, core::Turn& turn) {
    for (const Peer peer : host.connections().peers())
      if (const auto& row = *host.connections().find(peer); row.open && row.info.inbound) host.disconnect(turn, peer);
  }
  /// Asks `node` until `holds`, for as long as anything may take.
  template <typename Holds>
  static bool comes(RunningNode& node, Holds holds) {
    const auto until = std::chrono::steady_clock::now() + shell::deadline;
    while (std::chrono::steady_clock::now() < until)
      if (node.ask(holds)) return true;
    return false;
  }
};

TEST_P(AMovedNode, is_found_where_it_is_now) {
  auto mine = config();
  mine.outbound = 1;
  auto knower = open(std::move(mine));
  // Read by the host's own thread alone, in comes().
  knower->on_event([this](const core::Event& event) {
    const auto* up = std::get_if<core::PeerUp>(&event);
    if (up && !up->info.inbound) dialled.insert(up->info.address.port);
  });
  RunningNode a(std::move(knower));
  u16 first = 0;
  {
    RunningNode b(open_moving(a.address()));
    first = b.address().port;
    ASSERT_TRUE(comes(a, [&](core::Host& host, core::Turn&) { return knows(host, first); }));
  }
  // Keeps the old place from the node, and listens to nobody.
  boost::asio::io_context io;
  const boost::asio::ip::tcp::socket squatter(io, {boost::asio::ip::address_v4::loopback(), first});
  RunningNode b(open_moving(a.address()));
  const u16 second = b.address().port;
  ASSERT_NE(second, first);
  ASSERT_TRUE(comes(a, [&](core::Host& host, core::Turn&) { return knows(host, second); }));
  EXPECT_TRUE(comes(a, [&](core::Host& host, core::Turn& turn) {
    stay_alone(host, turn);
    return dialled.contains(second);
  }));
}

KITH_ON_BOTH_WIRES(AMovedNode);

}  // namespace
}  // namespace kith::testing
