// The rules by which an entry comes, moves between the tables and goes; Bitcoin Core's addrman.cpp is the model.
#include "peers/peer_book.hpp"

#include "base/check.hpp"

namespace kith::peers {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds unheard_of_for = 30 * 24h;
constexpr milliseconds hopeless_for = 7 * 24h;
constexpr u32 failures_of_unknown = 3;
constexpr u32 failures_of_known = 10;

/// Who answered this recently keeps its slot without a test, and this is how long a test may take.
constexpr milliseconds good_lately = 4h;
constexpr milliseconds test_within = 40min;

Place place_of(const Address& address) { return {address.ip, address.port}; }

Utc rounded(Utc date) {
  const auto grain = std::chrono::duration_cast<milliseconds>(answer_grain).count();
  return from_millis(to_millis(date) - to_millis(date) % grain);
}

}  // namespace

bool is_stale(const Entry& entry, Utc now) {
  if (now - entry.last_seen > unheard_of_for) return true;
  if (entry.last_good == Utc{}) return entry.failures >= failures_of_unknown;
  return entry.failures >= failures_of_known && now - entry.last_good > hopeless_for;
}

bool PeerBook::learn(const Address& address, const Ip& source, Utc seen, Utc now) {
  if (!address.ip.is_usable() || address.port == 0 || address.ip.reach() < source.reach()) return false;
  seen = std::clamp(seen, now - unheard_of_for, now);
  auto at = rows_.find(place_of(address));
  if (at != rows_.end()) {
    auto& old = at->second.entry;
    const bool wrong_id = !old.tried && is_stale(old, now) && old.address.id != address.id;
    if (!wrong_id) {
      old.last_seen = std::max(old.last_seen, seen);
      if (!old.tried) add_source(at->second, source, now);
      return false;
    }
    // Nobody was found there under that id: whoever told it first does not hold the place for ever.
    erase(at);
  }
  at = rows_.emplace(place_of(address), Row{{.address = address, .first_seen = now, .last_seen = seen}, {}}).first;
  if (add_source(at->second, source, now)) return true;
  rows_.erase(at);
  return false;
}

/// Gives the entry the slot that it has by `source`, if that is free or its holder can be spared.
bool PeerBook::add_source(Row& row, const Ip& source, Utc now) {
  const auto place = place_of(row.entry.address);
  const auto group = group_of(source);
  const auto same_group = [&](const Ip& other) { return group_of(other) == group; };
  if (row.sources.size() >= max_sources || std::ranges::any_of(row.sources, same_group)) return false;
  const u32 slot = new_slot(salt_, group, place);
  if (const auto* holder = new_.at(slot)) {
    if (*holder == place) return false;
    const auto& other = rows_.at(*holder);
    const bool has_more = row.sources.empty() && other.sources.size() > 1;
    if (!has_more && !is_stale(other.entry, now)) return false;
    clear_new_slot(slot);
  }
  new_.put(slot, group, place);
  row.sources.push_back(source);
  row.entry.source = row.sources.front();
  return true;
}

void PeerBook::drop_source(Rows::iterator at, std::size_t source) {
  auto& [place, row] = *at;
  const auto group = group_of(row.sources[source]);
  new_.take(new_slot(salt_, group, place), group, place);
  row.sources.erase(row.sources.begin() + static_cast<std::ptrdiff_t>(source));
  if (row.sources.empty())
    rows_.erase(at);
  else
    row.entry.source = row.sources.front();
}

void PeerBook::clear_new_slot(u32 slot) {
  const auto at = rows_.find(*new_.at(slot));
  check(at != rows_.end(), "a slot holds an entry");
  for (std::size_t i = 0; i < at->second.sources.size(); ++i)
    if (new_slot(salt_, group_of(at->second.sources[i]), at->first) == slot) return drop_source(at, i);
  check(false, "an entry knows the source of each of its slots");
}

void PeerBook::clear_tables(const Row& row) {
  const auto place = place_of(row.entry.address);
  if (row.entry.tried) return tried_.take(tried_slot(salt_, place), group_of(row.entry.source), place);
  for (const auto& source : row.sources) new_.take(new_slot(salt_, group_of(source), place), group_of(source), place);
}

void PeerBook::erase(Rows::iterator at) {
  clear_tables(at->second);
  rows_.erase(at);
}

PeerBook::Row* PeerBook::row(const Place& place) {
  const auto at = rows_.find(place);
  return at == rows_.end() ? nullptr : &at->second;
}

