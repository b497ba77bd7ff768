// Seen: what became of the items that were judged, so that none is judged or passed on twice.
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
