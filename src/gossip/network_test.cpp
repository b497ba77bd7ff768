// Many Gossips wired together in memory, with random delays, lost answers, cut links and liars: all that is good
// arrives everywhere, about once, and no honest node blames another.
#include <functional>

#include <gtest/gtest.h>

#include "base/reader.hpp"
#include "base/rng.hpp"
#include "gossip/items_test.hpp"

namespace kith::gossip {
namespace {

struct Far {
  std::size_t node = 0;
  Peer peer;
};

struct Node {
  Gossip gossip{{}, {{1 << 20, Priority::item}}};
  std::map<Peer, Far> links;
  std::set<ItemId> accepted;
  std::size_t large_bodies = 0;
  bool liar = false;
};

struct Network {
  Network(std::size_t size, std::size_t degree, u64 seed) : rng(Rng::seeded(seed)), nodes(size) {
    for (std::size_t i = 0; i < size; ++i) link(i, (i + 1) % size);
    for (std::size_t i = 0; i < size * (degree - 2) / 2; ++i) link(rng.below(size), rng.below(size));
  }

  void later(Duration delay, std::function<void()> what) { events.emplace(now + delay, std::move(what)); }
  Duration latency() { return 5ms + Duration{static_cast<i64>(rng.below(200'000))}; }

  void link(std::size_t x, std::size_t y) {
    if (x == y) return;
    const Peer of_x{++last_peer};
    const Peer of_y{++last_peer};
    nodes[x].links[of_x] = {y, of_y};
    nodes[y].links[of_y] = {x, of_x};
    obey(x, nodes[x].gossip.on_peer(now, of_x));
    obey(y, nodes[y].gossip.on_peer(now, of_y));
  }
  void cut(std::size_t x, Peer of_x) {
    const auto [y, of_y] = nodes[x].links.at(of_x);
    nodes[x].links.erase(of_x);
    nodes[y].links.erase(of_y);
    obey(x, nodes[x].gossip.on_gone(now, of_x));
    obey(y, nodes[y].gossip.on_gone(now, of_y));
  }
  std::vector<std::pair<std::size_t, std::size_t>> cut_where(
      const std::function<bool(std::size_t, std::size_t)>& which) {
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (std::size_t x = 0; x < nodes.size(); ++x)
      for (const auto& [peer, far] : std::map(nodes[x].links))
        if (which(x, far.node)) out.emplace_back(x, far.node), cut(x, peer);
    return out;
  }

  /// Carries something to the other end, unless the link is cut on the way.
  void send(std::size_t from, Peer to, std::function<Decisions(Node&, Peer)> what) {
    const auto link = nodes[from].links.find(to);
    if (link == nodes[from].links.end()) return;
    later(latency(), [this, far = link->second, what = std::move(what)] {
      if (nodes[far.node].links.contains(far.peer)) obey(far.node, what(nodes[far.node], far.peer));
    });
  }
  void offer(std::size_t from, Peer to, Item item, std::optional<u64> ask) {
    if (nodes[from].liar) item = item_of(from_id(item.id), item.body.size(), Verdict::corrupt);
    send(from, to, [this, item, ask](Node& node, Peer peer) {
      if (item.body.size() > 1024 && verdict_on(item) == Verdict::accept) ++node.large_bodies;
      return node.gossip.offered(now, peer, item, ask, std::nullopt);
    });
  }
  void answer(std::size_t from, Peer to, const Ask& ask) {
    if (loses && rng.one_in(10)) return;
    std::vector<ItemId> missing;
    for (const auto& id : ask.items) {
      const auto body = nodes[from].gossip.wanted(to, id);
      if (nodes[from].liar)
        offer(from, to, item_of(from_id(id), 2'000), ask.number);
      else if (body)
        offer(from, to, {id, *body}, ask.number);
      else
        missing.push_back(id);
    }
    if (missing.empty()) return;
    send(from, to, [this, number = ask.number, missing](Node& node, Peer peer) {
      return node.gossip.missed(now, peer, number, missing);
    });
  }

  void obey(std::size_t who, const Decisions& decisions) {
    Node& node = nodes[who];
    for (const auto& [ask] : all<AskItems>(decisions)) {
      const auto [far, far_peer] = node.links.at(ask.peer);
      later(latency(), [this, far, far_peer, ask] {
        if (nodes[far].links.contains(far_peer)) answer(far, far_peer, ask);
      });
    }
    for (const auto& [number, item] : all<JudgeItem>(decisions))
      later(Duration{static_cast<i64>(rng.below(1 + static_cast<u64>(slowest_verdict.count())))},
            [this, who, number, verdict = verdict_on(item)] {
              obey(who, nodes[who].gossip.ruled(now, number, verdict));
            });
    for (const auto& [item, to] : all<Push>(decisions))
      for (const Peer peer : to) offer(who, peer, item, std::nullopt);
    for (const auto& [to, ids] : all<Tell>(decisions))
      send(who, to, [this, ids](Node& each, Peer peer) { return each.gossip.announced(now, peer, ids); });
    for (const auto& [item, from] : all<Accepted>(decisions))
      EXPECT_TRUE(node.accepted.insert(item.id).second) << "accepted twice";
    for (const auto& [peer, error] : all<Blame>(decisions)) {
      const auto far = node.links.find(peer);
      ASSERT_TRUE(far != node.links.end()) << "somebody gone is blamed";
      EXPECT_TRUE(nodes[far->second.node].liar) << error.what;
      ++blames;
    }
    if (const Time due = node.gossip.next(); due != never && due < now + 1min)
      later(due - now, [this, who] { obey(who, nodes[who].gossip.on_tick(now)); });
  }

  void publish(std::size_t who, u64 number, std::size_t size) {
    obey(who, nodes[who].gossip.publish(now, item_of(number, size), std::nullopt));
  }
  void run(Duration span) {
    const Time end = now + span;
    while (!events.empty() && events.begin()->first <= end) {
      now = std::max(now, events.begin()->first);
      const auto what = std::move(events.begin()->second);
      events.erase(events.begin());
      what();
    }
    now = end;
  }
  void expect_everywhere(std::size_t count) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (!nodes[i].liar) {
        EXPECT_EQ(nodes[i].accepted.size(), count) << "node " << i;
      }
  }
  static u64 from_id(const ItemId& id) { return Reader(id.hash).u64be(); }

  Rng rng;
  Time now{};
  std::multimap<Time, std::function<void()>> events;
  std::vector<Node> nodes;
  u64 last_peer = 0;
  Duration slowest_verdict = 20ms;
  bool loses = false;
  std::size_t blames = 0;
};

TEST(GossipNetwork, every_item_reaches_all_and_large_bodies_come_about_once) {
  Network network(60, 8, 1);
  constexpr u64 items = 40;
  for (u64 i = 0; i < items; ++i) {
    network.publish(network.rng.below(60), i, i % 2 == 0 ? 300 : 20'000);
    network.run(100ms);
  }
  network.run(20s);
  network.expect_everywhere(items);
  std::size_t received = 0;
  for (const auto& node : network.nodes) received += node.large_bodies;
  const std::size_t needed = items / 2 * 59;
  EXPECT_GE(received, needed);
  EXPECT_LE(received * 100, needed * 105);
}

TEST(GossipNetwork, lost_answers_and_verdicts_late_by_seconds_stop_nothing_and_cost_nobody) {
  Network network(30, 6, 2);
  network.loses = true;
  network.slowest_verdict = 8s;
  for (u64 i = 0; i < 60; ++i) {
    network.publish(network.rng.below(30), i, i % 2 == 0 ? 300 : 20'000);
    network.run(50ms);
  }
  network.run(10min);
  network.expect_everywhere(60);
  EXPECT_EQ(network.blames, 0U);
}

TEST(GossipNetwork, what_was_missed_behind_a_cut_is_pulled_when_it_heals) {
  Network network(20, 6, 3);
  network.publish(0, 1, 20'000);
  network.run(1s);
  const auto links = network.cut_where([](std::size_t x, std::size_t y) { return (x < 10) != (y < 10); });
  for (u64 i = 2; i < 30; ++i) network.publish(i % 20, i, i % 3 == 0 ? 20'000 : 300);
  network.run(30s);
  EXPECT_LT(network.nodes[0].accepted.size(), 29U);
  for (const auto& [x, y] : links) network.link(x, y);
  network.run(30s);
  network.expect_everywhere(29);
}

TEST(GossipNetwork, links_that_come_and_go_stop_nothing) {
  Network network(30, 6, 4);
  for (u64 i = 0; i < 60; ++i) {
    network.publish(network.rng.below(30), i, i % 2 == 0 ? 300 : 20'000);
    const auto links = network.cut_where([&](std::size_t, std::size_t) { return network.rng.one_in(40); });
    network.run(300ms);
    for (const auto& [x, y] : links) network.link(x, y);
  }
  network.run(30s);
  network.expect_everywhere(60);
}

TEST(GossipNetwork, liars_who_announce_first_and_serve_corrupt_copies_stop_no_item) {
  Network network(30, 8, 5);
  for (std::size_t i = 0; i < 30; i += 5) network.nodes[i].liar = true;
  for (u64 number = 0; number < 20; ++number) {
    for (std::size_t i = 0; i < 30; i += 5)
      for (const auto& link : std::map(network.nodes[i].links))
        network.send(i, link.first, [&network, number](Node& node, Peer peer) {
          return node.gossip.announced(network.now, peer, std::vector{id_of(number)});
        });
    network.run(20ms);
    network.publish(1 + 5 * network.rng.below(6), number, number % 2 == 0 ? 300 : 20'000);
    network.run(1s);
  }
  network.run(1min);
  network.expect_everywhere(20);
  EXPECT_GT(network.blames, 20U);
}

}  // namespace
}  // namespace kith::gossip
