// A host that speaks two wires: what belongs to the one is kept from the other.
#include <gtest/gtest.h>

#include "core/host.hpp"

namespace kith::core {
namespace {

/// Speaks on one wire, asks for addresses to be learned, and keeps what it was told to say.
class Speaker : public Protocol {
 public:
  explicit Speaker(std::string wire) : wire_(std::move(wire)) {}
  std::vector<Name> names() const override { return {{wire_ + " talk", 100, Priority::item, wire_}}; }
  void mounted(u16 first) override { name = first; }
  void on_peer(ProtocolTurn&, const PeerInfo& info) override { peers.push_back(info.peer); }
  void on_message(ProtocolTurn& turn, const PeerInfo& info, const Message&) override {
    turn.act(Learned{info.peer,
                     {{{Ip::v4(9, 9, 9, 9), 1, "one", {}}, turn.utc}, {{Ip::v4(9, 8, 9, 9), 1, "two", {}}, turn.utc}}});
  }
  void on_tell(ProtocolTurn&, Peer peer, std::span<const ItemId>) override { told.push_back(peer); }
  void on_push(ProtocolTurn&, const Item&, std::span<const Peer> to) override {
    told.insert(told.end(), to.begin(), to.end());
  }

  u16 name = 0;
  std::vector<Peer> peers, told;

 private:
  std::string wire_;
};

struct TwoWires : ::testing::Test {
  Rng rng = Rng::seeded(3);
  Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  Speaker* one = nullptr;
  Speaker* two = nullptr;
  std::unique_ptr<Host> host;

  void SetUp() override {
    HostConfig config;
    config.self.id = PeerId{{1}};
    config.neighbours.resize(2);
    config.neighbours[0].word = "one";
    config.neighbours[0].port = 7001;
    config.neighbours[1].word = "two";
    config.neighbours[1].port = 7002;
    config.neighbours[1].has_ids = false;
    for (auto& each : config.neighbours) each.limits.inbound = 1, each.dialing.outbound = 0;
    auto first = std::make_unique<Speaker>("one");
    auto second = std::make_unique<Speaker>("two");
    one = first.get();
    two = second.get();
    std::vector<std::unique_ptr<Protocol>> protocols;
    protocols.push_back(std::move(first));
    protocols.push_back(std::move(second));
    std::vector<Kind> kinds;
    kinds.push_back({"thing", 100, Priority::item,
                     [](Bytes body, Utc) -> Result<Examined> { return Examined{ItemHash{body[0]}, std::nullopt}; },
                     [](Bytes) { return Verdict::accept; }});
    host = std::make_unique<Host>(std::move(config), nullptr, std::move(kinds), std::move(protocols), Memory{}, rng);
    host->start(turn);
  }
  Peer come_in(const std::string& wire, u8 group, std::vector<u16> names) {
    const auto peer = host->knocked(turn, {Ip::v4(8, group, 0, 1), 4000, wire, std::nullopt});
    EXPECT_TRUE(peer);
    Hello hello;
    if (wire == "one") hello.id = PeerId{{group, 1}};
    hello.names = std::move(names);
    host->report(turn, *peer, Opened{hello});
    return *peer;
  }
  template <typename O>
  std::vector<O> all() {
    std::vector<O> out;
    while (auto order = host->take())
      if (const auto* what = std::get_if<O>(&*order)) out.push_back(*what);
    return out;
  }
};

TEST_F(TwoWires, tells_each_its_own_port_and_lets_each_take_its_own_names) {
  EXPECT_EQ(host->offer(turn, "one").hello.port, 7001);
  EXPECT_EQ(host->offer(turn, "two").hello.port, 7002);
  const auto names = host->offer(turn, "two").names;
  ASSERT_EQ(names.size(), 2U);
  EXPECT_FALSE(names[0].is_on("two"));
  EXPECT_TRUE(names[1].is_on("two"));
  EXPECT_TRUE((Name{"any", 1}).is_on("two"));
}

TEST_F(TwoWires, keeps_a_book_for_each_in_a_file_of_its_own) {
  const auto peer = come_in("two", 1, {two->name});
  host->report(turn, peer, Arrived{{0, two->name, Role::letter, 0, {}}});
  EXPECT_EQ(host->neighbours()[0].book().size(), 0U) << "an address of one wire came over the other";
  EXPECT_EQ(host->neighbours()[1].book().size(), 1U);
  all<Save>();
  host->stop(turn);
  std::vector<std::string> files;
  for (const auto& save : all<Save>()) files.push_back(save.file);
  EXPECT_EQ(files, (std::vector<std::string>{"one-book.dat", "two-book.dat", reputation_file}));
}

TEST_F(TwoWires, counts_the_slots_of_each_apart) {
  const auto first = come_in("one", 1, {one->name});
  const auto second = come_in("two", 2, {two->name});
  EXPECT_TRUE(all<Close>().empty()) << "one took the other's only slot";
  EXPECT_EQ(one->peers, std::vector{first});
  EXPECT_EQ(two->peers, std::vector{second});
}

TEST_F(TwoWires, has_an_item_passed_on_by_the_protocol_that_the_peer_speaks) {
  const auto first = come_in("one", 1, {one->name});
  const auto second = come_in("two", 2, {two->name});
  EXPECT_TRUE(host->publish_item(turn, 0, Body(Buffer{5})));
  turn.now += 1s;
  host->tick(turn);
  EXPECT_EQ(one->told, std::vector{first});
  EXPECT_EQ(two->told, std::vector{second});
}

TEST_F(TwoWires, does_not_dial_a_third) {
  host->connect(turn, {.dns = {}, .address = {Ip::v4(8, 1, 0, 1), 1, "three", {}}});
  std::vector<Event> events;
  while (auto order = host->take()) {
    EXPECT_FALSE(std::holds_alternative<Dial>(*order));
    if (const auto* event = std::get_if<Event>(&*order)) events.push_back(*event);
  }
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<NotOpened>(events[0]).why.fault, Fault::bad_config);
}

TEST_F(TwoWires, dials_again_at_once_where_the_wire_found_another_way_to_speak) {
  const Address to{Ip::v4(8, 1, 0, 1), 1, "two", {}};
  host->connect(turn, {.dns = {}, .address = to});
  const auto dials = all<Dial>();
  ASSERT_EQ(dials.size(), 1U);
  host->report(turn, dials[0].peer, Closed{{Fault::closed_silently}, std::nullopt, true});
  const auto again = all<Dial>();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].to, to);
  host->report(turn, again[0].peer, Closed{{Fault::closed_silently}});
  EXPECT_TRUE(all<Dial>().empty());
}

}  // namespace
}  // namespace kith::core
