// What every protocol of a wire owes to all others, tried on all of them at once in a network of true nodes.
#include <gtest/gtest.h>

#include "base/writer.hpp"
#include "sim/through.hpp"
#include "support/nodes.hpp"

namespace kith::testing {
namespace {

using sim::Network;
using sim::NodeIndex;

/// What the protocols of a node were given and said, in order.
struct Heard {
  NodeIndex node = 0;
  Peer peer;
  Lane lane = 0;
  u16 name = 0;
  Role role = Role::letter;
  u32 type = 0;
  Buffer body;
  auto operator<=>(const Heard&) const = default;
};

/// The protocols of one process, as a test sees them.
class Listener : public sim::Through {
 public:
  using Log = std::shared_ptr<std::vector<Heard>>;

  Listener(std::unique_ptr<core::Protocol> inner, NodeIndex node, Log log)
      : Through(std::move(inner)), node_(node), log_(std::move(log)) {}

  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    EXPECT_LE(message.body.size(), largest(message.name));
    log_->push_back(
        {node_, peer.peer, message.lane, message.name, message.role, message.type, to_buffer(message.body.bytes())});
    Through::on_message(turn, peer, message);
  }
  void mounted(u16 first) override {
    first_ = first;
    Through::mounted(first);
  }

 private:
  std::size_t largest(u16 name) const { return names().at(name - first_).largest; }

  NodeIndex node_;
  Log log_;
  u16 first_ = 0;
};

constexpr std::size_t nodes = 5;
constexpr u32 blocks = 60;

/// A small network that uses every protocol: it meets, syncs, gossips small and large items, and mines.
struct Life {
  Network network;
  Notes notes{network};
  Listener::Log heard = std::make_shared<std::vector<Heard>>();
  std::map<NodeIndex, std::vector<const core::Protocol*>> protocols;

  explicit Life(u64 seed, sim::NetworkConfig config = {}) : network(seed, config) {
    for (NodeIndex node = 0; node < nodes; ++node) {
      auto spec = with_notes(network);
      spec.ip = sim::ip_of(node);
      if (node > 0) spec.config.neighbours[0].bootstrap = {network.endpoint(0)};
      spec.pace = {10s, 15s};
      spec.protocols = [this, node](sim::Protocols inner) {
        protocols[node].clear();
        for (auto& each : inner) {
          each = std::make_unique<Listener>(std::move(each), node, heard);
          protocols[node].push_back(each.get());
        }
        return inner;
      };
      network.add(std::move(spec));
    }
    sim::preload(network, 0, sim::make_chain(blocks, 0, 2'000));
    sim::start_all(network);
  }
  void live() {
    network.run_for(40s);
    EXPECT_TRUE(publish(network, 1, 300));
    EXPECT_TRUE(publish(network, 2, 100'000));
    EXPECT_TRUE(sim::mine(network, 3));
    EXPECT_TRUE(send(4, PeerId{network.identity(2).public_key()}));
    EXPECT_TRUE(send(1, PeerId{{1, 2, 3}}));
    network.run_for(40s);
  }
  /// A letter to one node, or to nobody.
  Result<u64> send(NodeIndex from, const PeerId& to) {
    return network.command(
        from, [&](core::Host& host, core::Turn& turn) { return host.send(turn, to, "text", Body(Buffer(300, 1))); });
  }
  bool agrees() const { return sim::all_at(network, blocks + 1) && notes.all_have(network, 2); }
  bool idle(NodeIndex node) const {
    const auto& host = network.host(node);
    const auto& all = protocols.at(node);
    return host.gossip().idle() && host.sync()->idle() &&
           std::all_of(all.begin(), all.end(), [](const auto* each) { return each->idle(); });
  }
};

TEST(EveryProtocol, says_the_same_again_from_the_same_seed) {
  Life first(1);
  Life again(1);
  Life other(2);
  first.live();
  again.live();
  other.live();
  EXPECT_TRUE(first.agrees());
  EXPECT_EQ(*first.heard, *again.heard);
  EXPECT_EQ(first.network.digest(), again.network.digest());
  EXPECT_NE(first.network.digest(), other.network.digest());
}

TEST(EveryProtocol, says_the_same_when_it_is_ticked_more_often) {
  Life plain(3);
  Life ticked(3, {.extra_ticks = 3});
  plain.live();
  ticked.live();
  EXPECT_TRUE(plain.agrees());
  EXPECT_EQ(plain.heard->size(), ticked.heard->size());
  EXPECT_EQ(*plain.heard, *ticked.heard);
}

TEST(EveryProtocol, hears_the_same_however_the_bytes_are_cut) {
  Life whole(4);
  Life cut(4, {.piece = 1});
  whole.live();
  cut.live();
  EXPECT_TRUE(whole.agrees());
  EXPECT_EQ(whole.heard->size(), cut.heard->size());
  EXPECT_EQ(*whole.heard, *cut.heard);
}

/// Ten events after the parameter, so that tests run side by side.
struct ALoss : ::testing::TestWithParam<u64> {};

TEST_P(ALoss, of_a_connection_at_any_of_its_first_sixty_events_is_recovered_from) {
  for (u64 n = GetParam() + 1; n <= GetParam() + 10; ++n) {
    Life life(5);
    life.network.fail_event(life.network.connection_events() + n);
    life.live();
    EXPECT_TRUE(life.network.run_until([&] { return life.agrees(); }, 5min)) << "event " << n;
    EXPECT_EQ(wrongly_blamed(life.network), "") << "event " << n;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryProtocol, ALoss, ::testing::Range<u64>(0, 60, 10));

TEST(EveryProtocol, keeps_nothing_of_peers_that_are_gone) {
  // Killed in the middle of everything: at several moments of the first seconds, and when all is done.
  for (const Duration moment :
       {Duration{200ms}, Duration{400ms}, Duration{700ms}, Duration{1s}, Duration{3s}, Duration{80s}}) {
    Life life(6);
    life.network.run_for(moment);
    for (NodeIndex node = 1; node < nodes; ++node) life.network.kill(node);
    life.network.run_for(5s);
    ASSERT_TRUE(life.network.host(0).connections().rows().empty() || moment < 1s);
    EXPECT_TRUE(life.idle(0)) << moment.count() << " us";
  }
}

TEST(EveryProtocol, keeps_nothing_of_the_node_that_it_syncs_from_when_that_is_gone) {
  for (int i = 1; i <= 30; ++i) {
    Life life(7);
    life.network.run_for(i * 100ms);
    for (NodeIndex node = 0; node < nodes; ++node)
      if (node != 1) life.network.kill(node);
    life.network.run_for(10s);
    EXPECT_TRUE(life.idle(1)) << i;
  }
}

TEST(EveryProtocol, stays_within_the_limits_of_its_names) {
  // The listeners look at every message; there must be some of every name.
  Life life(8);
  life.live();
  std::set<u16> names;
  for (const auto& heard : *life.heard) names.insert(heard.name);
  std::size_t all = 0;
  for (const auto* each : life.protocols.at(0)) all += each->names().size();
  EXPECT_EQ(names.size(), all);
  EXPECT_EQ(wrongly_blamed(life.network), "");
}

}  // namespace
}  // namespace kith::testing
