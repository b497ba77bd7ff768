// Peers that are not quite like us: of an older version, of a later one, of other rules, and with other kinds of items.
#include <gtest/gtest.h>

#include "core/host.hpp"
#include "ledger/branch_for_test.hpp"

namespace kith::core {
namespace {

namespace bitcoin = ledger::bitcoin;

PeerId id(u8 fill) {
  PeerId out;
  out.key.fill(fill);
  return out;
}

/// One protocol in two versions, as one object; notes with which of its names it is spoken to.
class Twice : public Protocol {
 public:
  std::vector<Name> names() const override {
    return {{"talk/2", 1000, Priority::item}, {"talk/1", 1000, Priority::item}};
  }
  void mounted(u16) override {}
  void on_peer(ProtocolTurn& turn, const PeerInfo& peer) override {
    // Whatever it would say in the version that is not in use is not said.
    for (const u16 name : {u16{0}, u16{1}}) turn.say(peer.peer, {turn.open(peer.peer), name, Role::letter, 1, Body()});
  }
  void on_message(ProtocolTurn&, const PeerInfo&, const Message& message) override { heard.push_back(message.name); }
  std::vector<u16> heard;
};

constexpr u32 fork_height = 3;

const bitcoin::Params& changed_params() {
  static const bitcoin::Params params = [] {
    auto out = bitcoin::regtest();
    out.forks = {fork_height};
    return out;
  }();
  return params;
}

struct Differences : ::testing::Test {
  bitcoin::BitcoinRules old_rules{bitcoin::regtest()};
  bitcoin::BitcoinRules new_rules{changed_params()};
  Rng rng = Rng::seeded(1);
  Turn turn{Time{} + 1h, ledger::late, rng};
  Twice* talk = nullptr;
  std::vector<Order> orders;
  const ledger::Forks old_forks{bitcoin::id_of(old_rules.genesis_header()), {}};
  const ledger::Forks new_forks{bitcoin::id_of(old_rules.genesis_header()), {fork_height}};
  const BlockRef genesis{bitcoin::id_of(old_rules.genesis_header()), 0, {}};
  std::vector<Buffer> blocks = ledger::branch(genesis, 6);

  static Kind kind(const char* text) {
    return {text, 1000, Priority::item,
            [](Bytes body, Utc) -> Result<Examined> { return Examined{ItemHash{body[0]}, std::nullopt}; },
            [](Bytes) { return Verdict::accept; }};
  }
  std::unique_ptr<Host> make(const ledger::Rules* rules) {
    HostConfig config;
    config.self.id = id(5);
    config.neighbours[0].port = 7513;
    config.neighbours[0].word = "toy";
    std::vector<std::unique_ptr<Protocol>> protocols;
    protocols.push_back(std::make_unique<Twice>());
    talk = static_cast<Twice*>(protocols.back().get());
    std::vector<Kind> kinds;
    kinds.push_back(kind("note"));
    kinds.push_back(kind("votes"));
    auto chain = rules ? std::make_unique<ledger::Chain>(*rules, ledger::ChainConfig{}) : nullptr;
    auto host = std::make_unique<Host>(std::move(config), std::move(chain), std::move(kinds), std::move(protocols),
                                       Memory{}, rng);
    host->start(turn);
    return host;
  }
  static Hello hello(u8 who, std::optional<ForkId> fork = std::nullopt) {
    Hello out;
    out.id = id(who);
    out.names = {0, 1};
    out.fork = fork;
    return out;
  }
  Peer come_in(Host& host, Hello hello) {
    turn.now += 1s;
    const auto peer = host.knocked(turn, {Ip::v4(8, hello.id->key[0], 0, 1), 7513, "toy", std::nullopt});
    EXPECT_TRUE(peer);
    host.report(turn, *peer, Opened{std::move(hello)});
    drain(host);
    return *peer;
  }
  void drain(Host& host) {
    while (auto order = host.take()) orders.push_back(std::move(*order));
  }
  template <typename O>
  std::vector<O> all() const {
    std::vector<O> out;
    for (const auto& order : orders)
      if (const auto* one = std::get_if<O>(&order)) out.push_back(*one);
    return out;
  }
  std::optional<Fault> closed(Peer peer) const {
    for (const auto& close : all<Close>())
      if (close.peer == peer) return close.why;
    return std::nullopt;
  }
  std::size_t blamed() const {
    std::size_t out = 0;
    for (const auto& event : all<Event>()) out += std::holds_alternative<PeerBlamed>(event) ? 1u : 0u;
    return out;
  }
  /// The host mines the first `count` blocks, and its worker takes them all.
  void grow(Host& host, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(host.publish_block(turn, Body(blocks[i])));
      drain(host);
      host.done(turn, std::vector<ledger::Ruling>{{ledger::id_of(blocks[i]), Verdict::accept}});
      drain(host);
    }
    ASSERT_EQ(host.chain()->tip().height, count);
  }
};

TEST_F(Differences, of_two_versions_that_both_speak_the_newer_is_used_and_the_older_is_a_fault) {
  auto host = make(nullptr);
  const Peer peer = come_in(*host, hello(9));
  const auto said = all<Say>();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].message.name, 0);
  host->report(turn, peer, Arrived{{1, 0, Role::letter, 1, {}}});
  host->report(turn, peer, Arrived{{3, 1, Role::letter, 1, {}}});
  EXPECT_EQ(talk->heard, std::vector<u16>{0});
  EXPECT_EQ(host->reputation().score(peers::Subject{id(9)}, turn.utc), row(Fault::unknown_name).weight);

  auto older = hello(10);
  older.names = {1};
  const Peer old = come_in(*host, older);
  host->report(turn, old, Arrived{{1, 1, Role::letter, 1, {}}});
  EXPECT_EQ(talk->heard, (std::vector<u16>{0, 1}));
}

