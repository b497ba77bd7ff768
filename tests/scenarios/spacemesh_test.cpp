// Networks over the wire of the original, which finds others by datagrams; and a node between them and lean.
#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "spacemesh/mount.hpp"
#include "spacemesh/port.hpp"
#include "support/nodes.hpp"

namespace kith::testing {
namespace {

using sim::NodeIndex;

constexpr const char* kind_name = "TxGossip";

/// Good whatever it says, and known by its hash on any wire.
core::Kind self_proving() {
  core::Kind out{kind_name, 64 * 1024, Priority::item,
                 [](Bytes body, Utc) -> Result<core::Examined> {
                   return core::Examined{take_array<20>(crypto::sha256(body)), std::nullopt};
                 },
                 [](Bytes) { return Verdict::accept; }};
  out.proves_itself = true;
  return out;
}

crypto::Key key_of(NodeIndex index) {
  crypto::Key out{};
  out[0] = static_cast<u8>(index + 1);
  return out;
}

Address place_of(NodeIndex index) {
  return {sim::ip_of(index), sim::node_port, std::string(spacemesh::wire_word), std::nullopt};
}

/// Speaks the original's wire, and lean to nobody.
sim::NodeSpec of_the_original(NodeIndex index, std::vector<Address> first) {
  sim::NodeSpec out;
  out.ip = sim::ip_of(index);
  out.has_ledger = false;
  out.kinds = {self_proving()};
  auto& neighbours = out.config.neighbours;
  neighbours.resize(2);
  neighbours[0].dialing.outbound = 0;
  auto& here = neighbours[1];
  here.word = spacemesh::wire_word;
  here.proves_ids = false;
  here.id = PeerId{key_of(index)};
  here.port = sim::node_port;
  here.inquire_of = 3;
  here.inquire_first = std::move(first);
  out.protocols = [](sim::Protocols true_ones) {
    std::ranges::move(spacemesh::protocols({spacemesh::spoken(kind_name)}), std::back_inserter(true_ones));
    return true_ones;
  };
  out.ports = [index](sim::Ports true_ones) {
    const spacemesh::PortConfig config{.key = key_of(index), .kinds = {gossip::tag_of(kind_name)}};
    true_ones.push_back(std::make_unique<spacemesh::Port>(config));
    return true_ones;
  };
  return out;
}

Result<> publish_at(sim::Network& network, NodeIndex node, std::string_view text) {
  return network.command(node, [&](core::Host& host, core::Turn& turn) {
    return host.publish_item(turn, 0, Body(to_buffer(as_bytes(text))));
  });
}

struct OfTheOriginal : ::testing::Test {
  static constexpr std::size_t count = 30;

  sim::Network network{31, {.lose_one_in = 10}};
  Notes items{network};

  void add_all() {
    for (NodeIndex node = 0; node < count; ++node)
      network.add(of_the_original(node, node > 0 ? std::vector{place_of(0)} : std::vector<Address>{}));
  }
  bool all_have_neighbours(std::size_t least) const {
    for (NodeIndex node = 0; node < count; ++node) {
      std::size_t open = 0;
      if (!network.is_up(node)) continue;
      for (const auto& [peer, row] : network.host(node).connections().rows()) open += std::size_t{row.open};
      if (open < least) return false;
    }
    return true;
  }
};

TEST_F(OfTheOriginal, thirty_nodes_find_each_other_by_datagrams_though_one_in_ten_is_lost) {
  add_all();
  sim::start_all(network, 2s);
  EXPECT_TRUE(network.run_until([&] { return all_have_neighbours(8); }, 5min));
  ASSERT_TRUE(publish_at(network, 7, "to all"));
  EXPECT_TRUE(network.run_until([&] { return items.all_have(network, 1); }, 30s));
  EXPECT_EQ(wrongly_blamed(network), "");
}

TEST_F(OfTheOriginal, thirty_nodes_find_each_other_by_their_books_when_nobody_is_named_any_more) {
  add_all();
  sim::start_all(network, 2s);
  ASSERT_TRUE(network.run_until([&] { return all_have_neighbours(8); }, 5min));
  for (NodeIndex node = 0; node < count; ++node) network.stop(node);
  for (NodeIndex node = 1; node < count; ++node) network.refit(node, of_the_original(node, {}));
  for (NodeIndex node = 1; node < count; ++node) network.start(node);
  EXPECT_TRUE(network.run_until([&] { return all_have_neighbours(8); }, 5min));
  EXPECT_EQ(wrongly_blamed(network), "");
}

TEST(ANodeBetweenLeanAndTheOriginalsWire, carries_items_that_prove_themselves_both_ways) {
  sim::Network network(32);
  Notes items(network);
  sim::NodeSpec lean;
  lean.has_ledger = false;
  lean.kinds = {self_proving()};
  sim::add_star(network, 5, lean);
  for (NodeIndex node = 5; node < 10; ++node) network.add(of_the_original(node, {place_of(10)}));
  auto between = of_the_original(10, {});
  between.config.neighbours[0] = lean.config.neighbours[0];
  between.config.neighbours[0].bootstrap = {network.endpoint(0)};
  network.add(std::move(between));
  sim::start_all(network, 2s);
  network.run_for(1min);
  ASSERT_TRUE(publish_at(network, 3, "from lean"));
  EXPECT_TRUE(network.run_until([&] { return items.all_have(network, 1); }, 30s));
  ASSERT_TRUE(publish_at(network, 7, "from the original"));
  EXPECT_TRUE(network.run_until([&] { return items.all_have(network, 2); }, 30s));
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
