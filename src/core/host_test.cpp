// What the switchboard promises: one connection for a pair, room before words, faults to their debtor, nobody kept who
// left.
#include "core/host.hpp"

#include <gtest/gtest.h>

#include "sync/toy_ledger_test.hpp"

namespace kith::core {
namespace {

PeerId id(u8 fill) {
  PeerId out;
  out.key.fill(fill);
  return out;
}

/// Notes what it is told, and says what it is told to say.
class Parrot : public Protocol {
 public:
  std::vector<Name> names() const override { return {{"parrot/1", 8'000'000, Priority::item}}; }
  void mounted(u16 first) override { name = first; }
  void on_peer(ProtocolTurn&, const PeerInfo& info) override { peers.push_back(info.peer); }
  void on_gone(ProtocolTurn&, Peer peer) override { gone.push_back(peer); }
  void on_message(ProtocolTurn& turn, const PeerInfo& peer, const Message& message) override {
    ++messages;
    if (message.type == 1) turn.act(Blamed{peer.peer, {Fault::bad_item}});
    if (message.type == 2) turn.act(Offered{peer.peer, 0, message.body, std::nullopt});
    if (message.type == 4) turn.act(Announced{peer.peer, {{0, {1}}}});
    if (message.type == 5) turn.act(HaveHeaders{peer.peer, headers, std::nullopt});
    if (message.type == 3) turn.act(Reached{peer.peer, seen, false});
    if (message.role == Role::request) turn.say(peer.peer, {message.lane, name, Role::answer, 0, answer});
  }
  void on_room(ProtocolTurn&, Peer) override { ++rooms; }
  bool gives_blocks() const override { return true; }
  void on_push(ProtocolTurn&, const Item& item, std::span<const Peer>) override { pushed.push_back(item.id); }
  void on_ask(ProtocolTurn&, const Ask& ask) override { asked += ask.items.size(); }
  void on_needs(ProtocolTurn&, Peer peer, u16, std::span<const Hash> needs) override {
    for (const auto& need : needs) needed.emplace_back(peer, need);
  }

