// Kills and restarts, and what goes on meanwhile.
#include "app/devnet_chaos.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "app/devnet_witness.hpp"

namespace kith::app {
namespace {

using Clock = DevnetNetwork::Clock;

constexpr auto step = std::chrono::milliseconds(50);
constexpr auto least_pause = std::chrono::milliseconds(200);
constexpr u64 most_between = 1200;
constexpr u64 most_down = 2500;
constexpr auto release_every = std::chrono::milliseconds(150);
/// A block that is not the tip after so long is published again: the node may have been killed over it.
constexpr auto release_again = std::chrono::milliseconds(1500);
constexpr auto speak_every = std::chrono::milliseconds(250);
/// A node that was restarted answers within this, or it has failed.
constexpr auto answer_within = std::chrono::seconds(60);

class Chaos {
 public:
  Chaos(DevnetNetwork& network, const DevnetChain& chain, u64 seed)
      : network_(network),
        chain_(chain),
        dice_(Rng::seeded(seed)),
        blows_(draw_blows(dice_, network.nodes().size())),
        witness_(network.nodes().size()),
        back_(network.nodes().size()) {}

  bool run();

 private:
  /// A node that is down, or not yet back.
  struct Down {
    Clock::time_point until;
    bool restarted = false;
  };

  void hear();
  void strike();
  bool raise();
  bool release();
  void speak();
  bool settle();
  bool report(std::chrono::duration<double> converged_in);
  bool is_up(std::size_t i) const { return !back_[i]; }
  std::size_t down() const {
    return static_cast<std::size_t>(std::ranges::count_if(back_, [](const auto& each) { return each.has_value(); }));
  }
  bool agree() const;

  DevnetNetwork& network_;
  const DevnetChain& chain_;
  Rng dice_;
  std::vector<Blow> blows_;
  DevnetWitness witness_;
  std::vector<std::optional<Down>> back_;
  std::size_t kills_ = 0;
  std::size_t notes_ = 0;
  Clock::time_point strike_at_ = Clock::now();
  Clock::time_point speak_at_ = Clock::now();
  Clock::time_point release_at_ = Clock::now();
  /// The block that was published last, and when.
  std::size_t published_ = 0;
  Clock::time_point published_at_{};
};

bool Chaos::run() {
  strike_at_ = Clock::now() + blows_.front().after;
  while (kills_ < blows_.size() || down() > 0) {
    if (DevnetNetwork::interrupted()) return false;
    network_.set_stage(fmt::format("chaos, kill {}/{}", kills_, blows_.size()));
    if (!network_.look()) return false;
    hear();
    if (!raise() || !release()) return false;
    strike();
    speak();
    std::this_thread::sleep_until(Clock::now() + step);
  }
  return settle();
}

void Chaos::hear() {
  auto& nodes = network_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!is_up(i)) continue;
    witness_.saw(i, network_.states()[i]);
    witness_.hear(nodes[i], i);
  }
}

void Chaos::strike() {
  const auto now = Clock::now();
  if (kills_ == blows_.size() || now < strike_at_ || down() >= network_.nodes().size() / 2) return;
  const auto& blow = blows_[kills_];
  if (!is_up(blow.victim)) return;
  auto& node = network_.nodes()[blow.victim];
  // The latest that it told before it went.
  witness_.hear(node, blow.victim);
  node.kill();
  witness_.killed(blow.victim);
  network_.states()[blow.victim].answers = false;
  back_[blow.victim] = Down{now + blow.down};
  if (++kills_ < blows_.size()) strike_at_ = now + blows_[kills_].after;
}

bool Chaos::raise() {
  const auto now = Clock::now();
  auto& nodes = network_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& back = back_[i];
    if (!back || now < back->until) continue;
    if (!std::exchange(back->restarted, true)) {
      if (!nodes[i].restart()) return network_.fail(fmt::format("node {} cannot be started again", i));
      back->until = Clock::now();
    } else if (network_.states()[i].answers) {
      if (const auto lost = witness_.lost(nodes[i], i, dice_); !lost.empty())
        return network_.fail(fmt::format("node {} lost what it had accepted before it was killed: {}", i, lost));
      back.reset();
    } else if (Clock::now() - back->until > answer_within) {
      return network_.fail(fmt::format("node {} does not answer after its restart; see {}", i,
                                       (nodes[i].directory() / "output").string()));
    }
  }
  return true;
}

