// Slots are keyed hashes: whoever lacks the salt cannot tell which addresses push each other out.
#include "peers/table.hpp"

#include <iterator>
#include <vector>

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

template <typename Container>
auto nth(const Container& container, u64 n) {
  return std::next(container.begin(), static_cast<std::ptrdiff_t>(n));
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
  sources_[source][group_of(place.ip)].insert(place);
}

void Table::take(u32 slot, const Group& source, const Place& place) {
  const auto found = slots_.find(slot);
  check(found != slots_.end() && found->second == place, "the place stands in its slot");
  slots_.erase(found);
  const auto from = sources_.find(source);
  check(from != sources_.end(), "the source of a used slot is known");
  const auto group = from->second.find(group_of(place.ip));
  check(group != from->second.end() && group->second.erase(place) == 1, "the place stands under its source");
  if (group->second.empty()) from->second.erase(group);
  if (from->second.empty()) sources_.erase(from);
}

std::size_t Table::share(const Group& source) const {
  std::size_t out = 0;
  if (const auto found = sources_.find(source); found != sources_.end())
    for (const auto& [group, places] : found->second) out += places.size();
  return out;
}

std::optional<Place> Table::choose(Rng& rng, const std::function<bool(const Place&)>& fits) const {
  if (sources_.empty()) return std::nullopt;
  for (int i = 0; i < draws; ++i) {
    const auto& groups = nth(sources_, rng.below(sources_.size()))->second;
    const auto& places = nth(groups, rng.below(groups.size()))->second;
    const auto& place = *nth(places, rng.below(places.size()));
    if (fits(place)) return place;
  }
  auto from = nth(sources_, rng.below(sources_.size()));
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    std::vector<Place> fitting;
    for (const auto& [group, places] : from->second)
      std::copy_if(places.begin(), places.end(), std::back_inserter(fitting), fits);
    if (!fitting.empty()) return fitting[rng.below(fitting.size())];
    if (++from == sources_.end()) from = sources_.begin();
  }
  return std::nullopt;
}

}  // namespace kith::peers
