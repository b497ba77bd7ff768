// Slots are keyed hashes: whoever lacks the salt cannot tell which addresses push each other out.
#include "peers/table.hpp"

#include <algorithm>
#include <iterator>

#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"

namespace kith::peers {
namespace {

/// Random looks before all entries are looked at.
constexpr int draws = 32;

enum class Use : u8 { bucket_of_source = 1, bucket_of_group, new_position, tried_position, spread };

u64 hash(const Salt& salt, Use use, Bytes a, Bytes b, u64 number = 0) {
  Buffer text;
  Writer(text).byte(static_cast<u8>(use)).u64be(number).bytes(a).bytes(b);
  return crypto::keyed_hash(salt, text);
}

Buffer bytes_of(const Place& place) {
  Buffer out;
  Writer(out).bytes(place.ip.bytes).u16be(place.port);
  return out;
}

/// Where each group of what one source taught begins, and the end.
template <typename Taught>
auto groups_of(const Taught& taught) {
  std::vector<typename Taught::const_iterator> out{taught.begin()};
  while (out.back() != taught.end())
    out.push_back(std::find_if(out.back(), taught.end(),
                               [&group = out.back()->first](const auto& entry) { return entry.first != group; }));
  return out;
}

}  // namespace

u32 new_slot(const Salt& salt, const Group& source, const Place& place) {
  const auto group = group_of(place.ip);
  const u64 spread = hash(salt, Use::spread, group.bytes, source.bytes) % buckets_per_source;
  const u64 bucket = hash(salt, Use::bucket_of_source, source.bytes, {}, spread) % new_buckets;
  const u64 position = hash(salt, Use::new_position, bytes_of(place), {}, bucket) % bucket_size;
  return static_cast<u32>(bucket * bucket_size + position);
}

u32 tried_slot(const Salt& salt, const Place& place) {
  const u64 spread = hash(salt, Use::spread, bytes_of(place), {}) % buckets_per_group;
  const u64 bucket = hash(salt, Use::bucket_of_group, group_of(place.ip).bytes, {}, spread) % tried_buckets;
  const u64 position = hash(salt, Use::tried_position, bytes_of(place), {}, bucket) % bucket_size;
  return static_cast<u32>(bucket * bucket_size + position);
}

const Place* Table::at(u32 slot) const {
  const auto found = slots_.find(slot);
  return found == slots_.end() ? nullptr : &found->second;
}

void Table::put(u32 slot, const Group& source, const Place& place) {
  check(slots_.emplace(slot, place).second, "the slot is free");
  auto& taught = sources_[source];
  const std::pair entry{group_of(place.ip), place};
  taught.insert(std::lower_bound(taught.begin(), taught.end(), entry), entry);
}

void Table::take(u32 slot, const Group& source, const Place& place) {
  const auto found = slots_.find(slot);
  check(found != slots_.end() && found->second == place, "the place stands in its slot");
  slots_.erase(found);
  const auto from = sources_.find(source);
  check(from != sources_.end(), "the source of a used slot is known");
  auto& taught = from->second;
  const std::pair entry{group_of(place.ip), place};
  const auto at = std::lower_bound(taught.begin(), taught.end(), entry);
  check(at != taught.end() && *at == entry, "the place stands under its source");
  taught.erase(at);
  if (taught.empty()) sources_.erase(from);
}

std::size_t Table::share(const Group& source) const {
  const auto found = sources_.find(source);
  return found == sources_.end() ? 0 : found->second.size();
}

std::optional<Place> Table::choose(Rng& rng, const std::function<bool(const Place&)>& fits) const {
  if (sources_.empty()) return std::nullopt;
  const auto any_source = [&] {
    return std::next(sources_.begin(), static_cast<std::ptrdiff_t>(rng.below(sources_.size())));
  };
  for (int i = 0; i < draws; ++i) {
    const auto groups = groups_of(any_source()->second);
    const auto first = groups.begin() + static_cast<std::ptrdiff_t>(rng.below(groups.size() - 1));
    const auto size = static_cast<u64>(*std::next(first) - *first);
    const auto& place = (*first + static_cast<std::ptrdiff_t>(rng.below(size)))->second;
    if (fits(place)) return place;
  }
  auto from = any_source();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    std::vector<Place> fitting;
    for (const auto& [group, place] : from->second)
      if (fits(place)) fitting.push_back(place);
    if (!fitting.empty()) return fitting[rng.below(fitting.size())];
    if (++from == sources_.end()) from = sources_.begin();
  }
  return std::nullopt;
}

}  // namespace kith::peers
