// The next version of kith, as far as this one can play it: a higher minor version, a protocol and message types that
// nobody knows yet, a kind of its own, and ping in two versions of which two new nodes use the newer.
#include <fmt/format.h>

#include "lean/envelope.hpp"
#include "lean/ping.hpp"
#include "sim/blocks.hpp"
#include "sim/change.hpp"
#include "sim/swarm.hpp"
#include "sim/through.hpp"

namespace kith::sim {
namespace {

constexpr Version next_minor = version(0, 2, 0);
constexpr Version next_major = version(1, 0, 0);
constexpr u32 type_of_later = 99;

/// All nodes are restarted within this, each for so long.
constexpr Duration upgrade_over = 5min;
constexpr Duration off_for = 3s;
/// Who was started so long ago is a part of the network.
constexpr Duration joined_after = 20s;
constexpr Duration item_every = 10s;
constexpr Duration block_every = 30s;
constexpr std::size_t item_size = 300;
/// One in so many items is too large to be pushed.
constexpr u64 large_one_in = 3;
constexpr std::size_t large_item_size = 20'000;

/// A protocol of the next version: as it is today, and with words that only later versions know.
class Later : public Through {
 public:
  using Through::Through;

  void mounted(u16 first) override {
    first_ = first;
    Through::mounted(first);
  }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override {
    Through::on_peer(turn, peer);
    for (const Role role : {Role::letter, Role::request})
      turn.say(peer.peer, {turn.open(peer.peer), first_, role, type_of_later, Body(Buffer(100, 1))});
  }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    if (message.type != type_of_later) Through::on_message(turn, peer, message);
  }

 private:
  u16 first_ = 0;
};

/// What was said between new nodes in words that only they have.
struct Heard {
  u64 newer_ping = 0;
  /// ping/1 between two who both speak ping/2: there must be none.
  u64 older_ping = 0;
  u64 echoes = 0;
};

/// ping/2: the words of ping/1 under another name.
class NewerPing : public lean::Ping {
 public:
  NewerPing(Duration every, Heard& heard) : Ping(every), heard_(heard) {}
  std::vector<Name> names() const override {
    auto out = Ping::names();
    out.front().text = "ping/2";
    return out;
  }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    ++heard_.newer_ping;
    Ping::on_message(turn, peer, message);
  }

 private:
  Heard& heard_;
};

class OlderPing : public lean::Ping {
 public:
  OlderPing(Duration every, Heard& heard) : Ping(every), heard_(heard) {}
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    if (major_of(peer.hello.version) == major_of(next_minor) && peer.hello.version >= next_minor) ++heard_.older_ping;
    Ping::on_message(turn, peer, message);
  }

 private:
  Heard& heard_;
};

