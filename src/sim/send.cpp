// One letter a pair, spread over a time in which a tenth of the nodes is killed and started again.
#include "sim/send.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "sim/swarm.hpp"
#include "sim/through.hpp"

namespace kith::sim {
namespace {

/// One node in so many cannot be dialled, and one does not want to be found.
constexpr NodeIndex unreachable_one_in = 5;
constexpr NodeIndex hidden_one_in = 10;
/// One in so many is killed while letters are sent, and is away for so long.
constexpr u64 killed_one_in = 10;
constexpr Duration away_least = 10s;
constexpr Duration away_most = 25s;
constexpr Duration switched_on_within = 10s;
constexpr Duration swarm_matures = 4min;
constexpr Duration sends_for = 100s;
constexpr std::size_t unknown_keys = 10;
/// What every letter begins with, and nobody but its receiver may see.
constexpr std::string_view secret = "for your eyes only: ";
/// Bytes that a message costs on the wire beside its body: a header, a frame, and a record of its own.
constexpr u64 message_overhead = 24 + 8 + 18;

/// What letters cost all nodes together.
struct Cost {
  u64 wheres = 0;
  u64 hands = 0;
  u64 seals = 0;
  u64 messages = 0;
  u64 bytes = 0;
  /// Messages beside those of mail/1 in which a letter could be read.
  u64 leaks = 0;
};

/// Counts what a node hears of letters, and looks for their text where it must not be.
class Ear : public Through {
 public:
  Ear(std::unique_ptr<core::Protocol> inner, Cost& cost) : Through(std::move(inner)), cost_(cost) {
    const auto all = names();
    text_ = all.front().text;
  }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    const auto body = as_text(message.body.bytes());
    const bool is_mail = text_ == "mail/1";
    const bool is_where = text_ == "find/1" && message.role != Role::letter;
    const bool is_sealed = text_ == "gossip/1" && body.substr(0, 10).ends_with("sealed");
    if (is_mail || is_where || is_sealed) {
      ++cost_.messages;
      cost_.bytes += body.size() + message_overhead;
    }
    cost_.wheres += is_where && message.role == Role::request;
    cost_.leaks += !is_mail && body.find(secret) != std::string_view::npos;
    Through::on_message(turn, peer, message);
  }
  void on_hand(core::ProtocolTurn& turn, Peer peer, const Letter& letter) override {
    cost_.hands += text_ == "mail/1";
    Through::on_hand(turn, peer, letter);
  }
  void on_seal(core::ProtocolTurn& turn, const Letter& letter) override {
    cost_.seals += text_ == "mail/1";
    Through::on_seal(turn, letter);
  }

 private:
  Cost& cost_;
  std::string text_;
};

struct Pair {
  NodeIndex to = 0;
  std::size_t told = 0;
  std::optional<peers::Delivered> end;
};

/// When a node is killed and when it comes back.
struct Away {
  Time from;
  Time until;
};

class Sending {
 public:
  explicit Sending(const ScenarioSettings& settings) : network_(settings.seed) {
    for (NodeIndex index = 0; index < settings.nodes; ++index) add(index);
    network_.watch([this](NodeIndex node, const core::Event& event) { hear(node, event); });
    start_all(network_, switched_on_within);
    network_.run_for(swarm_matures);
    plan();
  }

  /// Sends one letter a node has, and waits for the last answer.
  void send_all() {
    const auto count = network_.size();
    const Time begin = network_.now();
    for (std::size_t i = 0; i < count; ++i) {
      run_to(begin + sends_for * static_cast<i64>(i) / static_cast<i64>(count));
      const NodeIndex from = sender();
      send(from, network_.identity(receiver(from)).public_key());
    }
    run_to(begin + sends_for + away_most + peers::DeliveryConfig{}.give_up);
  }
  void send_to_nobody() {
    for (std::size_t i = 0; i < unknown_keys; ++i) {
      const crypto::Identity nobody(network_.rng().bytes<32>());
      send(sender(), nobody.public_key());
    }
    run_to(network_.now() + peers::DeliveryConfig{}.give_up + 1s);
  }

  Network& network() { return network_; }
  std::map<u64, Pair>& pairs() { return pairs_; }
  Cost take_cost() { return std::exchange(cost_, {}); }
  u64 wrong_readers() const { return wrong_readers_; }
  std::size_t killed() const { return away_.size(); }