  u16 name = 0;
  std::vector<Peer> peers, gone;
  std::vector<ItemId> pushed;
  std::vector<std::pair<Peer, Hash>> needed;
  std::vector<Buffer> headers;
  std::size_t asked = 0;
  int messages = 0;
  int rooms = 0;
  Body answer;
  /// Where its peers say that they failed to reach us.
  Address seen;
};

struct HostTest : ::testing::Test {
  Rng rng = Rng::seeded(1);
  Turn turn{Time{} + 1h, from_seconds(1'700'000'000), rng};
  sync::toy::Rules rules;
  Parrot* parrot = nullptr;
  std::vector<Order> orders;

  static Kind kind() {
    return {"thing", 100, Priority::item,
            [](Bytes body, Utc) -> Result<Examined> {
              if (body.empty()) return fail(Fault::malformed, "thing");
              return Examined{ItemHash{body[0], body.size() > 1 ? body[1] : u8{0}}, std::nullopt};
            },
            [](Bytes) { return Verdict::accept; }};
  }
  std::unique_ptr<Host> make(u8 self = 5, std::size_t inbound = 64, HostConfig config = {}, bool proves_itself = false,
                             bool on_chain = false) {
    config.self.id = id(self);
    config.neighbours[0].port = 7513;
    config.neighbours[0].word = "toy";
    config.neighbours[0].limits.inbound = inbound;
    std::vector<Kind> kinds;
    kinds.push_back(kind());
    kinds.back().proves_itself = proves_itself;
    kinds.back().needs_tip = on_chain;
    std::vector<std::unique_ptr<Protocol>> protocols;
    auto mine = std::make_unique<Parrot>();
    parrot = mine.get();
    protocols.push_back(std::move(mine));
    auto chain = on_chain ? std::make_unique<ledger::Chain>(rules, ledger::ChainConfig{}) : nullptr;
    auto host = std::make_unique<Host>(std::move(config), std::move(chain), std::move(kinds), std::move(protocols),
                                       Memory{}, rng);
    host->start(turn);
    return host;
  }
  static Address at(u8 group, u16 port = 7513) { return {Ip::v4(8, group, 0, 1), port, "toy", std::nullopt}; }
  static Hello hello(u8 who) {
    Hello out;
    out.id = id(who);
    out.names = {0};
    return out;
  }
  Peer come_in(Host& host, u8 who) {
    turn.now += 1s;
    const auto peer = host.knocked(turn, at(who));
    EXPECT_TRUE(peer);
    host.report(turn, *peer, Opened{hello(who)});
    return *peer;
  }
  Peer go_out(Host& host, u8 who) {
    drain(host);
    host.connect(turn, Endpoint{{}, 0, {at(who).ip, 7513, "toy", id(who)}});
    drain(host);
    const Peer peer = std::get<Dial>(orders.front()).peer;
    host.report(turn, peer, Opened{hello(who)});
    return peer;
  }
  void drain(Host& host) {
    orders.clear();
    while (auto order = host.take()) orders.push_back(std::move(*order));
  }
  template <typename O>
  std::vector<O> all(Host& host) {
    drain(host);
    std::vector<O> out;
    for (const auto& order : orders)
      if (const auto* one = std::get_if<O>(&order)) out.push_back(*one);
    return out;
  }
  std::optional<Fault> closed(Host& host, Peer peer) {
    for (const auto& close : all<Close>(host))
      if (close.peer == peer) return close.why;
    return std::nullopt;
  }
};

TEST_F(HostTest, its_own_item_that_proves_itself_is_spread_only_after_the_judge_accepted_it) {
  auto host = make(5, 64, {}, true);
  const Peer peer = come_in(*host, 6);
  for (const auto verdict : {Verdict::accept, Verdict::reject, Verdict::ignore}) {
    drain(*host);
    const auto first = static_cast<u8>(10 + static_cast<int>(verdict));
    ASSERT_TRUE(host->publish_item(turn, 0, Body(Buffer{first, 1, 2})));
    const auto jobs = all<Work>(*host);
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_TRUE(parrot->pushed.empty());
    host->done(turn, ItemRuling{std::get<ItemJob>(jobs[0].job).number, verdict});
    const bool good = verdict == Verdict::accept;
    EXPECT_EQ(parrot->pushed.size(), good ? 1u : 0u);
    EXPECT_EQ(host->gossip().wanted(peer, {0, {first, 1}}).has_value(), good);
    std::size_t refused = 0;
    for (const auto& event : all<Event>(*host)) refused += std::holds_alternative<ItemRefused>(event);
    EXPECT_EQ(refused, good ? 0u : 1u);
    parrot->pushed.clear();
  }
}

TEST_F(HostTest, what_an_ignored_item_needs_is_asked_of_who_gave_it_and_it_may_be_published_when_that_is_there) {
  auto host = make(5, 64, {}, true);
  const Peer giver = come_in(*host, 6);
  const Peer other = come_in(*host, 7);
  drain(*host);
  host->report(turn, giver, Arrived{{1, 0, Role::letter, 2, Body(Buffer{9, 1})}});
  const auto jobs = all<Work>(*host);
  ASSERT_EQ(jobs.size(), 1u);
  const Hash need{4};
  host->done(turn, ItemRuling{std::get<ItemJob>(jobs[0].job).number, Verdict::ignore, std::nullopt, {need}});
  EXPECT_EQ(parrot->needed, (std::vector{std::pair(giver, need)}));
  std::vector<ItemNeeds> events;
  for (const auto& event : all<Event>(*host))
    if (const auto* needs = std::get_if<ItemNeeds>(&event)) events.push_back(*needs);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].from, giver);
  EXPECT_EQ(events[0].item.id, (ItemId{0, {9, 1}}));
  EXPECT_FALSE(host->gossip().wanted(other, events[0].item.id));

