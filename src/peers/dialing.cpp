// A plan is made anew at each tick from what is there, so that there is nothing to keep in step.
#include "peers/dialing.hpp"

#include <array>
#include <set>

namespace kith::peers {
namespace {

/// Doublings of the wait; past this it is at its most for any sensible setting.
constexpr u32 max_doublings = 16;

/// Adds a link to the counts of the kinds that it leads to.
void count_kinds(const Link& link, std::array<std::size_t, 64>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += link.kinds >> i & 1;
}

bool is_open_choice(const Link& link) { return link.outbound && link.open && !link.feeler; }

std::array<std::size_t, 64> kinds_of_open(const Situation& situation) {
  std::array<std::size_t, 64> out{};
  for (const auto& link : situation.links)
    if (is_open_choice(link)) count_kinds(link, out);
  return out;
}

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
  /// Of those that we chose, open or not, how many lead to each kind.
  std::array<std::size_t, 64> sharing = {};
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
    count_kinds(link, sharing);
  }
  void pick(const Address& address, bool feeler, bool explorer = false) {
    picks.push_back({address, feeler, explorer});
    take({.address = address, .feeler = feeler, .kinds = kinds_of(address)});
  }
  /// What the book has of a node that we are not connected with.
  u64 kinds_of(const Address& address) const {
    const auto entry = situation.kinds.empty() ? std::nullopt : book.find(address);
    return entry ? shared_kinds(situation.kinds, entry->kinds) : 0;
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

  using Wanted = std::function<bool(const Entry&)>;
  /// Somebody who is wanted, of a group that has none of our connections, perhaps to be dialled later.
  bool knows_new_group(Rng& rng, const Wanted& wanted) const {
    const auto hopeful = [&](const Entry& entry) {
      return wanted(entry) && !is_stale(entry, situation.utc) && is_free(entry.address) && in_new_group(entry.address);
    };
    return book.choose(rng, false, situation.utc, hopeful).has_value();
  }
  /// Somebody who is wanted and can be dialled now.
  std::optional<Address> draw(Rng& rng, const Wanted& wanted) const {
    auto out = book.choose(rng, false, situation.utc, [&](const Entry& entry) {
      return wanted(entry) && in_new_group(entry.address) && fits(entry);
    });
    // Where all nodes are of few groups, a second one in a group is better than none.
    if (!out && !knows_new_group(rng, wanted))
      out = book.choose(rng, false, situation.utc, [&](const Entry& entry) { return wanted(entry) && fits(entry); });
    return out;
  }
  /// The same, of those that take one of the kinds.
  std::optional<Address> draw_for(Rng& rng, u64 kinds) const {
    return draw(rng, [&](const Entry& entry) { return (shared_kinds(situation.kinds, entry.kinds) & kinds) != 0; });
  }
  /// The kinds that lack connections, as bits, if one more may be made for them.
  u64 lacking() const {
    // Who wants no connections of its own makes none for the kinds either.
    if (config.outbound == 0) return 0;
    // One too many, and then one goes; while none can go, there may be more.
    const bool may_grow = outbound < config.outbound_most && pending == 0 && !surplus(config, situation);
    if (outbound > config.outbound && !may_grow) return 0;
    u64 out = 0;
    for (std::size_t i = 0; i < situation.kinds.size(); ++i)
      if (sharing[i] < config.per_kind) out |= u64{1} << i;
    return out;
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
  const auto& config = planner.config;
  // So many are chosen without a look at kinds, so that what somebody says of kinds does not decide about them all.
  const std::size_t of_any_kind = config.outbound - std::min(config.per_kind, config.outbound);
  while (planner.pending < config.pending) {
    std::optional<Address> next;
    const u64 lacking = planner.outbound < of_any_kind ? 0 : planner.lacking();
    if (lacking != 0) next = planner.draw_for(rng, lacking);
    if (!next && planner.outbound < config.outbound) next = planner.draw(rng, [](const Entry&) { return true; });
    if (!next) return;
    planner.pick(*next, false);
  }
}

void pick_feeler(Planner& planner, Rng& rng) {
  const auto& now = planner.situation;
  if (planner.feeler_out || now.now < now.feeler_due || planner.pending >= planner.config.pending) return;
  auto next = planner.book.to_test();
  if (next && planner.is_free(*next)) return planner.pick(*next, true);
  // Neighbours know the kinds of their neighbours alone. Where these are all strangers to a kind, others are asked.
  const u64 lacking = planner.outbound < planner.config.outbound ? 0 : planner.lacking();
  const bool explores = lacking != 0 && !planner.draw_for(rng, lacking);
  next = explores ? planner.draw(rng, [](const Entry&) { return true; })
                  : planner.book.choose(rng, true, now.utc, [&](const Entry& entry) { return planner.fits(entry); });
  if (next) planner.pick(*next, !explores, explores);
}

void pick_rotation(Planner& planner, Rng& rng) {
  const auto& config = planner.config;
  if (planner.situation.now < planner.situation.rotation_due || planner.pending >= config.pending) return;
  // While there is room, or one too many already, nothing need give way.
  if (config.outbound == 0 || planner.outbound != config.outbound) return;
  const auto next = planner.draw(rng, [](const Entry&) { return true; });
  if (next) planner.pick(*next, false, true);
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
  const bool rotation_due = situation.now >= situation.rotation_due;
  const bool kinds_lack = lacking_kinds(config, situation) != 0;
  return pending < config.pending && (outbound < config.outbound || kinds_lack || feeler_due || rotation_due);
}

}  // namespace

Duration retry_after(const DialConfig& config, const Entry& entry) {
  const auto doubled = config.retry_least * (i64{1} << std::min(entry.failures, max_doublings));
  const auto wait = std::min(doubled, config.retry_most);
  // Up to half as much again. The millisecond of the last try is as good as a die, and stays the same when asked again.
  return wait + wait * (to_millis(entry.last_try) % 1000) / 2000;
}

u64 shared_kinds(std::span<const KindTag> ours, std::span<const KindTag> theirs) {
  u64 out = 0;
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (std::ranges::binary_search(theirs, ours[i])) out |= u64{1} << i;
  return out;
}

u64 lacking_kinds(const DialConfig& config, const Situation& situation) {
  const auto counts = kinds_of_open(situation);
  u64 out = 0;
  for (std::size_t i = 0; i < situation.kinds.size(); ++i)
    if (counts[i] < config.per_kind) out |= u64{1} << i;
  return out;
}

std::optional<std::size_t> surplus(const DialConfig& config, const Situation& situation) {
  const auto counts = kinds_of_open(situation);
  std::size_t open = 0;
  std::optional<std::size_t> youngest;
  for (std::size_t at = 0; at < situation.links.size(); ++at) {
    const auto& link = situation.links[at];
    if (!is_open_choice(link) || !link.planned) continue;
    ++open;
    if (situation.now - link.since < config.keep_least) continue;
    bool needed = false;
    for (std::size_t i = 0; i < situation.kinds.size(); ++i)
      needed |= (link.kinds >> i & 1) != 0 && counts[i] <= config.per_kind;
    if (!needed && (!youngest || link.since >= situation.links[*youngest].since)) youngest = at;
  }
  return open > config.outbound ? youngest : std::nullopt;
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
  pick_rotation(planner, rng);
  return planner.picks;
}

}  // namespace kith::peers
