// Asks: who announced what, and of whom it is asked. An item is asked of one neighbour at a time; when that one does
// not deliver, of the next that announced it.
// parity: 26 | items and blocks are asked for by hash of who announced them, of one at a time, at the deadline of the next; the hash is checked | AsksTest.an_item_is_asked_of_the_first_and_at_the_deadline_of_the_next, GossipTest.an_answer_to_another_question_is_blamed_and_the_item_taken_on_its_merits, Sync.blames_an_answer_that_is_another_block_and_asks_elsewhere
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/time.hpp"
#include "model/ask.hpp"
#include "model/item.hpp"
#include "model/message.hpp"
#include "model/peer.hpp"

namespace kith::gossip {

/// A less urgent item waits for at most so many later announcements per step of urgency.
inline constexpr u64 urgency_step = 1'000;
/// How often, for one item, somebody who let the deadline pass is put at the end of the line instead of forgotten.
inline constexpr u32 second_chances = 2;
/// Most items that rest although nobody else announced them.
inline constexpr std::size_t most_resting = 4'096;

class Asks {
 public:
  /// Limits are in items for each peer.
  Asks(Duration patience, std::size_t most_asks, std::size_t most_announced);

  void on_peer(Peer peer) { rows_.try_emplace(peer); }
  /// Forgets what the peer announced; what was asked of it may be asked of others.
  void on_gone(Peer peer);

  enum class Heard : u8 {
    noted,
    /// Over the limit, as others before it.
    dropped,
    /// The first over the limit since half of it was free.
    flood,
  };
  Heard announce(Peer peer, const ItemId& id, Priority priority);

  enum class Answer : u8 {
    expected,
    /// Nothing that this open question asked for. The question is given up.
    wrong,
    /// The question is not open any more, or not about this item any more.
    late,
  };
  Answer answered(Peer peer, u64 number, const ItemId& id);
  void missed(Peer peer, u64 number, const ItemId& id);
  /// The peer gave its copy, so it is not asked for another.
  void forget(Peer peer, const ItemId& id);

  /// A question that is not open any more because none of its items is wanted.
  struct Cancelled {
    u64 number = 0;
    Peer peer;
  };
  /// A copy is here and being judged: the item is asked of nobody until it is released or dropped.
  std::optional<Cancelled> hold(const ItemId& id);
  /// The item may be asked for again, of those that are left, from `when` on. One that rests already goes on resting.
  void release(const ItemId& id, Time now, Time when);
  /// The item is settled.
  std::optional<Cancelled> drop(const ItemId& id);

  /// Whether the item rests after a release.
  bool resting(const ItemId& id) const;
  /// Who announced the item or was asked for it.
  std::set<Peer> holders(const ItemId& id) const;
  /// A busy peer is asked nothing more.
  void set_busy(Peer peer, bool busy);

  /// Ends what nobody answered in time, and what has rested.
  void lapse(Time now);
  /// What may be asked now, at most one question for each peer.
  std::vector<Ask> pump(Time now);
  /// When `lapse` has something to do.
  Time next() const;
  bool idle() const { return rows_.empty() && open_.empty(); }
  std::size_t wanted() const { return wants_.size(); }
  std::size_t asked() const;

 private:
  struct Want {
    /// Order of asking, the lowest first.
    u64 rank = 0;
    /// In the order in which they announced it; whoever is asked leaves.
    std::vector<Peer> announcers;
    /// The open question; 0 if none.
    u64 ask = 0;
    bool held = false;
    std::optional<Time> rests_until;
    u32 lapses = 0;
  };
  struct Row {
    std::set<ItemId> announced;
    /// The part of `announced` that may be asked for, by rank.
    std::set<std::pair<u64, ItemId>> ready;
    std::size_t in_flight = 0;
    bool flooding = false;
    bool busy = false;
  };
  struct Open {
    Peer peer;
    Time deadline;
    /// What was asked for, and whether it still is.
    std::map<ItemId, bool> items;
    std::size_t left = 0;
  };
  using WantAt = std::map<ItemId, Want>::iterator;
  using OpenAt = std::map<u64, Open>::iterator;

  /// Brings the ready sets in line with the want, or ends a want that nobody can fulfil.
  void refresh(WantAt at);
  /// Takes one item out of its question, and ends a question that has none left.
  void take_out(OpenAt open, WantAt want);
  void give_up(OpenAt open, bool lapsed = false);
  std::optional<Cancelled> cancel(WantAt want);
  void join(Peer peer, WantAt want);
  void leave(Peer peer, WantAt want);
  bool may_ask(const Row& row) const { return !row.busy && row.in_flight < most_asks_; }
  void ask(std::map<Peer, Ask>& questions, Time now, WantAt want);

  Duration patience_;
  std::size_t most_asks_;
  std::size_t most_announced_;
  std::map<ItemId, Want> wants_;
  std::map<Peer, Row> rows_;
  /// By number, so by deadline as well.
  std::map<u64, Open> open_;
  std::set<std::pair<Time, ItemId>> resting_;
  /// Entries of all rows' `ready`.
  std::size_t ready_ = 0;
  u64 last_number_ = 0;
  u64 announcements_ = 0;
};

}  // namespace kith::gossip