TEST_F(Differences, what_a_node_says_of_its_rules_follows_its_tip) {
  auto host = make(&new_rules);
  EXPECT_EQ(host->offer(turn, "toy").hello.fork, new_forks.id(0));
  grow(*host, fork_height);
  EXPECT_EQ(host->offer(turn, "toy").hello.fork, new_forks.id(fork_height));
  EXPECT_FALSE(make(nullptr)->offer(turn, "toy").hello.fork) << "without a ledger there is nothing to say";
}

TEST_F(Differences, who_follows_other_rules_is_parted_from_when_it_comes_and_owes_nothing) {
  auto host = make(&new_rules);
  grow(*host, fork_height);
  EXPECT_EQ(closed(come_in(*host, hello(9, old_forks.none()))), Fault::other_fork);
  EXPECT_EQ(closed(come_in(*host, hello(10, ForkId{1, 2}))), Fault::other_fork);
  EXPECT_EQ(closed(come_in(*host, hello(11, new_forks.id(0)))), std::nullopt) << "it is behind";
  EXPECT_EQ(closed(come_in(*host, hello(12))), std::nullopt) << "it is too old to say";
  EXPECT_EQ(blamed(), 0U);
}

TEST_F(Differences, a_pair_that_was_of_one_mind_parts_when_the_tip_passes_the_height) {
  for (const bool we_change : {false, true}) {
    auto host = make(we_change ? &new_rules : &old_rules);
    grow(*host, fork_height - 1);
    const Peer old = come_in(*host, hello(9, old_forks.none()));
    const Peer changed = come_in(*host, hello(10, new_forks.id(0)));
    EXPECT_EQ(closed(old), std::nullopt);
    EXPECT_EQ(closed(changed), std::nullopt);
    const Body body(blocks[fork_height - 1]);
    ASSERT_TRUE(host->publish_block(turn, body));
    host->done(turn, std::vector<ledger::Ruling>{{ledger::id_of(blocks[fork_height - 1]), Verdict::accept}});
    drain(*host);
    EXPECT_EQ(closed(we_change ? old : changed), Fault::other_fork);
    EXPECT_EQ(closed(we_change ? changed : old), std::nullopt);
    EXPECT_EQ(blamed(), 0U);
    orders.clear();
  }
}