void PeerBook::tried(const Address& address, Utc now) {
  if (auto* known = row(place_of(address))) known->entry.last_try = now;
}

void PeerBook::good(const Address& address, Utc now) {
  const auto place = place_of(address);
  if (!row(place)) learn(address, address.ip, now, now);
  auto* known = row(place);
  if (!known) return;
  auto& entry = known->entry;
  entry.last_seen = entry.last_good = now;
  entry.failures = 0;
  if (address.id && entry.address.id != address.id) {
    entry.address.id = address.id;
    entry.kinds.clear();
  }
  if (!entry.tried) promote(place, now);
  settle(now);
}

void PeerBook::takes(const Address& address, std::span<const KindTag> kinds) {
  auto* known = row(place_of(address));
  if (!known) return;
  auto& kept = known->entry.kinds;
  kept.clear();
  for (const KindTag kind : kinds)
    if (kept.size() < max_entry_kinds && std::ranges::find(kept, kind) == kept.end()) kept.push_back(kind);
  std::ranges::sort(kept);
}

void PeerBook::told(const Address& address, KindTag kind) {
  auto* known = row(place_of(address));
  if (!known || known->entry.address.id != address.id || known->entry.last_good != Utc{}) return;
  auto& kept = known->entry.kinds;
  if (known->entry.takes(kind) || kept.size() >= max_entry_kinds) return;
  kept.insert(std::ranges::lower_bound(kept, kind), kind);
}

void PeerBook::failed(const Address& address, Utc now) {
  auto* known = row(place_of(address));
  if (!known) return;
  known->entry.last_try = now;
  known->entry.failures = std::min(known->entry.failures + 1, max_failures);
  settle(now);
}

void PeerBook::promote(const Place& place, Utc now) {
  if (!tried_.at(tried_slot(salt_, place))) return move_to_tried(place);
  const auto waits = [&](const Waiting& waiting) { return waiting.newcomer == place; };
  if (waiting_.size() < max_waiting && std::ranges::none_of(waiting_, waits)) waiting_.push_back({place, now});
}

/// Counts the entry to that of its sources which has least of the table: who teaches the addresses of others does not
/// keep them out when the others teach them as well.
void PeerBook::move_to_tried(const Place& place) {
  auto& row = rows_.at(place);
  const auto share = [&](const Ip& source) { return tried_.share(group_of(source)); };
  const Ip source = *std::ranges::min_element(row.sources, {}, share);
  if (tried_.size() > free_share && (share(source) + 1) * tried_share > tried_.size() + 1) return;
  clear_tables(row);
  row.sources = {source};
  row.entry.source = source;
  row.entry.tried = true;
  const u32 slot = tried_slot(salt_, place);
  if (const auto* holder = tried_.at(slot)) move_to_new(Place{*holder});
  tried_.put(slot, group_of(source), place);
}

void PeerBook::move_to_new(const Place& place) {
  auto& row = rows_.at(place);
  clear_tables(row);
  row.entry.tried = false;
  const auto group = group_of(row.entry.source);
  const u32 slot = new_slot(salt_, group, place);
  if (new_.at(slot)) clear_new_slot(slot);
  new_.put(slot, group, place);
}

/// Decides who of those that want one tried slot has it: the holder while it answers.
void PeerBook::settle(Utc now) {
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    const auto* newcomer = row(waiting.newcomer);
    if (!newcomer || newcomer->entry.tried) return true;
    if (const auto* place = tried_.at(tried_slot(salt_, waiting.newcomer))) {
      const auto& holder = rows_.at(*place).entry;
      if (now - holder.last_good <= good_lately) return true;
      const bool failed_test = holder.failures > 0 && holder.last_try >= waiting.since;
      if (!failed_test && now - waiting.since <= test_within) return false;
    }
    move_to_tried(waiting.newcomer);
    return true;
  });
}

std::optional<Address> PeerBook::to_test() const {
  for (const auto& waiting : waiting_)
    if (const auto* place = tried_.at(tried_slot(salt_, waiting.newcomer)))
      if (const auto& holder = rows_.at(*place).entry; holder.last_try < waiting.since) return holder.address;
  return std::nullopt;
}

