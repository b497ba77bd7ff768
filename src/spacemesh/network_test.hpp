// Nodes that speak this wire to each other in memory: whole worlds, datagrams, and somebody who says what a test wants.
#pragma once

#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "core/world.hpp"
#include "crypto/hash.hpp"
#include "spacemesh/answer.hpp"
#include "spacemesh/clock.hpp"
#include "spacemesh/handshake.hpp"
#include "spacemesh/mount.hpp"
#include "spacemesh/wire.hpp"

namespace kith::spacemesh::testing {

inline constexpr Utc test_utc = Utc{std::chrono::hours{24 * 365 * 56}};
inline constexpr u16 test_port = 7513;
inline constexpr std::string_view chat = "/chat/1.0/";

inline crypto::Key key(u8 fill) {
  crypto::Key out;
  out.fill(fill);
  return out;
}

/// Items that begin with '+' are good, and the others bad.
inline core::Kind plus_kind(Verdict bad = Verdict::reject) {
  core::Kind out{"TxGossip", 100'000, Priority::item,
                 [](Bytes body, Utc) -> Result<core::Examined> {
                   return core::Examined{take_array<20>(crypto::sha256(body)), std::nullopt};
                 },
                 [bad](Bytes body) { return body[0] == '+' ? Verdict::accept : bad; }};
  out.proves_itself = true;
  return out;
}

struct Node {
  Rng rng;
  Ip ip;
  std::unique_ptr<core::World> world = nullptr;
  std::vector<core::PeerInfo> ups = {};
  std::vector<Fault> downs = {};
  std::vector<Fault> blamed = {};
  std::vector<Buffer> items = {};
  std::vector<core::DirectMessage> directs = {};
  std::vector<core::CallEnded> calls = {};
  std::vector<core::ClockDiffers> clocks = {};

  const core::Host& host() const { return world->host(); }
  std::size_t open() const {
    std::size_t out = 0;
    for (const auto& [peer, row] : host().connections().rows()) out += std::size_t{row.open};
    return out;
  }
};

struct Setting {
  /// Nodes of the book are dialled, and asked by datagrams.
  std::size_t outbound = 0;
  std::vector<Address> first = {};
  Utc::duration skew{};
  std::vector<AppProtocol> own = {{std::string(chat)}};
};

class Network {
 public:
  Node& add(const Setting& setting = {}) {
    const auto index = static_cast<u8>(nodes_.size() + 1);
    auto& node = nodes_.emplace_back(Node{.rng = Rng::seeded(index), .ip = Ip::v4(8, index, 0, 1)});
    skews_[&node] = setting.skew;
    core::HostConfig config;
    config.self = {.id = PeerId{{index}}, .network = Hash{1}, .version = 1, .client = "test", .names = {}};
    auto& here = config.neighbours[0];
    here.word = wire_word;
    here.proves_ids = false;
    here.id = PeerId{key(index)};
    here.port = test_port;
    here.dialing.outbound = setting.outbound;
    here.inquire_of = setting.first.empty() && setting.outbound == 0 ? 0 : 3;
    here.inquire_first = setting.first;
    std::vector<core::Kind> kinds;
    kinds.push_back(plus_kind());
    auto host = std::make_unique<core::Host>(config, nullptr, std::move(kinds),
                                             protocols({spoken("TxGossip")}, setting.own), core::Memory{}, node.rng);
    std::vector<std::unique_ptr<core::Port>> ports;
    ports.push_back(std::make_unique<Port>(PortConfig{.key = key(index), .kinds = {gossip::tag_of("TxGossip")}}));
    node.world = std::make_unique<core::World>(std::move(host), std::move(ports));
    node.world->start(turn(node));
    obey(node);
    return node;
  }
  core::Turn turn(Node& node) {
    return {now_, test_utc + skews_[&node] + std::chrono::duration_cast<Utc::duration>(now_ - Time{}), node.rng};
  }
  static Address address(const Node& node) {
    return {node.ip, test_port, std::string(wire_word), node.host().neighbours()[0].id()};
  }

  template <typename What>
  auto command(Node& node, What what) {
    auto out = node.world->command(turn(node), std::move(what));
    run();
    return out;
  }
  void connect(Node& from, const Node& to) {
    command(from, [&](core::Host& host, core::Turn& mine) {
      host.connect(mine, {.dns = {}, .family = 0, .address = address(to)});
      return true;
    });
  }
  /// Connects, and waits until both believe it.
  void join(Node& from, const Node& to) {
    connect(from, to);
    pass(2 * silence_is_consent);
  }
  void publish(Node& node, std::string_view text) {
    EXPECT_TRUE(command(node, [&](core::Host& host, core::Turn& mine) {
      return host.publish_item(mine, 0, Body(to_buffer(as_bytes(text))));
    }));
  }