/// What becomes of a peer that gives a header, and then the block, which the worker rejects at `height`.
struct GivesBad {
  std::optional<Fault> closed;
  bool banned = false;
};
class Giver : public Protocol {
 public:
  std::vector<Name> names() const override { return {{"give/1", 100'000, Priority::item}}; }
  void mounted(u16) override {}
  bool gives_blocks() const override { return true; }
  void on_message(ProtocolTurn& turn, const PeerInfo& peer, const Message& message) override {
    if (message.type == 1) turn.act(HaveHeaders{peer.peer, {to_buffer(message.body.bytes())}, std::nullopt});
    if (message.type == 2) turn.act(GotBlock{peer.peer, message.body, std::nullopt});
  }
};

struct BadBlocks : Differences {
  /// A host whose tip is just below `height`.
  std::unique_ptr<Host> below(u32 height) {
    orders.clear();
    HostConfig config;
    config.self.id = id(5);
    config.neighbours[0].word = "toy";
    std::vector<std::unique_ptr<Protocol>> protocols;
    protocols.push_back(std::make_unique<Giver>());
    auto chain = std::make_unique<ledger::Chain>(new_rules, ledger::ChainConfig{});
    auto host = std::make_unique<Host>(std::move(config), std::move(chain), std::vector<Kind>{}, std::move(protocols),
                                       Memory{}, rng);
    host->start(turn);
    grow(*host, height - 1);
    return host;
  }
  Peer giver(Host& host, std::optional<ForkId> fork) {
    auto theirs = hello(9, fork);
    theirs.names = {0};
    return come_in(host, theirs);
  }
  GivesBad after(u32 height, std::optional<ForkId> fork, Fault why = Fault::bad_block,
                 Verdict verdict = Verdict::reject) {
    auto made = below(height);
    auto& host = *made;
    const Peer peer = giver(host, fork);
    const auto& block = blocks[height - 1];
    host.report(turn, peer, Arrived{{1, 0, Role::letter, 1, Body(to_buffer(ledger::header_of(block)))}});
    host.report(turn, peer, Arrived{{3, 0, Role::letter, 2, Body(block)}});
    drain(host);
    host.done(turn, std::vector<ledger::Ruling>{{ledger::id_of(block), verdict, {why}}});
    drain(host);
    return {closed(peer), host.reputation().banned(peers::Subject{id(9)}, turn.utc)};
  }
};

TEST_F(BadBlocks, of_who_follows_our_rules_are_its_debt_at_any_height) {
  for (const u32 height : {fork_height - 1, fork_height}) {
    EXPECT_EQ(after(height, new_forks.id(0)).closed, Fault::banned) << height;
    EXPECT_TRUE(after(height, new_forks.id(0)).banned) << height;
  }
}

TEST_F(BadBlocks, of_who_follows_other_rules_are_its_debt_below_the_height_and_nobodys_from_there_on) {
  // Nobody can be asked beforehand: it comes while our tip is below the height, as everybody may.
  for (const auto& fork : {std::optional(old_forks.none()), std::optional<ForkId>()}) {
    EXPECT_EQ(after(fork_height - 1, fork).closed, Fault::banned);
    const auto parted = after(fork_height, fork);
    EXPECT_EQ(parted.closed, Fault::other_fork);
    EXPECT_FALSE(parted.banned);
    EXPECT_EQ(blamed(), 0U);
    EXPECT_EQ(after(fork_height, fork, Fault::corrupt_block, Verdict::corrupt).closed, Fault::other_fork);
  }
}

TEST_F(BadBlocks, a_header_that_breaks_our_rules_is_judged_alike) {
  for (const u32 height : {fork_height - 1, fork_height}) {
    auto host = below(height);
    const Peer peer = giver(*host, old_forks.none());
    Buffer header = to_buffer(ledger::header_of(blocks[height - 1]));
    // Dated before its parents.
    std::fill_n(header.begin() + 68, 4, u8{0});
    while (!new_rules.parse(header)) ++header[76];
    host->report(turn, peer, Arrived{{1, 0, Role::letter, 1, Body(header)}});
    drain(*host);
    EXPECT_EQ(closed(peer), height < fork_height ? Fault::banned : Fault::other_fork) << height;
  }
}

}  // namespace
}  // namespace kith::core
