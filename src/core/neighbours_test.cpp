// Connections of a node's own choice over hours: how often the youngest of them gives way, and that the old ones stay.
#include "core/neighbours.hpp"

#include <gtest/gtest.h>

namespace kith::core {
namespace {

Hello hello(const PeerId& of) {
  Hello out;
  out.id = of;
  return out;
}

/// A node that knows twenty others of as many groups, and reaches whomever it dials.
struct Life {
  static constexpr std::size_t wanted = 3;

  Rng rng = Rng::seeded(1);
  Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  NeighboursConfig config = [] {
    NeighboursConfig out;
    out.word = "toy";
    out.dialing.outbound = wanted;
    out.dialing.per_kind = 0;
    return out;
  }();
  Neighbours neighbours{config, hello(PeerId{{200}}), {}, rng};
  Connections connections;
  u64 last_peer = 0;
  /// When one gave way to another.
  std::vector<Time> rotations;

  Life() {
    std::vector<TimedAddress> known;
    for (u8 i = 1; i <= 20; ++i) known.push_back({{Ip::v4(8, i, 0, 1), 7513, "toy", PeerId{{i}}}, turn.utc});
    neighbours.learned(turn, {Ip::v4(9, 9, 9, 9), 7513, "toy", PeerId{{99}}}, known);
  }
  void dial(const Wish& wish) {
    const auto& to = std::get<Address>(wish.to);
    neighbours.dialling(turn, to);
    const PeerInfo info{.peer = {++last_peer}, .address = to, .hello = hello(*to.id)};
    Connection row{.info = info, .open = true, .probe = wish.probe, .planned = wish.planned, .opened_at = turn.now};
    if (wish.probe) return neighbours.closed(turn, row, connections);
    neighbours.opened(turn, info);
    connections.add(std::move(row));
  }
  void second() {
    turn.now += 1s;
    turn.utc += std::chrono::seconds(1);
    if (const auto out = neighbours.surplus(turn, connections)) {
      const auto row = *connections.find(*out);
      connections.erase(*out);
      neighbours.closed(turn, row, connections);
      rotations.push_back(turn.now);
    }
    for (const auto& wish : neighbours.on_tick(turn, connections, [](const Address&) { return true; })) dial(wish);
  }
  std::size_t rotated_within(Time from, Duration duration) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(rotations, [&](Time at) { return at >= from && at < from + duration; }));
  }
};

TEST(Neighbours, the_youngest_connection_rotates_often_at_first_and_then_at_its_pace_while_the_old_ones_stay) {
  Life life;
  const Time start = life.turn.now;
  for (int i = 0; i < 10; ++i) life.second();
  ASSERT_EQ(life.connections.rows().size(), Life::wanted);
  const auto elders = life.connections.peers();
  for (int i = 10; i < 12 * 3600; ++i) {
    life.second();
    ASSERT_GE(life.connections.rows().size(), Life::wanted);
    ASSERT_LE(life.connections.rows().size(), Life::wanted + 1);
  }
  // Waits of 1, 2, 4 and 8 minutes, each up to half as much longer, and half a minute until the youngest may go.
  EXPECT_GE(life.rotated_within(start, 25min), 4u);
  // Hours at a mean of ten minutes each, whose dice are between five and fifteen.
  const auto later = life.rotated_within(start + 2h, 10h);
  EXPECT_GE(later, 45u);
  EXPECT_LE(later, 75u);
  for (std::size_t i = 0; i + 1 < Life::wanted; ++i) EXPECT_TRUE(life.connections.find(elders[i]));
}

struct Seeds : testing::Test {
  Rng rng = Rng::seeded(1);
  Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  const Endpoint name{.dns = "seed.example", .family = 0, .address = {Ip{}, 7513, "toy", std::nullopt}};
  const Endpoint fixed{.dns = {}, .family = 0, .address = {Ip::v4(8, 1, 1, 1), 7513, "toy", std::nullopt}};
  Neighbours neighbours{[this] {
                          NeighboursConfig out;
                          out.word = "toy";
                          out.has_ids = false;
                          out.seeds = {name, fixed};
                          return out;
                        }(),
                        {},
                        {},
                        rng};
  Connections nobody;

  /// How often the name is asked for in this look.
  std::size_t asked() {
    std::size_t out = 0;
    for (const auto& wish : neighbours.on_tick(turn, nobody, [](const Address&) { return true; })) {
      const auto* endpoint = std::get_if<Endpoint>(&wish.to);
      out += endpoint && *endpoint == name;
    }
    turn.now += 1min;
    return out;
  }
};

TEST_F(Seeds, names_are_asked_first_and_addresses_of_the_program_come_second) {
  EXPECT_EQ(asked(), 1U);
  EXPECT_EQ(neighbours.book().size(), 0U);
  EXPECT_EQ(asked(), 1U);
  EXPECT_EQ(neighbours.book().size(), 1U);
  EXPECT_EQ(asked(), 0U) << "somebody is known";
}

TEST_F(Seeds, what_a_name_means_is_learned_and_not_dialled_at_once) {
  const std::vector ips{Ip::v4(8, 2, 0, 1), Ip::v4(8, 3, 0, 1), Ip::v4(8, 4, 0, 1)};
  EXPECT_FALSE(neighbours.seeded(turn, {.dns = "other.example", .family = 0, .address = name.address}, ips));
  EXPECT_EQ(neighbours.book().size(), 0U);
  EXPECT_TRUE(neighbours.seeded(turn, name, ips));
  EXPECT_EQ(neighbours.book().size(), ips.size());
  EXPECT_EQ(asked(), 0U);
  std::vector<Ip> many;
  many.reserve(200);
  for (u8 i = 0; i < 200; ++i) many.push_back(Ip::v4(9, i, 0, 1));
  EXPECT_TRUE(neighbours.seeded(turn, name, many));
  EXPECT_GT(neighbours.book().size(), ips.size());
  EXPECT_LE(neighbours.book().size(), ips.size() + 64);
}

}  // namespace
}  // namespace kith::core