  ASSERT_TRUE(host->publish_item(turn, 0, events[0].item.body));
  const auto again = all<Work>(*host);
  ASSERT_EQ(again.size(), 1u);
  host->done(turn, ItemRuling{std::get<ItemJob>(again[0].job).number, Verdict::accept});
  EXPECT_TRUE(host->gossip().wanted(other, events[0].item.id));
}

TEST_F(HostTest, what_can_be_judged_at_the_tip_alone_is_not_asked_for_far_behind_it) {
  const auto blocks = sync::toy::make_chain(sync::toy::genesis(), max_behind_tip + 1);
  for (const u32 behind : {max_behind_tip, max_behind_tip + 1}) {
    auto host = make(5, 64, {}, true, true);
    const Peer peer = come_in(*host, 6);
    parrot->headers = sync::toy::headers_of(std::span(blocks).first(behind));
    host->report(turn, peer, Arrived{{1, 0, Role::letter, 5, {}}});
    ASSERT_EQ(host->chain()->best().height, behind);
    ASSERT_EQ(host->chain()->tip().height, 0u);
    host->report(turn, peer, Arrived{{1, 0, Role::letter, 4, {}}});
    EXPECT_EQ(parrot->asked, behind == max_behind_tip ? 1u : 0u);
  }
}

TEST_F(HostTest, only_so_many_items_of_its_own_wait_for_their_judge) {
  auto host = make(5, 64, {}, true);
  for (std::size_t i = 0; i < max_own_judging; ++i)
    ASSERT_TRUE(host->publish_item(turn, 0, Body(Buffer{static_cast<u8>(i / 256), static_cast<u8>(i)})));
  EXPECT_EQ(host->publish_item(turn, 0, Body(Buffer{9, 9})).error().fault, Fault::no_slot);
  const auto jobs = all<Work>(*host);
  host->done(turn, ItemRuling{std::get<ItemJob>(jobs[0].job).number, Verdict::accept});
  EXPECT_TRUE(host->publish_item(turn, 0, Body(Buffer{9, 9})));
}

TEST_F(HostTest, of_two_connections_of_a_pair_the_one_dialled_by_the_lower_id_stays) {
  for (const u8 self : {u8{5}, u8{9}}) {
    // The same two connections at the side of 5 and at the side of 9: the one that 5 dialled must stay at both.
    const u8 other = self == 5 ? 9 : 5;
    auto host = make(self);
    const Peer out = go_out(*host, other);
    const Peer in = come_in(*host, other);
    const Peer goes = self == 5 ? in : out;
    EXPECT_EQ(closed(*host, goes), Fault::duplicate) << int{self};

    auto reversed = make(self);
    const Peer in_first = come_in(*reversed, other);
    const Peer out_later = go_out(*reversed, other);
    EXPECT_EQ(closed(*reversed, self == 5 ? in_first : out_later), Fault::duplicate) << int{self};
  }
}

TEST_F(HostTest, of_two_connections_in_one_direction_the_older_stays) {
  auto host = make();
  come_in(*host, 9);
  const Peer second = come_in(*host, 9);
  EXPECT_EQ(closed(*host, second), Fault::duplicate);
  EXPECT_EQ(parrot->peers.size(), 1U);
}

TEST_F(HostTest, does_not_talk_to_itself) {
  auto host = make(5);
  const Peer self = come_in(*host, 5);
  EXPECT_EQ(closed(*host, self), Fault::own_self);
  EXPECT_TRUE(parrot->peers.empty());
}

TEST_F(HostTest, who_knocks_and_says_nothing_makes_room_for_the_next) {
  HostConfig config;
  config.neighbours[0].limits.pending = 3;
  auto host = make(5, 64, std::move(config));
  std::vector<Peer> silent;
  for (u8 i = 0; i < 5; ++i) {
    turn.now += 1s;
    const auto peer = host->knocked(turn, at(i));
    ASSERT_TRUE(peer) << int{i};
    silent.push_back(*peer);
    if (i < 3) {
      EXPECT_TRUE(all<Close>(*host).empty());
      continue;
    }
    const Peer oldest = silent[i - 3U];
    EXPECT_EQ(closed(*host, oldest), Fault::evicted);
    host->report(turn, oldest, Closed{{Fault::evicted}});
  }
}

TEST_F(HostTest, a_full_house_turns_the_newcomer_away_when_all_who_are_there_are_protected) {
  auto host = make(5, 2);
  come_in(*host, 10);
  come_in(*host, 11);
  const Peer third = come_in(*host, 12);
  EXPECT_EQ(closed(*host, third), Fault::no_slot);
}

TEST_F(HostTest, a_fault_of_the_peer_is_booked_and_bans_and_the_ban_holds) {
  auto host = make();
  const Peer peer = come_in(*host, 9);
  host->report(turn, peer, Arrived{{1, 0, Role::letter, 1, {}}});
  drain(*host);
  const bool refused = std::any_of(orders.begin(), orders.end(), [](const Order& order) {
    const auto* refuse = std::get_if<Refuse>(&order);
    return refuse && refuse->refused && refuse->id == id(9);
  });
  EXPECT_TRUE(refused);
  EXPECT_TRUE(host->reputation().banned(peers::Subject{id(9)}, turn.utc));
  host->report(turn, peer, Closed{{Fault::banned}});
  const Peer again = come_in(*host, 9);
  EXPECT_EQ(closed(*host, again), Fault::banned);
  host->unban(turn, peers::Subject{id(9)});
  host->report(turn, again, Closed{{Fault::banned}});
  come_in(*host, 9);
  EXPECT_EQ(parrot->peers.size(), 2U);
}

TEST_F(HostTest, a_fault_of_the_network_is_nobodys_debt) {
  auto host = make();
  const Peer peer = come_in(*host, 9);
  host->report(turn, peer, Closed{{Fault::bad_record}});
  EXPECT_EQ(host->reputation().score(peers::Subject{id(9)}, turn.utc), 0U);
  EXPECT_EQ(parrot->gone, std::vector<Peer>{peer});
  EXPECT_TRUE(host->connections().rows().empty());
}

TEST_F(HostTest, who_reads_too_slowly_is_told_so_and_room_comes_back_when_bytes_leave) {
  auto host = make();
  const Peer peer = come_in(*host, 9);
  parrot->answer = Body(Buffer(full_queue, 1));
  host->report(turn, peer, Arrived{{2, 0, Role::request, 0, {}}});
  const Turn reading = turn;
  std::vector<Act> acts;
  EXPECT_FALSE(ProtocolTurn(reading, *host, acts).room(peer));
  host->report(turn, peer, Left{full_queue});
  EXPECT_EQ(parrot->rooms, 1);
  EXPECT_TRUE(ProtocolTurn(reading, *host, acts).room(peer));
  for (int i = 0; i < 5; ++i) host->report(turn, peer, Arrived{{2, 0, Role::request, 0, {}}});
  EXPECT_EQ(closed(*host, peer), Fault::too_slow);
}

TEST_F(HostTest, a_peer_whose_items_pile_up_with_the_workers_is_not_read_until_half_are_back) {
  auto host = make();
  const Peer peer = come_in(*host, 9);
  std::vector<u64> jobs;
  for (std::size_t i = 0; i < max_judging; ++i)
    host->report(turn, peer,
                 Arrived{{1, 0, Role::letter, 2, Body(Buffer{static_cast<u8>(i), static_cast<u8>(i >> 8), 1})}});
  drain(*host);
  std::vector<bool> pauses;
  for (const auto& order : orders) {
    if (const auto* work = std::get_if<Work>(&order)) jobs.push_back(std::get<ItemJob>(work->job).number);
    if (const auto* pause = std::get_if<Pause>(&order)) pauses.push_back(pause->paused);
  }
  EXPECT_EQ(jobs.size(), max_judging);
  EXPECT_EQ(pauses, std::vector<bool>{true});
  for (std::size_t i = 0; i < max_judging / 2; ++i) {
    EXPECT_TRUE(all<Pause>(*host).empty());
    host->done(turn, ItemRuling{jobs[i], Verdict::accept});
  }
  const auto resumed = all<Pause>(*host);
  ASSERT_EQ(resumed.size(), 1U);
  EXPECT_FALSE(resumed[0].paused);
}

TEST_F(HostTest, nothing_is_heard_of_a_connection_that_is_being_closed) {
  auto host = make();
  const Peer peer = come_in(*host, 9);
  host->disconnect(turn, peer);
  host->report(turn, peer, Arrived{{1, 0, Role::letter, 0, {}}});
  EXPECT_EQ(parrot->messages, 0);
  EXPECT_FALSE(host->disconnect(turn, Peer{999}));
}

TEST_F(HostTest, who_comes_in_is_called_back_at_the_address_that_was_seen_and_at_no_other) {
  auto host = make();
  turn.now += 1s;
  const auto peer = host->knocked(turn, at(9, 40'000));
  auto listens = hello(9);
  listens.port = 7000;
  host->report(turn, *peer, Opened{listens});
  const auto dials = all<Dial>(*host);
  ASSERT_EQ(dials.size(), 1U);
  EXPECT_TRUE(dials[0].probe);
  EXPECT_EQ(dials[0].to, (Address{at(9).ip, 7000, "toy", id(9)}));
  EXPECT_EQ(host->neighbours()[0].book().size(), 0U);
  host->report(turn, dials[0].peer, Opened{listens});
  host->report(turn, dials[0].peer, Closed{{Fault::goodbye}});
  EXPECT_EQ(host->neighbours()[0].book().size(), 1U);
}

TEST_F(HostTest, the_word_of_those_who_came_in_says_nothing_about_our_address) {
  auto host = make();
  parrot->seen = {Ip::v4(8, 77, 0, 1), 7513, "toy", id(5)};
  for (u8 who = 20; who < 23; ++who) host->report(turn, come_in(*host, who), Arrived{{1, 0, Role::letter, 3, {}}});
  EXPECT_EQ(host->neighbours()[0].reachable(turn.now), peers::Reachability::State::unknown);
  EXPECT_EQ(host->offer(turn, "toy").hello.port, 7513);
  for (u8 who = 30; who < 33; ++who) host->report(turn, go_out(*host, who), Arrived{{2, 0, Role::letter, 3, {}}});
  EXPECT_EQ(host->neighbours()[0].reachable(turn.now), peers::Reachability::State::no);
  EXPECT_EQ(host->offer(turn, "toy").hello.port, 0);
}

TEST_F(HostTest, saves_its_files_when_it_stops_and_says_goodbye) {
  auto host = make();
  const Peer peer = come_in(*host, 9);
  drain(*host);
  host->stop(turn);
  drain(*host);
  std::vector<std::string> files;
  bool goodbye = false;
  for (const auto& order : orders) {
    if (const auto* save = std::get_if<Save>(&order)) files.push_back(save->file);
    if (const auto* close = std::get_if<Close>(&order))
      goodbye |= close->peer == peer && close->why == Fault::shutting_down;
  }
  EXPECT_EQ(files, (std::vector<std::string>{book_file("toy"), reputation_file}));
  EXPECT_TRUE(goodbye);
}

TEST_F(HostTest, an_address_set_by_hand_is_told_whatever_others_find_out) {
  HostConfig config;
  config.neighbours[0].port = 7513;
  config.neighbours[0].external = {{Ip::v4(198, 51, 100, 7), 8001, "", {}}, {*parse_ip("2a00::7"), 8002, "", {}}};
  auto host = make(5, 64, std::move(config));
  EXPECT_EQ(host->offer(turn, "toy").hello.port, 8001);
  const auto& neighbours = host->neighbours()[0];
  const Address v4{Ip::v4(198, 51, 100, 7), 8001, "toy", id(5)};
  EXPECT_EQ(neighbours.own_address(turn.now, Ip::v4(9, 9, 9, 9)), v4);
  EXPECT_EQ(neighbours.own_address(turn.now, *parse_ip("2a00::1")),
            (Address{*parse_ip("2a00::7"), 8002, "toy", id(5)}));
  // Three groups see it elsewhere, and say that they failed to reach it there.
  for (u8 group = 1; group <= 3; ++group) {
    const Peer peer = go_out(*host, group);
    parrot->seen = {Ip::v4(7, 7, 7, 7), 8001, "toy", id(5)};
    host->report(turn, peer, Arrived{{1, 0, Role::letter, 3, Body()}});
  }
  EXPECT_EQ(neighbours.reachable(turn.now), peers::Reachability::State::no);
  EXPECT_EQ(neighbours.own_address(turn.now, Ip::v4(9, 9, 9, 9)), v4);
  EXPECT_EQ(host->offer(turn, "toy").hello.port, 8001);
}

TEST_F(HostTest, a_name_is_resolved_or_dialled_as_it_is_and_then_leaves_no_trace_in_the_book) {
  const Endpoint name{"seed.example", 0, {{}, 7513, "toy", id(9)}};
  auto host = make();
  drain(*host);
  host->connect(turn, name);
  EXPECT_EQ(all<Resolve>(*host).size(), 1U);
  HostConfig config;
  config.neighbours[0].dials_names = true;
  host = make(5, 64, std::move(config));
  drain(*host);
  host->connect(turn, name);
  const auto dials = all<Dial>(*host);
  ASSERT_EQ(dials.size(), 1U);
  EXPECT_EQ(dials[0].dns, "seed.example");
  EXPECT_EQ(dials[0].to.port, 7513);
  host->report(turn, dials[0].peer, Opened{hello(9)});
  EXPECT_EQ(parrot->peers.size(), 1U);
  EXPECT_EQ(host->neighbours()[0].book().size(), 0U);
}

TEST_F(HostTest, clocks_of_those_whom_it_refuses_and_of_those_who_come_in_are_compared_with_its_own) {
  auto host = make();
  for (u8 who = 1; who <= 2; ++who) {
    const auto peer = host->knocked(turn, at(who));
    ASSERT_TRUE(peer);
    host->report(turn, *peer, Closed{{Fault::wrong_network, "clock"}, turn.utc + std::chrono::hours(2)});
  }
  drain(*host);
  turn.now += peers::clock_look_every;
  host->tick(turn);
  std::vector<ClockDiffers> news;
  for (const auto& event : all<Event>(*host))
    if (const auto* one = std::get_if<ClockDiffers>(&event)) news.push_back(*one);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].news.groups, 2U);
  EXPECT_GT(news[0].news.ahead, std::chrono::hours(1));
}

}  // namespace
}  // namespace kith::core
