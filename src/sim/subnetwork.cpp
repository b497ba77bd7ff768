// A kind of items that few take: they find each other among the many, stay together, and keep it to themselves.
#include <fmt/format.h>

#include "codec/xdr.hpp"
#include "lean/envelope.hpp"
#include "sim/change.hpp"
#include "sim/swarm.hpp"
#include "sim/through.hpp"

namespace kith::sim {
namespace {

constexpr const char* common = "note";
constexpr const char* rare = "votes";
/// One node in so many takes votes.
constexpr std::size_t voter_one_in = 20;
constexpr Duration switched_on_within = 10s;
constexpr Duration found_within = 20min;
constexpr Duration heals_within = 20min;
constexpr Duration spread_within = 1min;
/// Pushed whole, and announced.
constexpr std::array<std::size_t, 2> sizes{200, 20'000};
/// One node in so many dies.
constexpr u64 die_one_in = 5;
constexpr std::size_t wanted_links = 4;

/// Looks at all gossip that comes in, and counts what is of the rare kind.
class Watched : public Through {
 public:
  Watched(std::unique_ptr<core::Protocol> inner, u64& rare_words)
      : Through(std::move(inner)), rare_words_(rare_words) {}

  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    // Offers, announcements and wants all begin with the kind.
    codec::XdrReader in(message.body.bytes());
    if (in.string(max_name_text) == rare) ++rare_words_;
    Through::on_message(turn, peer, message);
  }

 private:
  u64& rare_words_;
};

core::Kind kind(const Network& network, const char* text) {
  return lean::authored(text, 64 * 1024, Priority::item, network.id(),
                        [](const lean::Envelope&) { return Verdict::accept; });
}

class Subnetwork {
 public:
  Subnetwork(const ScenarioSettings& settings, const Print& print)
      : print_(print), network_(settings.seed), accepted_(network_), count_(settings.nodes) {}

  bool run() {
    add();
    start_all(network_, switched_on_within);
    const auto found = until_together(found_within);
    print_(fmt::format("{} nodes, {} of which take {}", count_, voters_, rare));
    if (!found) return print_("they did not find each other"), tell(), false;
    print_(fmt::format("seconds until they are one component with {} links each {}", wanted_links, *found / 1s));
    const bool spread = publish();
    kill_some();
    const auto healed = until_together(heals_within);
    if (!healed) return print_("they did not find each other again"), tell(), false;
    print_(fmt::format("seconds until they are so again without a fifth of all nodes {}", *healed / 1s));
    const bool spread_again = publish();
    tell();
    return spread && spread_again && rare_words_ == 0 && network_.blamed().empty();
  }

 private:
  void add() {
    NodeSpec spec;
    spec.has_ledger = false;
    spec.kinds = {kind(network_, common)};
    spec.protocols = [this](Protocols protocols) {
      for (auto& each : protocols)
        if (each->names().front().text.starts_with("gossip"))
          each = std::make_unique<Watched>(std::move(each), rare_words_);
      return protocols;
    };
    add_swarm(network_, count_, spec);
    takes_.resize(count_);
    while (voters_ < std::max<std::size_t>(count_ / voter_one_in, 3)) {
      const auto node = static_cast<NodeIndex>(network_.rng().below(count_));
      if (takes_[node]) continue;
      takes_[node] = true;
      ++voters_;
      NodeSpec voter;
      voter.has_ledger = false;
      voter.kinds = {kind(network_, common), kind(network_, rare)};
      if (node > 0)
        voter.config.neighbours[0].bootstrap = {network_.endpoint(static_cast<NodeIndex>(network_.rng().below(node)))};
      network_.refit(node, std::move(voter));
    }
  }
  std::vector<bool> voters() const {
    std::vector<bool> out(count_);
    for (NodeIndex node = 0; node < count_; ++node) out[node] = takes_[node] && network_.is_up(node);
    return out;
  }
  /// Links of its own choice to others who take votes; and whether there is one of either direction to each of them.
  std::pair<std::size_t, bool> links(NodeIndex node) const {
    std::size_t own = 0;
    std::set<NodeIndex> with;
    for (const auto& [peer, row] : network_.host(node).connections().rows()) {
      const auto other = row.open && row.info.hello.id ? network_.find(*row.info.hello.id) : std::nullopt;
      if (!other || !takes_[*other]) continue;
      own += row.info.inbound ? 0u : 1u;
      with.insert(*other);
    }
    const auto all = voters();
    return {own, with.size() + 1 == static_cast<std::size_t>(std::ranges::count(all, true))};
  }
  bool together() const {
    const auto all = voters();
    for (NodeIndex node = 0; node < count_; ++node) {
      if (!all[node]) continue;
      const auto [own, with_all] = links(node);
      if (own < wanted_links && !with_all) return false;
    }
    return components_of(network_, all, std::vector<bool>(count_)) == 1;
  }
  std::optional<Duration> until_together(Duration limit) {
    const Time begin = network_.now();
    while (network_.now() < begin + limit) {
      if (together()) return network_.now() - begin;
      network_.run_for(1s);
    }
    return std::nullopt;
  }
  /// One item of each size and kind: those of the rare kind reach all who take it.
  bool publish() {
    std::vector<ItemHash> items;
    const auto voter = [&] {
      while (true) {
        const auto node = static_cast<NodeIndex>(network_.rng().below(count_));
        if (takes_[node] && network_.is_up(node)) return node;
      }
    };
    for (const std::size_t size : sizes) {
      const auto item = publish_item(network_, voter(), rare, ++published_, size);
      if (!item || !publish_item(network_, voter(), common, ++published_, size)) return false;
      items.push_back(*item);
    }
    network_.run_for(spread_within);
    std::size_t missing = 0;
    for (NodeIndex node = 0; node < count_; ++node)
      if (takes_[node] && network_.is_up(node))
        for (const auto& item : items) missing += accepted_.has(node, item) ? 0u : 1u;
    print_(fmt::format("{} items that somebody missed who takes them {}", rare, missing));
    return missing == 0;
  }
  void kill_some() {
    std::vector<NodeIndex> up;
    for (NodeIndex node = 0; node < count_; ++node) up.push_back(node);
    network_.rng().shuffle(up);
    up.resize(count_ / die_one_in);
    for (const NodeIndex node : up) network_.kill(node);
  }
  void tell() const {
    std::size_t least = count_;
    for (NodeIndex node = 0; node < count_; ++node)
      if (takes_[node] && network_.is_up(node)) least = std::min(least, links(node).first);
    print_(fmt::format("components of who takes {} {}", rare,
                       components_of(network_, voters(), std::vector<bool>(count_))));
    print_(fmt::format("links of own choice to others of them, at least {}", least));
    print_(fmt::format("{} sent to others {}", rare, rare_words_));
    print_(fmt::format("blamed {}", network_.blamed().size()));
    print_(fmt::format("digest {}", to_hex(network_.digest())));
  }

  const Print& print_;
  u64 rare_words_ = 0;
  u64 published_ = 0;
  Network network_;
  Accepted accepted_;
  std::size_t count_;
  std::size_t voters_ = 0;
  std::vector<bool> takes_;
};

}  // namespace

bool subnetwork(const ScenarioSettings& settings, const Print& print) { return Subnetwork(settings, print).run(); }

}  // namespace kith::sim
