// Letters find their receiver wherever it is, are read by nobody else, and a receiver that is nowhere costs little.
#include <gtest/gtest.h>

#include "lean/sealed.hpp"
#include "sim/scenario.hpp"
#include "support/nodes.hpp"

namespace kith::testing {
namespace {

using sim::Network;
using sim::NodeIndex;

std::vector<std::string> play(std::size_t nodes, bool& went_well) {
  const auto all = sim::scenarios();
  const auto send =
      std::find_if(all.begin(), all.end(), [](const auto& each) { return each.name == std::string("send"); });
  std::vector<std::string> lines;
  went_well = send->run({.nodes = nodes, .seed = 7}, [&](const std::string& line) { lines.push_back(line); });
  return lines;
}

std::string all_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

TEST(Letters, reach_the_nodes_of_a_network_a_tenth_of_which_dies_and_comes_back) {
  bool went_well = false;
  const auto lines = play(60, went_well);
  EXPECT_TRUE(went_well) << all_of(lines);
}

TEST(LettersAmongAThousand, are_acknowledged_by_99_percent_and_read_by_nobody_else) {
  bool went_well = false;
  const auto lines = play(1000, went_well);
  EXPECT_TRUE(went_well) << all_of(lines);
  EXPECT_NE(std::find(lines.begin(), lines.end(), "others that could read a letter 0"), lines.end());
  for (const auto* way : {"dialled", "found", "sealed"})
    EXPECT_EQ(std::find(lines.begin(), lines.end(), std::string("by the way ") + way + ": 0"), lines.end())
        << way << "\n"
        << all_of(lines);
}

/// A line of nodes: each dials the one before, its bootstrap node, and nobody else.
struct Line {
  Network network{3};
  std::map<u64, peers::Delivered> ends;
  std::map<NodeIndex, std::vector<Letter>> letters;

  explicit Line(std::size_t count, NodeIndex unreachable, bool findable = true) {
    for (NodeIndex index = 0; index < count; ++index) {
      sim::NodeSpec spec;
      spec.ip = sim::ip_of(index);
      spec.config.neighbours[0].dialing.outbound = 0;
      spec.config.delivery.findable = findable;
      spec.reachable = index != unreachable;
      if (index > 0) spec.config.neighbours[0].bootstrap = {network.endpoint(index - 1)};
      // Nobody learns more addresses than the one that it is given.
      spec.protocols = [](sim::Protocols all) {
        std::erase_if(all, [](const auto& each) { return each->names()[0].text == "addresses/1"; });
        return all;
      };
      network.add(std::move(spec));
    }
    network.watch([this](NodeIndex node, const core::Event& event) {
      if (const auto* end = std::get_if<peers::Delivered>(&event)) ends[end->number] = *end;
      if (const auto* mail = std::get_if<core::MailCame>(&event)) letters[node].push_back(mail->letter);
    });
    sim::start_all(network, 1s);
    network.run_for(60s);
  }
  peers::Delivered send(NodeIndex from, const PeerId& to) {
    const auto number = network.command(from, [&](core::Host& host, core::Turn& turn) {
      return host.send(turn, to, "text", Body(to_buffer(as_bytes("hello"))));
    });
    EXPECT_TRUE(number);
    EXPECT_TRUE(network.run_until([&] { return ends.contains(*number); }, 1min));
    return ends[*number];
  }
  PeerId id(NodeIndex node) const { return PeerId{network.identity(node).public_key()}; }
};

TEST(ALetter, to_a_neighbour_goes_over_the_connection) {
  Line line(3, 99);
  const auto end = line.send(0, line.id(1));
  EXPECT_TRUE(end.acknowledged);
  EXPECT_EQ(end.way, Way::direct);
  ASSERT_EQ(line.letters[1].size(), 1U);
  EXPECT_EQ(line.letters[1][0].who, line.id(0));
  EXPECT_EQ(wrongly_blamed(line.network), "");
}

TEST(ALetter, to_a_neighbours_neighbour_is_dialled_where_that_one_says_and_the_line_is_let_go) {
  Line line(3, 99);
  const auto end = line.send(0, line.id(2));
  EXPECT_TRUE(end.acknowledged);
  EXPECT_EQ(end.way, Way::found);
  line.network.run_for(10s);
  for (const auto& [peer, row] : line.network.host(0).connections().rows()) EXPECT_NE(row.info.hello.id, line.id(2));
  EXPECT_EQ(wrongly_blamed(line.network), "");
}

TEST(ALetter, to_one_that_does_not_want_to_be_found_or_cannot_be_dialled_is_sealed) {
  for (const bool hidden : {true, false}) {
    Line line(4, hidden ? 99 : 2, !hidden);
    const auto end = line.send(0, line.id(2));
    EXPECT_TRUE(end.acknowledged);
    EXPECT_EQ(end.way, Way::sealed);
    EXPECT_EQ(line.letters.size(), 1U) << "it came to others";
    EXPECT_EQ(line.letters[2].size(), 1U);
    EXPECT_EQ(wrongly_blamed(line.network), "");
  }
}

TEST(ALetter, to_a_key_that_nobody_has_ends_in_time) {
  Line line(4, 99);
  const auto end = line.send(0, PeerId{{1, 2, 3}});
  EXPECT_FALSE(end.acknowledged);
  EXPECT_LE(end.took, peers::DeliveryConfig{}.give_up + 1s);
  EXPECT_TRUE(line.letters.empty());
}

TEST(AFloodOfSealedItems, leaves_no_honest_node_to_blame_and_costs_each_no_more_than_its_budget) {
  Line line(4, 99);
  auto& network = line.network;
  u64 peak = 0;
  for (int second = 0; second < 20; ++second) {
    // Node 0 has many keys, and publishes as fast as its neighbour takes.
    for (u32 i = 0; i < 100; ++i) {
      std::array<u8, 32> seed{};
      seed[0] = static_cast<u8>(i);
      seed[1] = static_cast<u8>(second);
      const crypto::Identity author(seed);
      lean::Envelope item{
          .author = {}, .version = 0, .time = network.utc(0), .protocol = "sealed", .type = 1, .payload = Buffer(100)};
      lean::sign_envelope(item, author, network.id());
      EXPECT_TRUE(network.command(0, [&](core::Host& host, core::Turn& turn) {
        return host.publish_item(turn, static_cast<u16>(host.kinds().size() - 1), Body(lean::encode_envelope(item)));
      }));
    }
    network.run_for(1s);
    peak = std::max<u64>(peak, network.host(1).gossip().counters().cached);
  }
  const peers::BudgetConfig budget;
  EXPECT_LE(peak, budget.group.burst + 21 * budget.group.per_second);
  EXPECT_GE(peak, budget.group.burst);
  EXPECT_EQ(network.host(3).gossip().counters().cached, network.host(2).gossip().counters().cached);
  EXPECT_EQ(wrongly_blamed(network), "");
}

}  // namespace
}  // namespace kith::testing