void PeerBook::forget_source(const Ip& source) {
  std::vector<Place> places;
  for (const auto& [place, row] : rows_)
    if (std::ranges::find(row.sources, source) != row.sources.end()) places.push_back(place);
  for (const auto& place : places) {
    const auto at = rows_.find(place);
    const auto& sources = at->second.sources;
    if (at->second.entry.tried)
      erase(at);
    else
      drop_source(at, static_cast<std::size_t>(std::ranges::find(sources, source) - sources.begin()));
  }
  answers_.clear();
  kind_answers_.clear();
}

std::optional<Address> PeerBook::choose(Rng& rng, bool only_new, Utc now,
                                        const std::function<bool(const Entry&)>& fits) const {
  const bool new_first = only_new || rng.one_in(2);
  for (const bool stale : {false, true}) {
    const auto fitting = [&](const Place& place) {
      const auto& entry = rows_.at(place).entry;
      return is_stale(entry, now) == stale && fits(entry);
    };
    auto place = (new_first ? new_ : tried_).choose(rng, fitting);
    if (!place && !only_new) place = (new_first ? tried_ : new_).choose(rng, fitting);
    if (place) return rows_.at(*place).entry.address;
  }
  return std::nullopt;
}

std::vector<Entry> PeerBook::answer(Rng& rng, Utc now, const Ip& asker) {
  return answer(rng, now, asker, std::nullopt, answers_);
}

std::vector<Entry> PeerBook::answer(Rng& rng, Utc now, const Ip& asker, KindTag kind) {
  return answer(rng, now, asker, kind, kind_answers_);
}

std::vector<Entry> PeerBook::answer(Rng& rng, Utc now, const Ip& asker, std::optional<KindTag> kind,
                                    Answers& answers) const {
  const std::tuple key{asker.reach(), group_of(asker), kind};
  auto all = kind ? fit_to_tell(now, asker.reach(), kind) : std::vector<Place>{};
  const auto size = kind ? all.size() : rows_.size();
  // Kinds that nobody takes are free to make up, so they are not worth remembering.
  if (size == 0) return {};
  auto at = answers.find(key);
  const bool good = at != answers.end() && now >= at->second.since && now - at->second.since <= answer_lasts &&
                    size < 2 * at->second.book_size;
  if (!good) {
    const auto since = [](const auto& row) { return row.second.since; };
    if (at == answers.end() && answers.size() >= max_answers)
      answers.erase(std::ranges::min_element(answers, {}, since));
    if (!kind) all = fit_to_tell(now, asker.reach(), kind);
    rng.shuffle(all);
    const auto wanted = std::clamp(size * answer_percent / 100, answer_least, answer_most);
    if (all.size() > wanted) all.resize(wanted);
    // It is kept for long, and the room for the whole book would be kept with it.
    all.shrink_to_fit();
    at = answers.insert_or_assign(key, Answer{now, size, std::move(all)}).first;
  }
  std::vector<Entry> out;
  for (const auto& place : at->second.places)
    if (const auto known = rows_.find(place); known != rows_.end() && (!kind || known->second.entry.takes(*kind)))
      out.push_back({.address = known->second.entry.address, .last_seen = rounded(known->second.entry.last_seen)});
  return out;
}

std::vector<Place> PeerBook::fit_to_tell(Utc now, int reach, std::optional<KindTag> kind) const {
  std::vector<Place> out;
  for (const auto& [place, row] : rows_)
    if (place.ip.reach() >= reach && (!kind || row.entry.takes(*kind)) && !is_stale(row.entry, now))
      out.push_back(place);
  return out;
}

std::optional<Entry> PeerBook::find(const Address& address) const {
  const auto at = rows_.find(place_of(address));
  return at == rows_.end() ? std::nullopt : std::optional(at->second.entry);
}

std::vector<Address> PeerBook::with_id(const PeerId& id) const {
  std::vector<const Entry*> found;
  for (const auto& [place, row] : rows_)
    if (row.entry.address.id == id) found.push_back(&row.entry);
  const auto later = [](const Entry* a, const Entry* b) {
    return std::tie(b->last_good, b->last_seen, a->address) < std::tie(a->last_good, a->last_seen, b->address);
  };
  std::sort(found.begin(), found.end(), later);
  if (found.size() > max_of_one_id) found.resize(max_of_one_id);
  std::vector<Address> out;
  out.reserve(found.size());
  for (const auto* entry : found) out.push_back(entry->address);
  return out;
}

std::vector<Entry> PeerBook::entries() const {
  std::vector<Entry> out;
  out.reserve(rows_.size());
  for (const auto& [place, row] : rows_) out.push_back(row.entry);
  return out;
}

}  // namespace kith::peers
