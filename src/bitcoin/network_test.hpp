// Nodes that speak bitcoin to each other over pipes in memory: whole worlds with chains of regtest, and a clock of the
// test's own.
#pragma once

#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "bitcoin/messages/handshake.hpp"
#include "bitcoin/mount.hpp"
#include "bitcoin/port.hpp"
#include "core/world.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/bitcoin/tx.hpp"
#include "ledger/chain.hpp"
#include "ledger/log_judge.hpp"

namespace kith::bitcoin::testing {

inline const ledger::bitcoin::Params& params() { return ledger::bitcoin::regtest(); }
inline constexpr Utc test_utc = Utc{std::chrono::hours{24 * 365 * 56}};
inline constexpr Magic test_magic{0xfa, 0xbf, 0xb5, 0xda};

/// Any transaction is good.
inline core::Kind any_tx() {
  core::Kind out{std::string(tx_kind), 1'000'000, Priority::item,
                 [](Bytes body, Utc) -> Result<core::Examined> {
                   Reader in(body);
                   const auto tx = ledger::bitcoin::read_tx(in);
                   if (!in.complete()) return fail(Fault::malformed, "tx");
                   return core::Examined{take_array<20>(tx.witness_id), std::nullopt};
                 },
                 [](Bytes) { return Verdict::accept; }};
  out.proves_itself = true;
  return out;
}

struct Node {
  Rng rng;
  Ip ip;
  std::unique_ptr<ledger::bitcoin::BitcoinRules> rules = nullptr;
  std::unique_ptr<ledger::LogJudge> judge = nullptr;
  std::unique_ptr<core::World> world = nullptr;
  std::vector<Fault> blamed = {};
  std::vector<Fault> downs = {};
  std::vector<Item> items = {};
  std::size_t ups = 0;

  const ledger::Chain& chain() const { return *world->host().chain(); }
};

/// Which wire each node speaks, and how.
struct Setting {
  bool encrypted = true;
  bool relay = true;
  const ledger::bitcoin::Params* chain = &params();
  std::optional<ledger::Anchor> anchor = std::nullopt;
  PoolView pool = {};
};

class Network {
 public:
  Node& add(const Setting& setting = {}) {
    const auto index = static_cast<u8>(nodes_.size() + 1);
    auto& node = nodes_.emplace_back(Node{.rng = Rng::seeded(index), .ip = Ip::v4(8, index, 0, 1)});
    const auto& of = *setting.chain;
    node.rules = std::make_unique<ledger::bitcoin::BitcoinRules>(of);
    auto chain =
        std::make_unique<ledger::Chain>(*node.rules, ledger::ChainConfig{{}, node.rng.bytes<16>(), setting.anchor});
    const auto check_body = [&of](const ledger::BlockJob& job) { return ledger::bitcoin::check_block(of, job); };
    node.judge = std::make_unique<ledger::LogJudge>(*node.rules, std::make_unique<ledger::MemoryLog>(), of.magic,
                                                    check_body, Body(of.genesis_block));
    EXPECT_TRUE(node.judge->restore(*chain, test_utc));
    core::HostConfig config;
    config.self = {.id = PeerId{{index}}, .network = Hash{1}, .version = 1, .client = "test", .names = {}};
    config.neighbours[0].word = wire_word;
    config.neighbours[0].has_ids = false;
    config.neighbours[0].blames_items = false;
    config.neighbours[0].port = 8333;
    config.neighbours[0].dialing.outbound = 0;
    std::vector<core::Kind> kinds;
    if (setting.relay) kinds.push_back(any_tx());
    auto host = std::make_unique<core::Host>(config, std::move(chain), std::move(kinds), protocols({}, setting.pool),
                                             core::Memory{}, node.rng);
    std::vector<std::unique_ptr<core::Port>> ports;
    ports.push_back(std::make_unique<Port>(PortConfig{.magic = test_magic,
                                                      .services = service::network | service::witness,
                                                      .encrypted = setting.encrypted,
                                                      .user_agent = "/test:1/",
                                                      .relay = setting.relay}));
    node.world = std::make_unique<core::World>(std::move(host), std::move(ports));
    node.world->start(turn(node));
    obey(node);
    return node;
  }

  core::Turn turn(Node& node) {
    return {now_, test_utc + std::chrono::duration_cast<Utc::duration>(now_ - Time{}), node.rng};
  }

