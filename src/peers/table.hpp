// Table: the slots of one half of an address book, and who taught what is in them, so that choosing can be fair to the
// sources however much each of them said.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/rng.hpp"
#include "model/address.hpp"

namespace kith::peers {

/// What an entry is known by; the id that is expected there is a claim about it.
struct Place {
  Ip ip;
  u16 port = 0;
  auto operator<=>(const Place&) const = default;
};

/// Keeps whoever lacks it from aiming at slots.
using Salt = std::array<u8, 16>;

/// Bitcoin Core's measures (addrman_impl.h): 1024 buckets for what we heard of, 256 for what we spoke to.
inline constexpr u32 bucket_size = 64;
inline constexpr u32 new_buckets = 1024;
inline constexpr u32 tried_buckets = 256;
/// Buckets of the new table that one source group reaches, and of the tried table that one address group reaches.
inline constexpr u64 buckets_per_source = 64;
inline constexpr u64 buckets_per_group = 8;

/// Slots in [0, buckets · bucket_size).
u32 new_slot(const Salt& salt, const Group& source, const Place& place);
u32 tried_slot(const Salt& salt, const Place& place);

class Table {
 public:
  /// Nothing if the slot is free.
  const Place* at(u32 slot) const;
  /// The slot must be free.
  void put(u32 slot, const Group& source, const Place& place);
  /// `place` must stand in `slot`, put there for `source`.
  void take(u32 slot, const Group& source, const Place& place);

  /// Used slots.
  std::size_t size() const { return slots_.size(); }
  /// Slots that `source` has.
  std::size_t share(const Group& source) const;

  /// A place that fits: uniform over source groups, then over its groups, then over its addresses. Where few fit, looks
  /// at them all, so that nothing means that none does.
  std::optional<Place> choose(Rng& rng, const std::function<bool(const Place&)>& fits) const;

 private:
  /// A place and its group: what one source taught is in order of groups.
  using Taught = std::vector<std::pair<Group, Place>>;

  std::map<u32, Place> slots_;
  /// Never empty; at most buckets_per_source * bucket_size places of each in a new table.
  std::map<Group, Taught> sources_;
};

}  // namespace kith::peers