 private:
  static bool is_reachable(NodeIndex index) { return index % unreachable_one_in != 4; }

  void add(NodeIndex index) {
    NodeSpec spec;
    spec.ip = ip_of(index);
    spec.reachable = is_reachable(index);
    spec.config.delivery.findable = index % hidden_one_in != 7;
    spec.protocols = [this](Protocols all) {
      for (auto& each : all) each = std::make_unique<Ear>(std::move(each), cost_);
      return all;
    };
    while (index > 0 && spec.config.neighbours[0].bootstrap.empty()) {
      const auto at = static_cast<NodeIndex>(network_.rng().below(index));
      // Whose address is written down for others is somebody who can be dialled.
      if (is_reachable(at)) spec.config.neighbours[0].bootstrap = {network_.endpoint(at)};
    }
    network_.add(std::move(spec));
  }

  void plan() {
    auto& rng = network_.rng();
    std::vector<NodeIndex> all(network_.size());
    for (NodeIndex index = 0; index < all.size(); ++index) all[index] = index;
    rng.shuffle(all);
    all.resize(all.size() / killed_one_in);
    for (const NodeIndex node : all) {
      const Time from = network_.now() + Duration{static_cast<i64>(rng.below(static_cast<u64>(sends_for.count())))};
      const auto spread = static_cast<u64>((away_most - away_least).count());
      const Time until = from + away_least + Duration{static_cast<i64>(rng.below(spread))};
      away_.emplace(node, Away{from, until});
      changes_.emplace(from, node);
      changes_.emplace(until, node);
    }
  }

  void run_to(Time end) {
    while (!changes_.empty() && changes_.begin()->first <= end) {
      const auto [at, node] = *changes_.begin();
      changes_.erase(changes_.begin());
      network_.run_for(at - network_.now());
      if (network_.is_up(node))
        network_.kill(node);
      else
        network_.start(node);
    }
    network_.run_for(end - network_.now());
  }

  /// Somebody who is up and lives to hear what became of its letter.
  NodeIndex sender() {
    while (true) {
      const auto node = static_cast<NodeIndex>(network_.rng().below(network_.size()));
      const auto away = away_.find(node);
      const bool dies = away != away_.end() && away->second.from >= network_.now() &&
                        away->second.from <= network_.now() + peers::DeliveryConfig{}.give_up;
      if (network_.is_up(node) && !dies) return node;
    }
  }
  /// Anybody but a neighbour, up or not.
  NodeIndex receiver(NodeIndex from) {
    while (true) {
      const auto node = static_cast<NodeIndex>(network_.rng().below(network_.size()));
      const PeerId id{network_.identity(node).public_key()};
      bool near = node == from;
      for (const auto& [peer, row] : network_.host(from).connections().rows()) near |= row.info.address.id == id;
      if (!near) return node;
    }
  }