  // Somebody who is no node.
  Peer knock(Node& at, const Ip& from) {
    const auto peer = at.world->accept(turn(at), wire_word, {from, 40'000, std::string(wire_word), std::nullopt});
    EXPECT_TRUE(peer);
    return peer.value_or(Peer{});
  }
  void send(Node& to, Peer as, Bytes bytes) {
    to.world->receive(turn(to), as, bytes);
    run();
  }
  Buffer first(u8 who, std::string_view version = "go-spacemesh/0.0.2", u32 network = 1) {
    Buffer out;
    write_frame(out, encode(FirstRecord{key(who), {std::string(version), network, test_port}}, dice_.bytes<24>()));
    return out;
  }
  Buffer record(Bytes plain) {
    Buffer out;
    write_frame(out, seal(dice_.bytes<24>(), plain));
    return out;
  }
  Buffer message(std::string_view protocol, Bytes payload, std::optional<Call> call = std::nullopt,
                 Utc::duration off = {}) {
    const auto now = test_utc + std::chrono::duration_cast<Utc::duration>(now_ - Time{}) + off;
    return record(encode(ProtocolMessage{
        {std::string(protocol), "go-spacemesh/0.0.2", to_seconds(now), {}, 0}, call, Body(to_buffer(payload))}));
  }

  /// What `from` says to somebody who is no node, since this was asked last.
  std::vector<ProtocolMessage> said(Node& from, Peer to) {
    Buffer bytes;
    from.world->pull(turn(from), to, bytes, 1 << 30);
    std::vector<ProtocolMessage> out;
    FrameReader frames(max_record);
    for (Bytes rest = bytes; !rest.empty();)
      out.push_back(decode_message(Body(*open(*frames.take(rest).value()))).value());
    return out;
  }

  /// Lets everything happen that needs no time.
  void run() {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto& node : nodes_) moved |= obey(node);
      const auto pipes = pipes_;
      for (const auto& [end, other] : pipes)
        if (pipes_.contains(end)) moved |= carry(end, other);
    }
  }
  void pass(Duration time, Duration step = std::chrono::milliseconds(500)) {
    run();
    for (const Time until = now_ + time; now_ < until;) {
      now_ += step;
      for (auto& node : nodes_) node.world->tick(turn(node));
      run();
    }
  }
  std::size_t datagrams() const { return datagrams_; }

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
  bool obey(Node& node) {
    bool moved = false;
    while (auto need = node.world->take()) {
      moved = true;
      if (const auto* dial = std::get_if<core::Connect>(&*need)) connected(node, *dial);
      if (const auto* work = std::get_if<core::Work>(&*need))
        node.world->done(turn(node), core::run(work->job, nullptr, node.world->host().kinds()));
      if (const auto* shut = std::get_if<core::Shut>(&*need)) cut({&node, shut->peer});
      if (const auto* datagram = std::get_if<core::SendDatagram>(&*need)) deliver(node, *datagram);
      if (const auto* event = std::get_if<core::Event>(&*need)) note(node, *event);
    }
    return moved;
  }
  static void note(Node& node, const core::Event& event) {
    if (const auto* up = std::get_if<core::PeerUp>(&event)) node.ups.push_back(up->info);
    if (const auto* down = std::get_if<core::PeerDown>(&event)) node.downs.push_back(down->why.fault);
    if (const auto* missed = std::get_if<core::NotOpened>(&event)) node.downs.push_back(missed->why.fault);
    if (const auto* blame = std::get_if<core::PeerBlamed>(&event)) node.blamed.push_back(blame->error.fault);
    if (const auto* item = std::get_if<core::ItemAccepted>(&event))
      node.items.push_back(to_buffer(item->item.body.bytes()));
    if (const auto* direct = std::get_if<core::DirectMessage>(&event)) node.directs.push_back(*direct);
    if (const auto* call = std::get_if<core::CallEnded>(&event)) node.calls.push_back(*call);
    if (const auto* clock = std::get_if<core::ClockDiffers>(&event)) node.clocks.push_back(*clock);
  }
  void deliver(Node& from, const core::SendDatagram& datagram) {
    ++datagrams_;
    auto* to = at(datagram.to.ip);
    if (!to || datagram.to.port != test_port) return;
    to->world->datagram(turn(*to), {from.ip, test_port, std::string(wire_word), std::nullopt}, datagram.bytes);
  }
  void connected(Node& node, const core::Connect& dial) {
    Node* other = at(dial.to.ip);
    const auto peer =
        other ? other->world->accept(turn(*other), wire_word, {node.ip, 40'000, std::string(wire_word), std::nullopt})
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
  }
  bool carry(const End& from, const End& to) {
    Buffer bytes;
    from.node->world->pull(turn(*from.node), from.peer, bytes, 64 * 1024);
    if (bytes.empty()) return false;
    to.node->world->receive(turn(*to.node), to.peer, bytes);
    return true;
  }

  Time now_{};
  std::deque<Node> nodes_;
  std::map<const Node*, Utc::duration> skews_;
  std::map<End, End> pipes_;
  std::size_t datagrams_ = 0;
  Rng dice_ = Rng::seeded(77);
};

}  // namespace kith::spacemesh::testing
