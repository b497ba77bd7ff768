// What is let in.
#include "ledger/bitcoin/mempool.hpp"

#include "base/check.hpp"

namespace kith::ledger::bitcoin {
namespace {

using Kind = Refusal::Kind;

std::unexpected<Refusal> refused(Kind kind, const Entrant& entrant, const char* what) {
  return std::unexpected(refuse(kind, entrant.tx, what));
}

bool spends(const Tx& tx, const Hash& id) {
  return std::ranges::any_of(tx.inputs, [&](Bytes input) { return equal(input.first(32), id); });
}

/// Output `at` of a transaction that no block holds yet; nothing if it has none of this number.
std::optional<Coin> output_of_tx(const Tx& tx, const Outpoint& at, u32 next_height) {
  const u32 number = output_of(at);
  if (number >= tx.values.size()) return std::nullopt;
  return Coin{tx.values[number], to_buffer(tx.scripts[number]), next_height, false};
}

}  // namespace

/// Finds what `entrant` spends in the pool, in `parent` and in the chain.
std::optional<Refusal> Mempool::find_coins(const Unspent& view, Entrant& entrant, const Entrant* parent) const {
  const auto& tx = entrant.tx;
  std::vector<Hash> missing;
  const auto add_once = [](std::vector<Hash>& list, const Hash& id) {
    if (std::ranges::find(list, id) == list.end()) list.push_back(id);
  };
  for (const Bytes input : tx.inputs) {
    const auto at = take_array<36>(input);
    const Hash id = tx_of(at);
    const auto* entry = find(id);
    const Tx* maker = parent && parent->tx.id == id ? &parent->tx : entry ? &entry->tx : nullptr;
    auto coin = maker ? output_of_tx(*maker, at, view.height() + 1) : view.find(at);
    if (maker && !coin) return refuse(Kind::never, entrant.tx, "an output that its parent does not have");
    if (maker) add_once(entrant.parents, id);
    if (coin)
      entrant.spent.push_back(std::move(*coin));
    else
      add_once(missing, id);
  }
  if (missing.empty()) return std::nullopt;
  // What it spends is gone if it is in the chain itself, which shows as long as one of its outputs is unspent.
  for (u32 i = 0; i < tx.values.size(); ++i)
    if (view.find(outpoint(tx.id, i))) return refuse(Kind::known, entrant.tx, "in the chain");
  auto out = refuse(Kind::orphan, entrant.tx, "parents");
  out.missing = std::move(missing);
  return out;
}

std::set<Hash> Mempool::ancestors_of(const std::vector<Hash>& parents) const {
  std::set<Hash> out;
  for (const auto& id : parents)
    if (entries_.contains(id)) {
      out.insert(id);
      out.merge(ancestors(id));
    }
  return out;
}

/// Whether the limits on relatives still hold with `entrant`, and with `parent` if the two come together.
std::optional<Refusal> Mempool::check_relatives(const Entrant& entrant, const Entrant* parent) const {
  const auto of_parent = parent ? ancestors_of(parent->parents) : std::set<Hash>{};
  auto all = ancestors_of(entrant.parents);
  all.insert(of_parent.begin(), of_parent.end());
  const u64 with_parent = parent ? 1 : 0;
  const u64 parent_size = parent ? parent->size : 0;
  u64 size = entrant.size + parent_size;
  bool good = all.size() + 1 + with_parent <= max_relatives;
  for (const auto& id : all) {
    const auto& entry = entries_.at(id);
    size += entry.own.size;
    const bool both = of_parent.contains(id);
    good = good && entry.descendants.count + 1 + (both ? with_parent : 0) <= max_relatives &&
           entry.descendants.size + entrant.size + (both ? parent_size : 0) <= max_relatives_size;
  }
  if (good && size <= max_relatives_size) return std::nullopt;
  return refuse(Kind::not_now, entrant.tx, "too many relatives");
}

/// All checks but those of fee and scripts.
Mempool::Checked Mempool::examine(const Unspent& view, Entrant entrant, const Entrant* parent) const {
  const auto& tx = entrant.tx;
  if (entries_.contains(tx.id) || by_item_.contains(take_array<20>(tx.witness_id)))
    return refused(Kind::known, entrant, "in the pool");
  for (const Bytes input : tx.inputs)
    if (spender(take_array<36>(input)) ||
        (parent && std::ranges::any_of(parent->tx.inputs, [&](Bytes other) { return equal(input, other); })))
      return refused(Kind::not_now, entrant, "conflict");
  entrant.spent.clear();
  entrant.parents.clear();
  if (auto refusal = find_coins(view, entrant, parent)) return std::unexpected(std::move(*refusal));
  if (auto refusal = check_spending(entrant, view)) return std::unexpected(std::move(*refusal));
  if (auto refusal = check_relatives(entrant, parent)) return std::unexpected(std::move(*refusal));
  return entrant;
}

std::expected<Candidate, Refusal> Mempool::prepare(const Unspent& view, std::vector<Entrant> txs, Time now) const {
  if (unsettled_) return refused(Kind::not_now, txs.front(), "the chain is changing");
  Candidate out;
  FeeRate together{0, 0};
  for (auto& each : txs) {
    auto checked = examine(view, std::move(each), out.txs.empty() ? nullptr : out.txs.data());
    if (!checked) return std::unexpected(std::move(checked.error()));
    together.fee += checked->fee;
    together.size += checked->size;
    out.txs.push_back(std::move(*checked));
  }
  if (!together.pays(floor(now))) return refused(Kind::low_fee, out.txs.front(), "fee rate");
  return out;
}

std::expected<Candidate, Refusal> Mempool::prepare(const Unspent& view, Body tx, Time now) const {
  auto entrant = read_entrant(std::move(tx));
  if (!entrant) return std::unexpected(std::move(entrant.error()));
  return prepare(view, std::vector{std::move(*entrant)}, now);
}

std::expected<Candidate, Refusal> Mempool::prepare(const Unspent& view, Body parent, Body child, Time now) const {
  auto first = read_entrant(std::move(parent));
  if (!first) return std::unexpected(std::move(first.error()));
  auto second = read_entrant(std::move(child));
  if (!second) return std::unexpected(std::move(second.error()));
  if (!spends(second->tx, first->tx.id)) return refused(Kind::not_now, *second, "no child of this parent");
  return prepare(view, std::vector{std::move(*first), std::move(*second)}, now);
}

std::expected<std::vector<Hash>, Refusal> Mempool::add(const Unspent& view, const Candidate& candidate, Time now) {
  check(!candidate.txs.empty(), "a candidate of no transaction");
  auto gone = expire(now);
  // What an outpoint names is fixed by its hash, so that scripts once found good stay so.
  auto again = prepare(view, candidate.txs, now);
  if (!again) return std::unexpected(std::move(again.error()));
  for (auto& entrant : again->txs) insert(std::move(entrant), now);
  for (const auto& id : trim(now)) gone.push_back(id);
  bool stayed = true;
  for (const auto& entrant : candidate.txs) stayed = stayed && entries_.contains(entrant.tx.id);
  if (stayed) return gone;
  for (const auto& entrant : candidate.txs)
    if (entries_.contains(entrant.tx.id)) remove(entrant.tx.id, gone);
  floor_.fill(bytes_, config_.bytes, now);
  return refused(Kind::low_fee, candidate.txs.front(), "pool is full");
}

const Mempool::Entry* Mempool::find(const Hash& id) const {
  const auto at = entries_.find(id);
  return at == entries_.end() ? nullptr : &at->second;
}

const Mempool::Entry* Mempool::find_item(const ItemHash& hash) const {
  const auto at = by_item_.find(hash);
  return at == by_item_.end() ? nullptr : find(at->second);
}

const Mempool::Entry* Mempool::find_witness(const Hash& witness_id) const {
  const auto* entry = find_item(take_array<20>(witness_id));
  return entry && entry->tx.witness_id == witness_id ? entry : nullptr;
}

std::optional<Hash> Mempool::spender(const Outpoint& at) const {
  const auto found = spenders_.find(at);
  if (found == spenders_.end()) return std::nullopt;
  return found->second;
}

}  // namespace kith::ledger::bitcoin
