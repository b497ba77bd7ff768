// A network of Syncs for their tests: links with seeded latency, a judge at each node, and peers with bad manners. It
// watches every limit at every step.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/rng.hpp"
#include "sync/sync.hpp"
#include "sync/toy_ledger_test.hpp"

namespace kith::sync::toy {

enum class Manner : u8 { honest, stalls, lies, mute };

struct Node {
  Rules rules;
  ledger::Chain chain{rules, {}};
  Config config;
  std::unique_ptr<Sync> sync;
  Judge judge;
  std::deque<ledger::BlockJob> jobs;
  bool judging = false;
  Manner manner = Manner::honest;
  Duration latency = 20ms;
  std::map<Peer, std::size_t> links;
  Time wake = never;
  std::map<u64, std::pair<Peer, Hash>> open;
  std::vector<Blame> blames;
  std::size_t served = 0;
  std::size_t steps_back = 0;
  std::size_t announced = 0;

  explicit Node(Config c) : config(c), sync(std::make_unique<Sync>(chain, c)) {}
};

class Net {
 public:
  explicit Net(u64 seed, bool extra_ticks = false) : rng_(Rng::seeded(seed)), extra_ticks_(extra_ticks) {}

  std::size_t add(Manner manner = Manner::honest, Config config = {}) {
    nodes_.push_back(std::make_unique<Node>(config));
    nodes_.back()->manner = manner;
    return nodes_.size() - 1;
  }
  Node& operator[](std::size_t i) { return *nodes_[i]; }
  /// Gives a node blocks as if it had always had them.
  void grow(std::size_t i, std::span<const Body> blocks) {
    for (const auto& block : blocks) {
      decide(i, *nodes_[i]->sync->publish(now_, utc_, block));
      while (nodes_[i]->judging) rule(i);
    }
  }
  void connect(std::size_t a, std::size_t b) {
    const Peer at_a{next_peer_++};
    const Peer at_b{next_peer_++};
    nodes_[a]->links[at_a] = b, nodes_[b]->links[at_b] = a;
    twin_[at_a] = at_b, twin_[at_b] = at_a;
    decide(a, nodes_[a]->sync->on_peer(now_, utc_, at_a, true));
    decide(b, nodes_[b]->sync->on_peer(now_, utc_, at_b, false));
  }
  void drop(std::size_t i, Peer peer) {
    if (!nodes_[i]->links.contains(peer)) return;
    const std::size_t other = nodes_[i]->links.at(peer);
    for (const auto& [at, whose] : {std::pair{i, peer}, std::pair{other, twin_.at(peer)}}) {
      nodes_[at]->links.erase(whose);
      std::erase_if(nodes_[at]->open, [&](const auto& open) { return open.second.first == whose; });
      decide(at, nodes_[at]->sync->on_gone(now_, whose));
    }
  }
  void drop_all(std::size_t i) {
    while (!nodes_[i]->links.empty()) drop(i, nodes_[i]->links.begin()->first);
  }
  void publish(std::size_t i, const Body& block) { decide(i, *nodes_[i]->sync->publish(now_, utc_, block)); }
  /// A new process over what the ledger kept.
  void restart(std::size_t i) {
    drop_all(i);
    auto& node = *nodes_[i];
    while (node.judging) rule(i);
    node.sync = std::make_unique<Sync>(node.chain, node.config);
  }

  /// Runs until `done` holds, or nothing happens, or `limit` is over. True if `done` and every limit held.
  bool run(Duration limit, const std::function<bool()>& done) {
    const Time end = now_ + limit;
    while (!done()) {
      if (events_.empty() || events_.begin()->first.first > end) return now_ = end, done() && broken_.empty();
      auto event = events_.extract(events_.begin());
      now_ = event.key().first;
      event.mapped()();
    }
    return broken_.empty();
  }
  bool all_at(const Hash& tip) {
    return std::all_of(nodes_.begin(), nodes_.end(), [&](auto& node) { return node->chain.tip().id == tip; });
  }
  const Hash& digest() const { return digest_; }
  Time now() const { return now_; }
  /// Limits that did not hold.
  const std::set<std::string>& broken() const { return broken_; }

 private:
  void hold(bool holds, const char* what) {
    if (!holds) broken_.insert(what);
  }
  void later(Duration after, std::function<void()> what) {
    events_.emplace(std::pair{now_ + after, ++sequence_}, std::move(what));
  }
  /// Carries a message to the other end of a link, if that is still there when it arrives.
  template <typename Deliver>
  void carry(std::size_t from, Peer peer, Deliver deliver) {
    const auto link = nodes_[from]->links.find(peer);
    if (link == nodes_[from]->links.end()) return;
    const std::size_t to = link->second;
    const Peer at_to = twin_.at(peer);
    const Duration trip = rng_.around(std::max(nodes_[from]->latency, nodes_[to]->latency));
    later(trip, [this, to, at_to, deliver] {
      if (nodes_[to]->links.contains(at_to)) deliver(to, at_to);
    });
  }

