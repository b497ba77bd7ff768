// Dialing: whom to dial next, as a pure function of the book and of the connections that there are.
// parity: 17 | the same, of different groups; a full house evicts by merit; few nodes are enough | Dialing.starts_no_more_dials_at_once_and_wants_no_more_links_than_it_may, Dialing.takes_several_of_one_group_where_there_is_no_other, Eviction.takes_the_youngest_of_the_most_populous_group, OriginalWire.finds_others_through_one_whom_it_asks_and_keeps_connections_to_them
#pragma once

#include "peers/peer_book.hpp"

namespace kith::peers {

struct DialConfig {
  /// Connections of our own choice that we want.
  std::size_t outbound = 8;
  /// Connections of our own choice to nodes that take a kind of items which we take, for each such kind. So many are
  /// sought among all; those that lack are sought by kind, and take the place of others that no kind needs.
  std::size_t per_kind = 4;
  /// To how many the connections of our own choice may grow where the kinds need more than `outbound`.
  std::size_t outbound_most = 24;
  /// A connection is not given up for being one too many before it had time to tell whom it knows.
  Duration keep_least = 10s;
  /// Dials at once.
  std::size_t pending = 4;
  /// How often an address is only tried out; see `Situation::feeler_due`.
  Duration feeler_every = 2min;
  /// How often a stranger is asked who takes a kind of which nobody is known; see `Pick::explorer`.
  Duration explore_every = 30s;
  /// How often the youngest connection gives way to a new one, so that a network does not stay as it grew. The first
  /// time comes sooner, since those that a new node knows are few and know each other; each wait is twice the last.
  Duration rotate_first = 1min;
  Duration rotate_every = 10min;
  /// Least time from one dial of an address to the next; doubles with each failure, up to the most.
  Duration retry_least = 10s;
  Duration retry_most = 1h;
  /// Never two of our choice in one group while the book knows another.
  bool one_per_group = true;
};

/// A connection that is open or being made, by either side.
struct Link {
  Address address;
  bool outbound = true;
  bool open = false;
  bool feeler = false;
  /// Bit i: the other side takes the i-th kind of `Situation::kinds`, as far as is known.
  u64 kinds = 0;
  /// When it opened.
  Time since{};
  /// A plan chose it; others, such as an operator's, are not ours to close.
  bool planned = false;
};

/// What a plan is made from. The spans are the caller's.
struct Situation {
  Time now{};
  Utc utc{};
  std::span<const Link> links;
  /// Dialled before all others, as far as the book has them.
  std::span<const Address> anchors;
  /// The next feeler is due; the caller moves it by `rng.around(feeler_every)` when one is picked, and by
  /// `rng.around(explore_every)` when it is an explorer.
  Time feeler_due = never;
  /// The next rotation is due; the caller moves it once it is, whether anybody was found or not.
  Time rotation_due = never;
  /// The kinds of items that we take, at most 64.
  std::span<const KindTag> kinds = {};
};

struct Pick {
  Address address;
  /// To be closed as soon as it proved to be there.
  bool feeler = false;
  /// One more connection than we want: the youngest of the others gives way to it; see `surplus`.
  bool explorer = false;
};

/// How long after its last try `entry` is left alone.
Duration retry_after(const DialConfig& config, const Entry& entry);

/// Which of `ours` are among `theirs`, which ascend: bit i for the i-th.
u64 shared_kinds(std::span<const KindTag> ours, std::span<const KindTag> theirs);

/// The kinds to which too few of the open connections of our own choice lead: bits as in `Link::kinds`.
u64 lacking_kinds(const DialConfig& config, const Situation& situation);

/// Which of the links to close, as an index: plans chose more than we want, and this is the youngest of them that no
/// kind needs, the newest aside, which is kept for `keep_least`. So the same slot rotates, and the old ones stay.
std::optional<std::size_t> surplus(const DialConfig& config, const Situation& situation);

/// Whom to dial now, at most `config.pending` less those being dialled. `may_dial` says no to what is banned or us.
std::vector<Pick> plan(const DialConfig& config, const Situation& situation, const PeerBook& book, Rng& rng,
                       const std::function<bool(const Address&)>& may_dial);

}  // namespace kith::peers
