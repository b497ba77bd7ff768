// A plan is made anew at each tick from what is there, so that there is nothing to keep in step.
#include "peers/dialing.hpp"

#include <set>

namespace kith::peers {
namespace {

/// Doublings of the wait; past this it is at its most for any sensible setting.
constexpr u32 max_doublings = 16;

/// What is being planned: what is taken already, by connections and by picks.
struct Planner {
  const DialConfig& config;
  const Situation& situation;
  const PeerBook& book;
  const std::function<bool(const Address&)>& may_dial;
  std::set<Place> places = {};
  std::set<PeerId> ids = {};
  /// Groups of the connections that we chose.
  std::set<Group> groups = {};
  std::size_t outbound = 0;
  std::size_t pending = 0;
  bool feeler_out = false;
  std::vector<Pick> picks = {};

  void take(const Link& link) {
    places.insert({link.address.ip, link.address.port});
    if (link.address.id) ids.insert(*link.address.id);
    if (!link.outbound) return;
    if (!link.open) ++pending;
    if (link.feeler) {
      feeler_out = true;
      return;
    }
    ++outbound;
    groups.insert(group_of(link.address.ip));
  }
  void pick(const Address& address, bool feeler) {
    picks.push_back({address, feeler});
    take({.address = address, .feeler = feeler});
  }

  bool is_free(const Address& address) const {
    return !places.contains({address.ip, address.port}) && !(address.id && ids.contains(*address.id)) &&
           may_dial(address);
  }
  bool in_new_group(const Address& address) const {
    return !config.one_per_group || !groups.contains(group_of(address.ip));
  }
  /// Enough time passed since its last try; if the clock was set back, nobody knows, and it may be.
  bool is_due(const Entry& entry) const {
    const auto waited = situation.utc - entry.last_try;
    return entry.last_try == Utc{} || waited < 0ms || waited >= retry_after(config, entry);
  }
  bool fits(const Entry& entry) const { return is_due(entry) && is_free(entry.address); }

  /// Somebody of a group that has none of our connections, perhaps to be dialled later.
  bool knows_new_group(Rng& rng) const {
    const auto hopeful = [&](const Entry& entry) {
      return !is_stale(entry, situation.utc) && is_free(entry.address) && in_new_group(entry.address);
    };
    return book.choose(rng, false, situation.utc, hopeful).has_value();
  }
};

void pick_anchors(Planner& planner) {
  for (const auto& anchor : planner.situation.anchors) {
    if (planner.pending >= planner.config.pending || planner.outbound >= planner.config.outbound) return;
    const auto entry = planner.book.find(anchor);
    if (entry && planner.fits(*entry) && planner.in_new_group(anchor)) planner.pick(entry->address, false);
  }
}

void pick_outbound(Planner& planner, Rng& rng) {
  while (planner.pending < planner.config.pending && planner.outbound < planner.config.outbound) {
    auto next = planner.book.choose(rng, false, planner.situation.utc, [&](const Entry& entry) {
      return planner.in_new_group(entry.address) && planner.fits(entry);
    });
    // Where all nodes are of few groups, a second one in a group is better than none.
    if (!next && !planner.knows_new_group(rng))
      next = planner.book.choose(rng, false, planner.situation.utc,
                                 [&](const Entry& entry) { return planner.fits(entry); });
    if (!next) return;
    planner.pick(*next, false);
  }
}

void pick_feeler(Planner& planner, Rng& rng) {
  const auto& now = planner.situation;
  if (planner.feeler_out || now.now < now.feeler_due || planner.pending >= planner.config.pending) return;
  auto next = planner.book.to_test();
  if (!next || !planner.is_free(*next))
    next = planner.book.choose(rng, true, now.utc, [&](const Entry& entry) { return planner.fits(entry); });
  if (next) planner.pick(*next, true);
}

/// Whether there is room for one more of any sort: mostly not, and then nothing need be looked up.
bool wants_any(const DialConfig& config, const Situation& situation) {
  std::size_t outbound = 0;
  std::size_t pending = 0;
  bool feeler_out = false;
  for (const auto& link : situation.links) {
    if (!link.outbound) continue;
    pending += link.open ? 0 : 1;
    outbound += link.feeler ? 0 : 1;
    feeler_out |= link.feeler;
  }
  const bool feeler_due = !feeler_out && situation.now >= situation.feeler_due;
  return pending < config.pending && (outbound < config.outbound || feeler_due);
}

}  // namespace

Duration retry_after(const DialConfig& config, const Entry& entry) {
  const auto doubled = config.retry_least * (i64{1} << std::min(entry.failures, max_doublings));
  const auto wait = std::min(doubled, config.retry_most);
  // Up to half as much again. The millisecond of the last try is as good as a die, and stays the same when asked again.
  return wait + wait * (to_millis(entry.last_try) % 1000) / 2000;
}

std::vector<Pick> plan(const DialConfig& config, const Situation& situation, const PeerBook& book, Rng& rng,
                       const std::function<bool(const Address&)>& may_dial) {
  if (!wants_any(config, situation)) return {};
  Planner planner{config, situation, book, may_dial};
  for (const auto& link : situation.links) planner.take(link);
  pick_anchors(planner);
  // Before the others: a feeler is one dial in minutes, and must not starve while a node looks for peers in vain.
  pick_feeler(planner, rng);
  pick_outbound(planner, rng);
  return planner.picks;
}

}  // namespace kith::peers
