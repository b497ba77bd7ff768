// Gossip: what a node does about items that neighbours announce and offer. It asks each item of one neighbour at a
// time, has it judged once, keeps it and passes it on. It knows ids and bodies, and nothing of how they travel.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "gossip/asks.hpp"
#include "gossip/cache.hpp"
#include "gossip/kinds.hpp"
#include "gossip/seen.hpp"
#include "model/ask.hpp"
#include "model/item.hpp"
#include "model/message.hpp"
#include "model/peer.hpp"
#include "model/verdict.hpp"

namespace kith::gossip {

/// A sort of item: its largest body in bytes, and how urgent it is.
struct Kind {
  u32 largest = 0;
  Priority priority = Priority::item;
};

struct Config {
  /// Bodies up to so many bytes are pushed whole, to so many of the neighbours that do not have them; the rest of the
  /// neighbours, and all of them for larger bodies, are told.
  std::size_t push_up_to = 1024;
  std::size_t push_to = 2;
  /// How long one neighbour may take to answer before the next one is asked.
  Duration ask_patience = 5s;
  /// How long, at least, an id and its body are remembered after the verdict; longer than any date is accepted.
  Duration keep = 30min;
  /// How long announcements to a neighbour wait for company.
  Duration batch = 20ms;
  std::size_t most_seen = 65'536;
  std::size_t most_cache_bytes = 64 << 20;
  /// Items asked of one neighbour and not answered yet.
  std::size_t most_asks_per_peer = 100;
  /// Items that one neighbour announced and that were not asked of it yet.
  std::size_t most_announced_per_peer = 5'000;
  std::size_t most_judging = 4'096;
  std::size_t most_judging_bytes = 64 << 20;
  std::size_t most_judging_per_peer = 256;
  std::size_t most_judging_bytes_per_peer = 8 << 20;
};

/// Most ids that one Tell carries, and that a new neighbour is told.
inline constexpr std::size_t most_told = 1'000;
/// A body of so many bytes takes longer than its announcement can wait for company, so that goes at once.
inline constexpr std::size_t told_at_once = 64 * 1024;
/// How long an item rests that could not be judged, because it needs something else first or for want of room.
inline constexpr Duration retry_pause = 1s;
/// How often what has outlived Config::keep is forgotten.
inline constexpr Duration sweep_every = 1min;

// What Gossip decides; the host has it carried out.
/// Put this question to its peer.
struct AskItems {
  Ask ask;
};
/// Nothing of this question is wanted any more.
struct CancelAsk {
  u64 ask = 0;
  Peer peer;
};
/// Have the item judged, and report it to `ruled` under this number.
struct JudgeItem {
  u64 number = 0;
  Item item;
};
/// Send the whole item to these.
struct Push {
  Item item;
  std::vector<Peer> to;
};
/// Announce these, the most urgent first; at most `most_told`.
struct Tell {
  Peer to;
  std::vector<ItemId> ids;
};
struct Blame {
  Peer peer;
  Error error;
};
/// The item is good; `from` is absent if it is our own.
struct Accepted {
  Item item;
  std::optional<Peer> from;
};
/// This neighbour gave something that was new and good.
struct Good {
  Peer peer;
};
using Decision = std::variant<AskItems, CancelAsk, JudgeItem, Push, Tell, Blame, Accepted, Good>;
using Decisions = std::vector<Decision>;

/// How much is held, and how much came, for metrics and tests.
struct Counters {
  std::size_t seen = 0;
  std::size_t cached = 0;
  std::size_t cached_bytes = 0;
  std::size_t judging = 0;
  std::size_t judging_bytes = 0;
  /// Items that are asked of somebody.
  std::size_t asked = 0;
  /// Items that are announced, asked, judged or resting.
  std::size_t wanted = 0;
  /// Bodies that were given to the judge, and those of what was known or being judged.
  u64 fresh = 0;
  u64 again = 0;
};

class Gossip {
 public:
  Gossip(Config config, std::vector<Kind> kinds);

  /// A new neighbour is told what was accepted lately of the kinds that it takes, so that what it missed while it was
  /// away is pulled. It is sent, told of and asked for nothing of other kinds.
  Decisions on_peer(Time now, Peer peer, KindSet kinds = KindSet::all());
  Decisions on_gone(Time now, Peer peer);
  Decisions announced(Time now, Peer peer, std::span<const ItemId> ids);
  /// `item.id` is computed from the body. `ask` is the number that the body answers, absent if it was pushed;
  /// `date` is the author's, for authored kinds.
  Decisions offered(Time now, Peer peer, Item item, std::optional<u64> ask, std::optional<Utc> date);
  /// The peer does not have these, or what it sent for them cannot be used.
  Decisions missed(Time now, Peer peer, u64 ask, std::span<const ItemId> ids);
  /// Any number may come: one that is not being judged changes nothing.
  Decisions ruled(Time now, u64 number, Verdict verdict);
  /// The item that is being judged under this number; null if there is none.
  const Item* judging(u64 number) const;
  /// Our own item, or one that was ignored and is good after all. It is good by our word; one that was accepted or
  /// rejected before changes nothing.
  Decisions publish(Time now, Item item, std::optional<Utc> date);
  Decisions on_tick(Time now);

  /// The body of an accepted item, for a neighbour that asks for it.
  std::optional<Body> wanted(Peer peer, const ItemId& id) const;
  Time next() const;
  /// Nothing about any neighbour is held.
  bool idle() const { return peers_.empty() && asks_.idle(); }
  Counters counters() const;

 private:
  struct Row {
    KindSet kinds;
    /// Announcements that wait for company, the most urgent first.
    std::set<std::pair<Priority, ItemId>> tells = {};
    Time tell_at = never;
    /// What this neighbour was the first to give and is being judged.
    std::size_t judging = 0;
    std::size_t judging_bytes = 0;
  };
  struct Judging {
    Item item;
    std::optional<Utc> date;
    Peer first;
    /// Who gave this very copy and is still here.
    std::set<Peer> givers;
  };

  Priority priority(const ItemId& id) const { return kinds_[id.kind].priority; }
  /// The peer, a neighbour, has the item.
  void hear(Peer peer, const ItemId& id, Decisions& out);
  bool full() const;
  bool has_room(const Row& row, std::size_t size) const;
  void judge(Peer peer, Item item, std::optional<Utc> date, Decisions& out);
  /// Ends the judging of an item.
  Judging take(std::map<u64, Judging>::iterator at);
  void count(Peer peer, std::size_t size, bool more);
  void accept(Time now, Item item, std::optional<Utc> date, std::optional<Peer> from, std::set<Peer> holders,
              Decisions& out);
  void settle(Time now, const ItemId& id, Verdict verdict, std::optional<Utc> date, Decisions& out);
  /// Announces an item at `when`, or earlier if others go then.
  void tell(Row& row, const ItemId& id, Time when);
  /// What every input ends with: what is due, and asking for what may be asked by now.
  Decisions finish(Time now, Decisions out);

  Config config_;
  std::vector<Kind> kinds_;
  Seen seen_;
  Cache cache_;
  Asks asks_;
  std::map<Peer, Row> peers_;
  /// None of them is to be told something before this.
  Time next_tell_ = never;
  std::map<u64, Judging> judging_;
  /// The numbers in judging_ by item.
  std::map<ItemId, u64> numbers_;
  std::size_t judging_bytes_ = 0;
  u64 last_number_ = 0;
  u64 fresh_ = 0;
  u64 again_ = 0;
  Time sweep_at_ = never;
};

}  // namespace kith::gossip
