// The rules of a single transaction.
#include "ledger/bitcoin/tx_rules.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// Lock times below this are heights.
constexpr u32 lock_threshold = 500'000'000;
/// Bits of a sequence number (BIP 68): it locks nothing; it counts units of 512 seconds instead of blocks; how many.
constexpr u32 no_lock = u32{1} << 31;
constexpr u32 counts_time = u32{1} << 22;
constexpr u32 lock_mask = 0xffff;
constexpr u32 time_unit_bits = 9;

}  // namespace

Result<> check_inputs(const Tx& tx, Fault fault) {
  auto inputs = tx.inputs;
  std::ranges::sort(inputs, std::ranges::lexicographical_compare);
  if (std::ranges::adjacent_find(inputs, equal) != inputs.end()) return fail(fault, "an input twice");
  if (std::ranges::any_of(inputs, is_null)) return fail(fault, "an input that spends nothing");
  return {};
}

Result<> check_outputs(const Tx& tx, Fault fault) {
  u64 sum = 0;
  for (const u64 value : tx.values) {
    if (value > max_money || sum + value > max_money) return fail(fault, "value of outputs");
    sum += value;
  }
  return {};
}

bool is_final(const Tx& tx, u32 height, i64 time) {
  if (tx.lock_time == 0 || tx.ignores_lock) return true;
  return i64{tx.lock_time} < (tx.lock_time < lock_threshold ? i64{height} : time);
}

SequenceLocks sequence_locks(const Tx& tx, std::span<const Coin> spent, std::span<const i64> times) {
  check(spent.size() == tx.inputs.size() && times.size() == spent.size(), "a coin and a time for each input");
  SequenceLocks out;
  if (tx.version < 2) return out;
  for (std::size_t i = 0; i < spent.size(); ++i) {
    const u32 sequence = tx.sequences[i];
    if ((sequence & no_lock) != 0) continue;
    const i64 units = sequence & lock_mask;
    if ((sequence & counts_time) != 0)
      out.time = std::max(out.time, times[i] + (units << time_unit_bits) - 1);
    else
      out.height = std::max(out.height, i64{spent[i].height} + units - 1);
  }
  return out;
}

}  // namespace kith::ledger::bitcoin
