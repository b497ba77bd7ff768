// Who descends from whom in the pool, and what goes when something goes.
#include "base/check.hpp"
#include "ledger/bitcoin/mempool.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// What the maps and sets of the pool hold of a transaction and of each of its inputs and links, in bytes: their nodes
/// and what the allocator adds.
constexpr std::size_t index_cost = 3 * 112 + 2 * 80;
constexpr std::size_t input_cost = 128;
constexpr std::size_t link_cost = 2 * 80;

void plus(Totals& sum, const Totals& one) {
  sum.count += one.count;
  sum.size += one.size;
  sum.fee += one.fee;
  sum.sigops += one.sigops;
  sum.weight += one.weight;
}

void minus(Totals& sum, const Totals& one) {
  sum.count -= one.count;
  sum.size -= one.size;
  sum.fee -= one.fee;
  sum.sigops -= one.sigops;
  sum.weight -= one.weight;
}

/// All that can be reached from `id` by `next`, without itself.
template <typename Next>
std::set<Hash> reached(const std::map<Hash, Mempool::Entry>& entries, const Hash& id, Next next) {
  std::set<Hash> out;
  std::vector<Hash> open{id};
  while (!open.empty()) {
    const auto& entry = entries.at(open.back());
    open.pop_back();
    for (const auto& other : next(entry))
      if (out.insert(other).second) open.push_back(other);
  }
  return out;
}

}  // namespace

std::size_t pool_cost(const Tx& tx, std::size_t parents) {
  // Lists that grew by doubling may hold twice what they need.
  const std::size_t lists = tx.inputs.size() * (3 * sizeof(Bytes) + sizeof(u32)) +
                            tx.values.size() * (sizeof(u64) + sizeof(Bytes)) + 2 * sizeof(Bytes);
  return sizeof(Mempool::Entry) + tx.bytes.size() + 2 * lists + index_cost + tx.inputs.size() * input_cost +
         parents * link_cost;
}

std::set<Hash> Mempool::ancestors(const Hash& id) const {
  return reached(entries_, id, [](const Entry& entry) -> const std::set<Hash>& { return entry.parents; });
}

std::set<Hash> Mempool::descendants(const Hash& id) const {
  return reached(entries_, id, [](const Entry& entry) -> const std::set<Hash>& { return entry.children; });
}

void Mempool::rank(const Entry& entry, bool stands) {
  const Rank key{entry.worth(), entry.number, entry.tx.id};
  if (stands)
    ranks_.insert(key);
  else
    ranks_.erase(key);
}

/// Puts a transaction in from which nothing of the pool descends.
void Mempool::insert(Entrant entrant, Time since) {
  const Totals own{1, entrant.size, entrant.fee, entrant.sigops, entrant.tx.weight()};
  const Hash id = entrant.tx.id;
  Entry entry{.body = std::move(entrant.body),
              .tx = std::move(entrant.tx),
              .number = ++last_number_,
              .since = since,
              .own = own,
              .ancestors = own,
              .descendants = own,
              .parents = {entrant.parents.begin(), entrant.parents.end()}};
  for (const auto& above : ancestors_of(entrant.parents)) {
    auto& ancestor = entries_.at(above);
    plus(entry.ancestors, ancestor.own);
    rank(ancestor, false);
    plus(ancestor.descendants, own);
    rank(ancestor, true);
  }
  for (const auto& parent : entry.parents) entries_.at(parent).children.insert(id);
  for (const Bytes input : entry.tx.inputs) spenders_.emplace(take_array<36>(input), id);
  by_item_.emplace(take_array<20>(entry.tx.witness_id), id);
  by_age_.emplace(since, id);
  entry.cost = pool_cost(entry.tx, entry.parents.size());
  bytes_ += entry.cost;
  rank(entry, true);
  check(entries_.emplace(id, std::move(entry)).second, "a transaction twice");
}

/// Takes one out of the indexes; its relatives are told by the caller.
void Mempool::forget(std::map<Hash, Entry>::iterator at) {
  const auto& entry = at->second;
  for (const Bytes input : entry.tx.inputs) spenders_.erase(take_array<36>(input));
  by_item_.erase(take_array<20>(entry.tx.witness_id));
  by_age_.erase({entry.since, at->first});
  rank(entry, false);
  bytes_ -= entry.cost;
  entries_.erase(at);
}

/// Takes one out alone: it is in the chain now, so that its descendants may stay.
void Mempool::confirm(const Hash& id) {
  const auto at = entries_.find(id);
  check(at->second.parents.empty(), "a block that holds a child and not its parent");
  for (const auto& below : descendants(id)) minus(entries_.at(below).ancestors, at->second.own);
  for (const auto& child : at->second.children) {
    auto& entry = entries_.at(child);
    entry.parents.erase(id);
    entry.cost -= link_cost;
    bytes_ -= link_cost;
  }
  forget(at);
}

/// Takes one out with all that descend from it, and puts their ids behind `gone`. The id is a copy, for it may be named
/// by what is taken out.
void Mempool::remove(Hash id, std::vector<Hash>& gone) {
  auto leaving = descendants(id);
  leaving.insert(id);
  for (const auto& each : leaving) {
    const auto& entry = entries_.at(each);
    for (const auto& above : ancestors(each)) {
      if (leaving.contains(above)) continue;
      auto& ancestor = entries_.at(above);
      rank(ancestor, false);
      minus(ancestor.descendants, entry.own);
      rank(ancestor, true);
    }
    for (const auto& parent : entry.parents) entries_.at(parent).children.erase(each);
  }
  gone.push_back(id);
  for (const auto& each : leaving) {
    if (each != id) gone.push_back(each);
    forget(entries_.find(each));
  }
}

/// Lets the worst go until all fits.
std::vector<Hash> Mempool::trim(Time now) {
  std::vector<Hash> gone;
  while (bytes_ > config_.bytes) {
    const Hash worst = ranks_.begin()->id;
    floor_.evicted(entries_.at(worst).descendants.rate().per_kilobyte(), now);
    remove(worst, gone);
  }
  floor_.fill(bytes_, config_.bytes, now);
  return gone;
}

std::vector<Hash> Mempool::expire(Time now) {
  std::vector<Hash> gone;
  while (!by_age_.empty() && now - by_age_.begin()->first > pool_expiry) remove(by_age_.begin()->second, gone);
  floor_.fill(bytes_, config_.bytes, now);
  return gone;
}

}  // namespace kith::ledger::bitcoin