/// The next block after the holder's tip, so that a block that it was killed over is published again.
bool Chaos::release() {
  const auto now = Clock::now();
  if (now < release_at_ || !is_up(devnet_holder)) return true;
  const std::size_t next = network_.states()[devnet_holder].height + 1;
  if (next >= chain_.size() || (next == published_ && now - published_at_ < release_again)) return true;
  published_ = next;
  published_at_ = now;
  release_at_ = now + release_every;
  auto& holder = network_.nodes()[devnet_holder];
  if (const auto done = holder.publish_block(chain_.block(next)); !done)
    return network_.fail("a block was not taken: " + done.error());
  return true;
}

void Chaos::speak() {
  const auto now = Clock::now();
  if (now < speak_at_) return;
  const auto who = static_cast<std::size_t>(dice_.below(network_.nodes().size()));
  if (!is_up(who)) return;
  speak_at_ = now + speak_every;
  const auto note = fmt::format("note {} of node {}", notes_, who);
  if (!network_.nodes()[who].publish_note(note)) return;
  ++notes_;
  witness_.published(who, note);
}

bool Chaos::agree() const {
  const auto& tip = network_.states()[devnet_holder].tip;
  return network_.all(
      [&](const NodeState& state) { return state.answers && state.height + 1 == chain_.size() && state.tip == tip; });
}

bool Chaos::settle() {
  const auto since = Clock::now();
  auto converged = since;
  bool released = true;
  const bool same = network_.wait("converging", [&] {
    hear();
    converged = Clock::now();
    released = release();
    return !released || agree();
  });
  if (!same || !released) return false;
  // All that is owed to all, and one more note of each.
  auto& nodes = network_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto note = fmt::format("last note of node {}", i);
    if (const auto done = nodes[i].publish_note(note); !done)
      return network_.fail("a note was not taken: " + done.error());
    ++notes_;
    witness_.published(i, note);
  }
  std::size_t missing = 0;
  const bool heard = network_.wait("gossiping", [&] {
    hear();
    const auto owed = witness_.owed();
    missing = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) missing += witness_.missing(i, owed);
    return missing == 0;
  });
  if (!heard && missing > 0) return network_.fail(fmt::format("{} notes did not reach all nodes", missing));
  return heard && report(converged - since);
}

bool Chaos::report(std::chrono::duration<double> converged_in) {
  network_.draw_last();
  const auto& states = network_.states();
  const auto& tip = states[devnet_holder];
  fmt::print(
      "{} of {} notes reached all nodes, the others went with the nodes that had them; {} of {} arrivals could "
      "not be watched\n",
      witness_.owed().size(), notes_, witness_.unheard(), notes_ * states.size());
  fmt::print("{}/{} nodes at {} {}… · {} kills · nothing lost · converged in {:.1f} s\n", states.size(), states.size(),
             tip.height, tip.tip.substr(0, 16), kills_, converged_in.count());
  std::fflush(stdout);
  return true;
}

}  // namespace

std::vector<Blow> draw_blows(Rng& dice, std::size_t nodes) {
  std::vector<Blow> out(kills_per_node * nodes);
  const auto pause = [&](u64 most) { return least_pause + std::chrono::milliseconds(dice.below(most)); };
  for (auto& blow : out) blow = {static_cast<std::size_t>(dice.below(nodes)), pause(most_between), pause(most_down)};
  // While it alone has the blocks, and once more when it releases them; and the one that the others began with.
  out[1].victim = devnet_holder;
  out[out.size() / 2].victim = devnet_holder;
  out[out.size() / 3].victim = devnet_bootstrap;
  return out;
}

bool devnet_chaos(DevnetNetwork& network, const DevnetChain& chain, u64 seed) {
  fmt::print("chaos of seed {}: --seed {} draws the same kills again\n", seed, seed);
  std::fflush(stdout);
  return Chaos(network, chain, seed).run();
}

}  // namespace kith::app