  void connect(Node& from, const Node& to) {
    from.world->command(turn(from), [&](core::Host& host, core::Turn& mine) {
      host.connect(mine, {.dns = {}, .address = {to.ip, 8333, std::string(wire_word), {}}});
      return true;
    });
    run();
  }
  /// A block on the tip of `node`, which it publishes.
  Hash mine(Node& node, u64 tag = 0) {
    const auto tip = node.chain().tip();
    auto block = ledger::bitcoin::make_block(params(), tip.id, tip.height + 1, to_seconds(test_utc) + tip.height, tag);
    const auto id = ledger::bitcoin::id_of(Bytes(block).first(80));
    publish_block(node, Body(std::move(block)));
    return id;
  }
  void publish_block(Node& node, Body block) {
    node.world->command(turn(node), [&](core::Host& host, core::Turn& mine) {
      EXPECT_TRUE(host.publish_block(mine, std::move(block)));
      return true;
    });
    run();
  }
  void publish(Node& node, Body tx) {
    node.world->command(turn(node), [&](core::Host& host, core::Turn& mine) {
      EXPECT_TRUE(host.publish_item(mine, 0, std::move(tx)));
      return true;
    });
    run();
  }
  /// Lets everything happen that needs no time.
  void run() {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto& node : nodes_) obey(node);
      for (auto& [end, other] : pipes_) moved |= carry(end, other);
    }
  }
  void pass(Duration time, Duration step = std::chrono::seconds(1)) {
    for (const Time until = now_ + time; now_ < until;) {
      now_ += step;
      for (auto& node : nodes_) node.world->tick(turn(node));
      run();
    }
  }
  /// Everything that went from one node to the other, as bytes.
  std::map<std::pair<const Node*, const Node*>, Buffer>& wiretap() { return tap_; }
  std::size_t connections() const { return pipes_.size() / 2; }

 private:
  struct End {
    Node* node;
    Peer peer;
    auto operator<=>(const End&) const = default;
  };

  Node* at(const Ip& ip) {
    for (auto& node : nodes_)
      if (node.ip == ip) return &node;
    return nullptr;
  }
  void obey(Node& node) {
    while (auto need = node.world->take()) {
      if (const auto* dial = std::get_if<core::Connect>(&*need)) connected(node, *dial);
      if (const auto* work = std::get_if<core::Work>(&*need))
        node.world->done(turn(node), core::run(work->job, node.judge.get(), node.world->host().kinds()));
      if (const auto* shut = std::get_if<core::Shut>(&*need)) cut({&node, shut->peer});
      if (const auto* event = std::get_if<core::Event>(&*need)) note(node, *event);
    }
  }
  static void note(Node& node, const core::Event& event) {
    if (const auto* blame = std::get_if<core::PeerBlamed>(&event)) node.blamed.push_back(blame->error.fault);
    if (const auto* down = std::get_if<core::PeerDown>(&event)) node.downs.push_back(down->why.fault);
    if (const auto* item = std::get_if<core::ItemAccepted>(&event)) node.items.push_back(item->item);
    node.ups += std::holds_alternative<core::PeerUp>(event);
  }
  void connected(Node& node, const core::Connect& dial) {
    Node* other = at(dial.to.ip);
    const auto peer = other
                          ? other->world->accept(turn(*other), wire_word, {node.ip, 40'000, std::string(wire_word), {}})
                          : std::nullopt;
    if (!peer) return node.world->not_connected(turn(node), dial.peer);
    pipes_.emplace(End{&node, dial.peer}, End{other, *peer});
    pipes_.emplace(End{other, *peer}, End{&node, dial.peer});
    node.world->connected(turn(node), dial.peer);
  }
  void cut(const End& end) {
    const auto pipe = pipes_.find(end);
    if (pipe == pipes_.end()) return;
    const auto other = pipe->second;
    pipes_.erase(end);
    pipes_.erase(other);
    other.node->world->ended(turn(*other.node), other.peer);
    obey(*other.node);
  }
  bool carry(const End& from, const End& to) {
    Buffer bytes;
    from.node->world->pull(turn(*from.node), from.peer, bytes, 64 * 1024);
    if (bytes.empty()) return false;
    append(tap_[{from.node, to.node}], bytes);
    to.node->world->receive(turn(*to.node), to.peer, bytes);
    return true;
  }

  Time now_{};
  std::deque<Node> nodes_;
  std::map<End, End> pipes_;
  std::map<std::pair<const Node*, const Node*>, Buffer> tap_;
};

}  // namespace kith::bitcoin::testing