  void send(NodeIndex from, const crypto::Key& to) {
    auto& rng = network_.rng();
    Buffer bytes = to_buffer(as_bytes(secret));
    bytes.resize(bytes.size() + rng.below(1'500), 'x');
    const auto number = network_.command(from, [&](core::Host& host, core::Turn& turn) {
      return host.send(turn, PeerId{to}, "text", Body(std::move(bytes)));
    });
    check(number.has_value(), "a letter that a node does not take");
    const auto node = network_.find(PeerId{to});
    pairs_[*number].to = node.value_or(static_cast<NodeIndex>(network_.size()));
  }

  void hear(NodeIndex node, const core::Event& event) {
    if (const auto* end = std::get_if<peers::Delivered>(&event)) pairs_[end->number].end = *end;
    if (const auto* mail = std::get_if<core::MailCame>(&event)) came(node, mail->letter);
  }
  void came(NodeIndex node, const Letter& letter) {
    const auto pair = pairs_.find(letter.number);
    if (pair == pairs_.end()) return;
    ++pair->second.told;
    wrong_readers_ += pair->second.to != node;
  }

  Cost cost_;
  Network network_;
  std::map<u64, Pair> pairs_;
  std::map<NodeIndex, Away> away_;
  std::set<std::pair<Time, NodeIndex>> changes_;
  u64 wrong_readers_ = 0;
};

std::string seconds(Duration duration) {
  const i64 millis = std::chrono::floor<std::chrono::milliseconds>(duration).count();
  return fmt::format("{}.{:03}", millis / 1000, millis % 1000);
}

struct Sums {
  std::size_t acknowledged = 0;
  std::size_t told_again = 0;
  std::map<Way, std::size_t> ways;
  std::vector<Duration> times;

  explicit Sums(const std::map<u64, Pair>& pairs) {
    for (const auto& [number, pair] : pairs) {
      told_again += pair.told > 1;
      if (!pair.end || !pair.end->acknowledged) continue;
      ++acknowledged;
      ++ways[pair.end->way];
      times.push_back(pair.end->took);
    }
    std::sort(times.begin(), times.end());
  }
  std::string at(std::size_t percent) const {
    return times.empty() ? "never" : seconds(times[(times.size() - 1) * percent / 100]);
  }
};

/// Letters to keys that nobody has: all end, and none costs more than it may.
bool nobody(Sending& sending, const Print& print) {
  sending.pairs().clear();
  sending.take_cost();
  sending.send_to_nobody();
  const auto cost = sending.take_cost();
  Duration longest{};
  std::size_t ended = 0;
  for (const auto& [number, pair] : sending.pairs()) {
    ended += pair.end && !pair.end->acknowledged;
    if (pair.end) longest = std::max(longest, pair.end->took);
  }
  const peers::DeliveryConfig bounds;
  print(fmt::format("unknown keys {}: unreachable {}, longest {} s, of at most {} s", unknown_keys, ended,
                    seconds(longest), seconds(bounds.give_up)));
  print(fmt::format("for each of them: neighbours asked {}.{}, of at most {}; sealed items {}.{}, of at most 1",
                    cost.wheres / unknown_keys, cost.wheres * 10 / unknown_keys % 10, bounds.most_asked,
                    cost.seals / unknown_keys, cost.seals * 10 / unknown_keys % 10));
  return ended == unknown_keys && longest <= bounds.give_up + 1s && cost.wheres <= unknown_keys * bounds.most_asked &&
         cost.seals <= unknown_keys;
}

}  // namespace

bool send(const ScenarioSettings& settings, const Print& print) {
  Sending sending(settings);
  sending.take_cost();
  sending.send_all();
  const auto cost = sending.take_cost();
  const auto count = sending.pairs().size();
  const Sums sums(sending.pairs());
  print(fmt::format(
      "{} nodes: one in {} cannot be dialled, one in {} is not to be found, {} are killed and back after {} to {} s",
      sending.network().size(), unreachable_one_in, hidden_one_in, sending.killed(), seconds(away_least),
      seconds(away_most)));
  print("a pair is a sender that lives to hear what became of its letter, and any node that is not its neighbour,");
  print("up or down; a receiver is never down for as long as a delivery may last, so every pair counts");
  print(fmt::format("pairs {}, acknowledged {} ({}.{:02} %)", count, sums.acknowledged, sums.acknowledged * 100 / count,
                    sums.acknowledged * 10'000 / count % 100));
  for (const auto way : {Way::direct, Way::dialled, Way::found, Way::sealed}) {
    const auto at = sums.ways.find(way);
    print(fmt::format("by the way {}: {}", to_text(way), at == sums.ways.end() ? 0 : at->second));
  }
  print(fmt::format("seconds until acknowledged: p50 {}, p99 {}, longest {}", sums.at(50), sums.at(99), sums.at(100)));
  print(fmt::format("for each pair: neighbours asked {}.{:02}, handed over {}.{:02}, sealed items {}.{:02}",
                    cost.wheres / count, cost.wheres * 100 / count % 100, cost.hands / count,
                    cost.hands * 100 / count % 100, cost.seals / count, cost.seals * 100 / count % 100));
  print(fmt::format("for each pair, all nodes together: messages {}, bytes {}", cost.messages / count,
                    cost.bytes / count));
  print(fmt::format("letters that came again to a node that was killed meanwhile {}", sums.told_again));
  print(fmt::format("others that could read a letter {}", sending.wrong_readers() + cost.leaks));
  const bool bounded = nobody(sending, print);
  const auto& network = sending.network();
  print(fmt::format("blamed {}", network.blamed().size()));
  print(fmt::format("happenings {}", network.happenings()));
  print(fmt::format("digest {}", to_hex(network.digest())));
  return sums.acknowledged * 100 >= count * 99 && sending.wrong_readers() + cost.leaks == 0 && bounded &&
         network.blamed().empty();
}

}  // namespace kith::sim
