// Two ledgers out of one: from a height on half of the nodes want blocks that the other half refuses, and the reverse.
#include <fmt/format.h>

#include "base/check.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "sim/blocks.hpp"
#include "sim/change.hpp"
#include "sim/swarm.hpp"

namespace kith::sim {
namespace {

namespace bitcoin = ledger::bitcoin;

/// From here on the new rules want another version in the header, and a coinbase that counts heights from here.
constexpr u32 fork_height = 5;
constexpr i32 changed_version = 5;
constexpr u32 last_height = 12;
constexpr Duration block_every = 30s;
constexpr Duration switched_on_within = 10s;
constexpr Duration settles_within = 90s;
/// By then whoever came late has caught up.
constexpr Duration quarrel_ends_within = 10min;

const bitcoin::Params& changed_params() {
  static const bitcoin::Params params = [] {
    auto out = bitcoin::regtest();
    out.forks = {fork_height};
    return out;
  }();
  return params;
}

class ChangedRules : public bitcoin::BitcoinRules {
 public:
  ChangedRules() : BitcoinRules(changed_params()) {}
  Result<> check(const ledger::Chain& chain, const BlockRef& parent, const ledger::Parsed& header,
                 Utc now) const override {
    if (parent.height + 1 >= fork_height && header.version != changed_version)
      return fail(Fault::bad_header, "version of the new rules");
    return BitcoinRules::check(chain, parent, header, now);
  }
};

const ChangedRules& changed_rules() {
  static const ChangedRules rules;
  return rules;
}

u32 counted(u32 height) { return height >= fork_height ? height - fork_height : height; }

Result<> check_changed(const ledger::BlockJob& job) {
  auto shifted = job;
  shifted.ref.height = counted(job.ref.height);
  return bitcoin::check_block(changed_params(), shifted);
}

NodeSpec with_changed_rules(NodeSpec spec) {
  spec.rules = &changed_rules();
  spec.check = check_changed;
  return spec;
}

/// Mines one block by the new rules on the tip of a node that follows them.
bool mine_changed(Network& network, NodeIndex node) {
  const auto& chain = *network.host(node).chain();
  const auto parent = chain.tip();
  const u32 height = parent.height + 1;
  const i64 time = std::max(to_seconds(network.utc(node)), chain.median_time(parent.id) + 1);
  Buffer block = bitcoin::make_block(changed_params(), parent.id, counted(height), time, node);
  if (height >= fork_height) {
    auto header = bitcoin::parse_header(Bytes(block).first(bitcoin::header_size));
    check(header.has_value(), "a block of ours without a header");
    header->version = changed_version;
    while (!changed_rules().parse(bitcoin::encode(*header))) ++header->nonce;
    std::ranges::copy(bitcoin::encode(*header), block.begin());
  }
  const Body body(std::move(block));
  return network.command(node, [&](core::Host& host, core::Turn& turn) { return host.publish_block(turn, body); })
      .has_value();
}

class Quarrel {
 public:
  Quarrel(const ScenarioSettings& settings, const Print& print)
      : print_(print), network_(settings.seed), count_(std::max<std::size_t>(settings.nodes, 8)) {}

  bool run() {
    add_swarm(network_, count_);
    for (NodeIndex node = 0; node < count_; ++node) {
      changed_.push_back(node % 2 == 1);
      network_.refit(node, changed_[node] ? with_changed_rules(spec_of(node)) : spec_of(node));
    }
    // The last of each half come when all is over, with nothing on their disks.
    start_until(count_ - 2);
    network_.run_for(settles_within);
    for (u32 height = 1; height <= last_height; ++height) {
      mined_ &= mine_at(false, height);
      if (height >= fork_height) mined_ &= mine_at(true, height);
      network_.run_for(block_every);
    }
    network_.start(static_cast<NodeIndex>(count_ - 2));
    network_.start(static_cast<NodeIndex>(count_ - 1));
    change_sides(0);
    const Time end = network_.now() + quarrel_ends_within;
    while (!parted() && network_.now() < end) network_.run_for(1s);
    return tell();
  }

 private:
  NodeSpec spec_of(NodeIndex node) {
    NodeSpec out;
    // One of each half is known to all: nobody knows beforehand who will change the rules.
    if (node > 1) out.config.neighbours[0].bootstrap = {network_.endpoint(node - 2), network_.endpoint(0)};
    if (node == 1) out.config.neighbours[0].bootstrap = {network_.endpoint(0)};
    return out;
  }
  void start_until(std::size_t end) {
    for (NodeIndex node = 0; node < end; ++node) {
      network_.run_for(switched_on_within / static_cast<i64>(end));
      network_.start(node);
    }
  }
  /// Of one half, somebody who is up; not the one that changes sides.
  NodeIndex somebody(bool changed) {
    NodeIndex out = 0;
    do out = static_cast<NodeIndex>(network_.rng().below(count_ - 2));
    while (out == 0 || changed_[out] != changed);
    return out;
  }
  bool mine_at(bool changed, u32 height) {
    const auto miner = somebody(changed);
    if (tip(network_, miner).height + 1 != height) return false;
    return changed ? mine_changed(network_, miner) : mine(network_, miner, height).has_value();
  }
  /// A node takes the new program when its old one has gone on by the old rules.
  void change_sides(NodeIndex node) {
    network_.stop(node);
    changed_[node] = true;
    auto spec = with_changed_rules(spec_of(node));
    spec.config.neighbours[0].bootstrap = {network_.endpoint(1)};
    network_.refit(node, std::move(spec));
    network_.start(node);
  }
  std::vector<bool> half(bool changed) const {
    std::vector<bool> out;
    for (NodeIndex node = 0; node < count_; ++node) out.push_back(changed_[node] == changed);
    return out;
  }
  bool parted() const {
    for (const bool changed : {false, true}) {
      const NodeIndex first = changed ? 1 : 2;
      for (NodeIndex node = 0; node < count_; ++node)
        if (changed_[node] == changed && tip(network_, node).id != tip(network_, first).id) return false;
      if (components_of(network_, half(changed), std::vector<bool>(count_)) != 1) return false;
    }
    return links_across() == 0;
  }
  std::size_t links_across() const {
    std::size_t out = 0;
    const Graph graph = graph_of(network_);
    for (NodeIndex node = 0; node < count_; ++node)
      for (const NodeIndex other : graph[node])
        if (changed_[node] && !changed_[other]) ++out;
    return out;
  }
  bool tell() const {
    const std::vector<bool> nobody(count_);
    print_(fmt::format("{} nodes, half of which change the rules at height {}", count_, fork_height));
    print_(fmt::format("tip by the old rules {}, by the new {}", tip(network_, 2).height, tip(network_, 1).height));
    print_(fmt::format("components by the old rules {}, by the new {}", components_of(network_, half(false), nobody),
                       components_of(network_, half(true), nobody)));
    print_(fmt::format("connections across {}", links_across()));
    print_(fmt::format("blamed {}", network_.blamed().size()));
    print_(fmt::format("digest {}", to_hex(network_.digest())));
    return parted() && mined_ && network_.blamed().empty();
  }

  const Print& print_;
  Network network_;
  std::size_t count_;
  std::vector<bool> changed_;
  bool mined_ = true;
};

}  // namespace

bool fork(const ScenarioSettings& settings, const Print& print) { return Quarrel(settings, print).run(); }

}  // namespace kith::sim
