// What always holds of a pool, computed anew from its transactions alone.
#pragma once

#include "base/check.hpp"
#include "ledger/bitcoin/mempool.hpp"

namespace kith::ledger::bitcoin {

/// The ids of those whose outputs `tx` spends in the pool.
inline std::set<Hash> parents_in(const Mempool& pool, const Tx& tx) {
  std::set<Hash> out;
  for (const Bytes input : tx.inputs)
    if (const Hash id = take_array<32>(input); pool.entries().contains(id)) out.insert(id);
  return out;
}

inline std::set<Hash> closure(const Mempool& pool, const Hash& id) {
  std::set<Hash> out;
  for (const auto& parent : parents_in(pool, pool.find(id)->tx)) {
    out.insert(parent);
    out.merge(closure(pool, parent));
  }
  return out;
}

/// Aborts where something does not hold. `view` is what the pool was last settled with.
inline void audit(const Mempool& pool, const Unspent& view, u64 limit) {
  std::set<Outpoint> spent;
  std::map<Hash, std::set<Hash>> above;
  std::map<Hash, Totals> below;
  const auto add = [](Totals& sum, const Totals& one) {
    sum = {sum.count + one.count, sum.size + one.size, sum.fee + one.fee, sum.sigops + one.sigops,
           sum.weight + one.weight};
  };
  std::size_t bytes = 0;
  for (const auto& [id, entry] : pool.entries()) {
    check(entry.tx.id == id, "found by its id");
    check(pool.find_witness(entry.tx.witness_id) == &entry, "found by its witness id");
    check(pool.find_item(take_array<20>(entry.tx.witness_id)) == &entry, "found by its item's hash");
    check(entry.parents == parents_in(pool, entry.tx), "parents are linked");
    bytes += entry.cost;
    u64 worth = 0;
    for (const Bytes input : entry.tx.inputs) {
      const auto at = take_array<36>(input);
      check(spent.insert(at).second && pool.spender(at) == id, "an output is spent once");
      const auto* parent = pool.find(tx_of(at));
      const auto coin = view.find(at);
      check((parent != nullptr) != coin.has_value(), "an input is in the pool or in the chain");
      check(!parent || parent->number < entry.number, "parents come first");
      worth += parent ? parent->tx.values.at(output_of(at)) : coin->value;
    }
    for (const u64 value : entry.tx.values) worth -= value;
    check(worth == entry.own.fee, "the fee is what is left over");
    above[id] = closure(pool, id);
    Totals sum = entry.own;
    for (const auto& each : above[id]) {
      add(sum, pool.find(each)->own);
      add(below[each], entry.own);
    }
    check(sum == entry.ancestors, "sums over ancestors");
    check(sum.count <= max_relatives && sum.size <= max_relatives_size, "limits on ancestors");
  }
  for (const auto& [id, entry] : pool.entries()) {
    Totals sum = below[id];
    add(sum, entry.own);
    check(sum == entry.descendants, "sums over descendants");
    check(sum.count <= max_relatives && sum.size <= max_relatives_size, "limits on descendants");
    for (const auto& child : entry.children) check(pool.find(child)->parents.contains(id), "children are linked");
  }
  check(bytes == pool.bytes() && bytes <= limit, "memory is counted and bounded");
}

}  // namespace kith::ledger::bitcoin