  void decide(std::size_t i, const Decisions& decisions) {
    auto& node = *nodes_[i];
    std::vector<Peer> bad;
    for (const auto& decision : decisions) {
      note(i, decision);
      if (const auto* ask = std::get_if<AskFor>(&decision)) asked(i, ask->ask);
      if (const auto* cancel = std::get_if<CancelAsk>(&decision)) node.open.erase(cancel->ask);
      if (const auto* job = std::get_if<JudgeBlock>(&decision)) node.jobs.push_back(job->job);
      if (const auto* news = std::get_if<AnnounceTo>(&decision)) {
        ++node.announced;
        hold(news->headers.size() <= max_announced, "headers of an announcement");
        carry(i, news->to, [this, headers = news->headers](std::size_t to, Peer peer) {
          decide(to, nodes_[to]->sync->have(now_, utc_, peer, headers, std::nullopt));
        });
      }
      if (const auto* steps = std::get_if<Stepped>(&decision))
        for (const auto& step : steps->steps) node.steps_back += step.way == ledger::Step::Way::disconnected;
      if (const auto* blame = std::get_if<Blame>(&decision)) {
        node.blames.push_back(*blame);
        if (row(blame->error.fault).closes) bad.push_back(blame->peer);
      }
    }
    check_limits(node);
    for (const Peer peer : bad) drop(i, peer);
    if (!node.judging && !node.jobs.empty()) {
      node.judging = true;
      later(200us, [this, i] { rule(i); });
    }
    if (extra_ticks_) hold(node.sync->on_tick(now_, utc_).empty(), "extra ticks change nothing");
    wake(i);
  }

  void wake(std::size_t i) {
    const Time at = nodes_[i]->sync->next();
    if (at == never || at >= nodes_[i]->wake) return;
    nodes_[i]->wake = at;
    later(at - now_, [this, i] {
      nodes_[i]->wake = never;
      decide(i, nodes_[i]->sync->on_tick(now_, utc_));
    });
  }

  void rule(std::size_t i) {
    auto& node = *nodes_[i];
    if (!node.judging) return;
    node.judging = false;
    const auto job = node.jobs.front();
    node.jobs.pop_front();
    decide(i, node.sync->ruled(now_, utc_, node.judge.judge(job)));
  }

  void asked(std::size_t i, const Ask& ask) {
    if (ask.what == What::blocks) {
      for (const auto& [number, open] : nodes_[i]->open) hold(open.second != ask.hashes.at(0), "one ask for a block");
      nodes_[i]->open[ask.number] = {ask.peer, ask.hashes.at(0)};
      const auto lowest = nodes_[i]->chain.missing(1, 1);
      const auto block = nodes_[i]->chain.find(ask.hashes.at(0));
      hold(block->height <= lowest.at(0).height + nodes_[i]->config.window, "window");
    }
    carry(i, ask.peer, [this, ask](std::size_t at, Peer asker) { answer(at, asker, ask); });
  }

  void answer(std::size_t i, Peer asker, const Ask& ask) {
    auto& node = *nodes_[i];
    if (ask.what == What::headers) {
      if (node.manner == Manner::mute) return;
      const auto headers = node.chain.after(ask.hashes, ledger::max_headers);
      return carry(i, asker, [this, headers, ask](std::size_t to, Peer peer) {
        decide(to, nodes_[to]->sync->have(now_, utc_, peer, headers, ask.number));
      });
    }
    if (node.manner == Manner::stalls) return;
    auto body = node.judge.block(ask.hashes.at(0));
    if (body && node.manner == Manner::lies) body = spoilt(*body);
    node.served += body.has_value();
    carry(i, asker, [this, body, ask](std::size_t to, Peer peer) {
      nodes_[to]->open.erase(ask.number);
      auto& sync = *nodes_[to]->sync;
      decide(to,
             body ? sync.block(now_, utc_, peer, *body, ask.number) : sync.missed(now_, peer, ask.number, ask.hashes));
    });
  }

  void check_limits(const Node& node) {
    std::map<Peer, std::size_t> loads;
    for (const auto& [number, open] : node.open) hold(++loads[open.first] <= node.config.per_peer, "per peer");
    const auto progress = node.sync->progress();
    hold(progress.judging <= node.config.window + 2 * max_jobs, "bodies");
    hold(progress.judging <= 1 || progress.body_bytes <= node.config.body_bytes, "bytes of bodies");
    hold(node.jobs.size() <= max_jobs, "jobs");
  }

  void note(std::size_t i, const Decision& decision) {
    Buffer line;
    Writer out(line);
    out.u64be(i).u64be(decision.index()).u64be(static_cast<u64>(now_.time_since_epoch().count()));
    if (const auto* ask = std::get_if<AskFor>(&decision)) out.u64be(ask->ask.peer.number).u64be(ask->ask.number);
    digest_ = crypto::sha256({Bytes(digest_), Bytes(line)});
  }

  Rng rng_;
  bool extra_ticks_;
  Time now_{1h};
  Utc utc_{};
  u64 sequence_ = 0;
  u64 next_peer_ = 1;
  std::map<std::pair<Time, u64>, std::function<void()>> events_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<Peer, Peer> twin_;
  Hash digest_{};
  std::set<std::string> broken_;
};

}  // namespace kith::sync::toy
