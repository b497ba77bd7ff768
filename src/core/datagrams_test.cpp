// What becomes of datagrams: who asks is told from the book, what is heard goes into it, and whom a host asks itself.
#include <gtest/gtest.h>

#include "core/world.hpp"

namespace kith::core {
namespace {

/// A first byte of a datagram asks whom we know; any other says that somebody is at 9.9.9.x.
class Oracle : public Port {
 public:
  explicit Oracle(std::vector<Address>& inquired, std::vector<std::size_t>& told) : inquired_(inquired), told_(told) {}
  std::string_view word() const override { return "toy"; }
  std::unique_ptr<Wire> dial(Turn&, const Address&, const Offer&, bool) override { return nullptr; }
  std::unique_ptr<Wire> accept(Turn&, const Address&, const Offer&) override { return nullptr; }
  void refuse(const PeerId&, bool) override {}
  void datagram(Turn& turn, const Address& from, Bytes bytes, const Offer&) override {
    if (bytes[0] == '?') return reports_.push_back(AskedFor{from, 7});
    const Address whom{Ip::v4(9, 9, 9, bytes[0]), 7513, "toy", std::nullopt};
    reports_.push_back(HeardOf{from, {{whom, turn.utc}}});
  }
  void inquire(Turn&, const Address& of, const Offer&) override { inquired_.push_back(of); }
  void tell(Turn&, u64 question, std::span<const TimedAddress> addresses, const Offer&) override {
    EXPECT_EQ(question, 7U);
    told_.push_back(addresses.size());
    reports_.push_back(SendDatagram{{}, Buffer(addresses.size())});
  }
  void on_tick(Turn& turn) override { next_ = turn.now + 10s; }
  Time next() const override { return next_; }
  std::optional<PortReport> take() override {
    if (reports_.empty()) return std::nullopt;
    auto out = std::move(reports_.front());
    reports_.pop_front();
    return out;
  }

 private:
  std::vector<Address>& inquired_;
  std::vector<std::size_t>& told_;
  Time next_{};
  Fifo<PortReport> reports_;
};

struct Datagrams : ::testing::Test {
  Rng rng = Rng::seeded(4);
  Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  std::vector<Address> inquired;
  std::vector<std::size_t> told;
  std::unique_ptr<World> world;
  const Address someone{Ip::v4(8, 1, 0, 1), 4000, "toy", std::nullopt};

  void start(std::size_t inquire_of = 0, bool only_loopback = false) {
    HostConfig config;
    config.neighbours[0].word = "toy";
    config.neighbours[0].dialing.outbound = 0;
    config.neighbours[0].inquire_of = inquire_of;
    config.neighbours[0].inquire_first = {{Ip::v4(7, 7, 7, 7), 7, "toy", std::nullopt}};
    config.neighbours[0].only_loopback = only_loopback;
    auto host = std::make_unique<Host>(std::move(config), nullptr, std::vector<Kind>{},
                                       std::vector<std::unique_ptr<Protocol>>{}, Memory{}, rng);
    std::vector<std::unique_ptr<Port>> ports;
    ports.push_back(std::make_unique<Oracle>(inquired, told));
    world = std::make_unique<World>(std::move(host), std::move(ports));
    world->start(turn);
  }
  void say(u8 what) { world->datagram(turn, someone, Buffer{what}); }
  std::size_t sent() {
    std::size_t out = 0;
    while (const auto need = world->take()) out += std::holds_alternative<SendDatagram>(*need);
    return out;
  }
};

TEST_F(Datagrams, teach_the_book_and_are_answered_from_it) {
  start();
  for (u8 i = 1; i <= 5; ++i) say(i);
  EXPECT_EQ(world->host().neighbours()[0].book().size(), 5U);
  say('?');
  EXPECT_EQ(told, std::vector<std::size_t>{5});
  EXPECT_EQ(sent(), 1U);
}

TEST_F(Datagrams, of_who_is_banned_are_not_heard) {
  start();
  world->command(turn, [&](Host& host, Turn& mine) { return host.ban(mine, peers::Subject{someone.ip}, 1h), true; });
  say(1);
  say('?');
  EXPECT_EQ(world->host().neighbours()[0].book().size(), 0U);
  EXPECT_TRUE(told.empty());
}

TEST_F(Datagrams, are_sent_to_bootstrap_nodes_and_to_some_of_the_book_while_that_is_thin) {
  start(2);
  ASSERT_EQ(inquired.size(), 1U);
  EXPECT_EQ(inquired[0].port, 7);
  inquired.clear();
  for (u8 i = 1; i <= 5; ++i) say(i);
  turn.now += 20s;
  world->tick(turn);
  ASSERT_GE(inquired.size(), 2U);
  ASSERT_LE(inquired.size(), 3U);
  EXPECT_EQ(inquired[0].port, 7);
  EXPECT_EQ(inquired[1].port, 7513);
}

TEST_F(Datagrams, of_a_wire_that_stays_on_this_machine_leave_it_for_nobody) {
  start(2, true);
  for (u8 i = 1; i <= 5; ++i) say(i);
  turn.now += 20s;
  world->tick(turn);
  EXPECT_TRUE(inquired.empty());
}

TEST_F(Datagrams, are_sent_to_nobody_where_a_wire_has_none) {
  start();
  turn.now += 1h;
  world->tick(turn);
  EXPECT_TRUE(inquired.empty());
}

TEST_F(Datagrams, have_deadlines_of_their_own) {
  start();
  EXPECT_EQ(world->next(), Time{});
  world->tick(turn);
  EXPECT_LE(world->next(), turn.now + 10s);
}

}  // namespace
}  // namespace kith::core
