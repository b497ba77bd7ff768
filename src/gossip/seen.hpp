// Seen: what became of the items that were judged, so that none is judged or passed on twice.
// parity: 13 | 65,536 for half an hour, by what the item is; a bad copy spoils no good one, and what fell out of the set is not taken for new | Seen.forgets_by_age_without_raising_the_floor, Seen.the_floor_is_the_newest_date_that_was_evicted, GossipTest.a_corrupt_copy_costs_its_giver_and_not_the_item, ItemsAsLetters.that_come_again_are_not_passed_on_again_whoever_gives_them
#pragma once

#include <map>
#include <optional>

#include "base/fifo.hpp"
#include "base/time.hpp"
#include "model/item.hpp"
#include "model/verdict.hpp"

namespace kith::gossip {

/// Bounded by count and by age; the oldest verdict goes first. An accepted item that goes because of the count could
/// come round again, so its date becomes a floor: nothing that is not newer is taken until that item would be too old
/// anyway. (A floor for good would shut a node up whose clock was ahead for a while.)
class Seen {
 public:
  Seen(std::size_t most, Duration keep);

  /// `verdict` is accept, reject or ignore. The first one stands, but what was ignored may be accepted after all.
  void settle(Time now, const ItemId& id, Verdict verdict, std::optional<Utc> date);
  std::optional<Verdict> find(const ItemId& id) const;
  /// `date` is not above the floor. Items without a date never are too old.
  bool too_old(std::optional<Utc> date) const { return date && floor_ && *date <= *floor_; }
  void forget(Time now);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Verdict verdict;
    std::optional<Utc> date;
  };
  struct Settled {
    Time at;
    ItemId id;
  };

  std::size_t most_;
  Duration keep_;
  std::map<ItemId, Entry> entries_;
  Fifo<Settled> order_;
  std::optional<Utc> floor_;
  Time floor_at_{};
};

}  // namespace kith::gossip