/// A protocol that only new nodes have.
class Echo : public core::Protocol {
 public:
  explicit Echo(Heard& heard) : heard_(heard) {}
  std::vector<Name> names() const override { return {{"echo/1", 1000, Priority::item}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override {
    turn.say(peer.peer, {turn.open(peer.peer), name_, Role::letter, 1, Body()});
  }
  void on_message(core::ProtocolTurn&, const core::PeerInfo&, const Message&) override { ++heard_.echoes; }

 private:
  Heard& heard_;
  u16 name_ = 0;
};

core::Kind kind(const Network& network, std::string text) {
  return lean::authored(std::move(text), 64 * 1024, Priority::item, network.id(),
                        [](const lean::Envelope&) { return Verdict::accept; });
}

NodeSpec today(const Network& network) {
  NodeSpec out;
  out.kinds = {kind(network, "note")};
  return out;
}

NodeSpec tomorrow(const Network& network, Heard& heard) {
  NodeSpec out;
  out.config.self.version = next_minor;
  out.kinds = {kind(network, "invented"), kind(network, "note")};
  out.protocols = [&heard, every = out.pace.ping](Protocols today) {
    Protocols all;
    // In front, so that no number of a name is the same as before.
    all.push_back(std::make_unique<Echo>(heard));
    all.push_back(std::make_unique<NewerPing>(every, heard));
    all.push_back(std::make_unique<OlderPing>(every, heard));
    for (std::size_t i = 1; i < today.size(); ++i) all.push_back(std::make_unique<Later>(std::move(today[i])));
    return all;
  };
  return out;
}

/// One upgrade: what happens to a node and when.
struct Step {
  Time at;
  NodeIndex node = 0;
  bool starts = false;
  auto operator<=>(const Step&) const = default;
};

class Upgrade {
 public:
  Upgrade(const ScenarioSettings& settings, const Print& print)
      : print_(print), network_(settings.seed), accepted_(network_), count_(settings.nodes) {}

  bool run() {
    add_swarm(network_, count_, today(network_));
    const NodeIndex stranger = add_stranger();
    for (NodeIndex node = 0; node < count_; ++node) network_.start(node), since_.push_back(network_.now());
    network_.run_for(1min);
    schedule();
    while (next_ < steps_.size()) live();
    const Time end = network_.now() + 1min;
    while (network_.now() < end) live();
    // Whoever would write to everybody of the next major version meets silence, and so does it.
    network_.start(stranger);
    network_.command(0, [&](core::Host& host, core::Turn& turn) {
      host.connect(turn, network_.endpoint(stranger));
      return true;
    });
    network_.run_for(1min);
    return tell(stranger);
  }

 private:
  NodeIndex add_stranger() {
    auto spec = tomorrow(network_, heard_);
    spec.config.self.version = next_major;
    spec.ip = ip_of(static_cast<NodeIndex>(count_));
    spec.config.neighbours[0].bootstrap = {network_.endpoint(0)};
    return network_.add(std::move(spec));
  }
  void schedule() {
    std::vector<NodeIndex> order;
    for (NodeIndex node = 0; node < count_; ++node) order.push_back(node);
    network_.rng().shuffle(order);
    const Duration every = upgrade_over / static_cast<i64>(count_);
    Time at = network_.now();
    for (const NodeIndex node : order) {
      at += every;
      steps_.push_back({at, node, false});
      steps_.push_back({at + off_for, node, true});
    }
    std::sort(steps_.begin(), steps_.end());
    item_at_ = block_at_ = look_at_ = network_.now();
  }
  /// Up to the next thing that is to be done, and that.
  void live() {
    Time next = std::min({item_at_, block_at_, look_at_});
    if (next_ < steps_.size()) next = std::min(next, steps_[next_].at);
    network_.run_for(next - network_.now());
    if (next_ < steps_.size() && steps_[next_].at <= next) take(steps_[next_++]);
    if (item_at_ <= next) item_at_ += item_every, publish();
    if (block_at_ <= next) block_at_ += block_every, mine_block();
    if (look_at_ <= next) look_at_ += joined_after / 4, look();
  }
  void take(const Step& step) {
    if (!step.starts) return network_.stop(step.node);
    auto spec = tomorrow(network_, heard_);
    if (step.node > 0) spec.config.neighbours[0].bootstrap = {network_.endpoint(0)};
    network_.refit(step.node, std::move(spec));
    network_.start(step.node);
    since_[step.node] = network_.now();
  }
  /// Somebody who is up and stays so for a while, of either version.
  NodeIndex author() {
    while (true) {
      const auto node = static_cast<NodeIndex>(network_.rng().below(count_));
      const auto goes = [&](const Step& step) {
        return step.node == node && !step.starts && step.at < network_.now() + joined_after;
      };
      if (!network_.is_up(node)) continue;
      if (std::none_of(steps_.begin() + static_cast<std::ptrdiff_t>(next_), steps_.end(), goes)) return node;
    }
  }
  void publish() {
    const std::size_t size = network_.rng().one_in(large_one_in) ? large_item_size : item_size;
    if (const auto item = publish_item(network_, author(), "note", items_.size(), size))
      items_.push_back(*item);
    else
      ++refused_;
  }
  void mine_block() {
    if (mine(network_, author(), blocks_ + 1))
      ++blocks_;
    else
      ++refused_;
  }
  void look() {
    std::vector<bool> joined(network_.size());
    std::vector<bool> up(network_.size());
    for (NodeIndex node = 0; node < count_; ++node) {
      up[node] = network_.is_up(node);
      joined[node] = up[node] && network_.now() - since_[node] >= joined_after;
    }
    most_components_ = std::max(most_components_, components_of(network_, joined, up));
  }
  bool tell(NodeIndex stranger) const {
    u64 missing = 0;
    bool one_tip = true;
    for (NodeIndex node = 0; node < count_; ++node) {
      one_tip &= tip(network_, node).id == tip(network_, 0).id;
      for (const auto& item : items_) missing += accepted_.has(node, item) ? 0u : 1u;
    }
    const u32 height = tip(network_, 0).height;
    const auto strangers = network_.host(stranger).connections().rows();
    const bool alone = std::ranges::none_of(strangers, [](const auto& entry) { return entry.second.open; });
    print_(fmt::format("{} nodes, upgraded one by one within {} s", count_, upgrade_over / 1s));
    print_(fmt::format("items published {}, blocks mined {}, refused {}", items_.size(), blocks_, refused_));
    print_(fmt::format("items that somebody missed {}", missing));
    print_(fmt::format("one tip at all: {}, at height {}", one_tip ? "yes" : "no", height));
    print_(fmt::format("most components at any time {}", most_components_));
    print_(fmt::format("pings of the newer version {}, of the older between two new nodes {}", heard_.newer_ping,
                       heard_.older_ping));
    print_(fmt::format("words of a protocol that only new nodes have {}", heard_.echoes));
    print_(fmt::format("the next major version is alone: {}", alone ? "yes" : "no"));
    print_(fmt::format("blamed {}", network_.blamed().size()));
    print_(fmt::format("digest {}", to_hex(network_.digest())));
    return missing == 0 && refused_ == 0 && one_tip && height > 0 && most_components_ == 1 && heard_.newer_ping > 0 &&
           heard_.older_ping == 0 && heard_.echoes > 0 && alone && network_.blamed().empty();
  }

  const Print& print_;
  Heard heard_;
  Network network_;
  Accepted accepted_;
  std::size_t count_;
  std::vector<Time> since_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  Time item_at_{};
  Time block_at_{};
  Time look_at_{};
  std::vector<ItemHash> items_;
  u64 blocks_ = 0;
  u64 refused_ = 0;
  std::size_t most_components_ = 0;
};

}  // namespace

bool upgrade(const ScenarioSettings& settings, const Print& print) { return Upgrade(settings, print).run(); }

}  // namespace kith::sim
