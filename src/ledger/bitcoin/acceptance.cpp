// The checks in the order of their cost.
#include "ledger/bitcoin/acceptance.hpp"

#include "ledger/bitcoin/sigops.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::ledger::bitcoin {
namespace {

using Kind = Refusal::Kind;

bool locks_passed(const Entrant& entrant, const Unspent& view) {
  const u32 next = view.height() + 1;
  const i64 time = view.median_time(view.height());
  std::vector<i64> times;
  for (const auto& coin : entrant.spent) times.push_back(view.median_time(std::max(coin.height, u32{1}) - 1));
  const auto locks = sequence_locks(entrant.tx, entrant.spent, times);
  return is_final(entrant.tx, next, time) && locks.height < i64{next} && locks.time < time;
}

}  // namespace

Refusal refuse(Kind kind, const Tx& tx, const char* what) {
  return {kind, {kind == Kind::never ? Fault::bad_item : Fault::refused, what}, tx.witness_id};
}

std::optional<Refusal> check_scripts(const Candidate& candidate, const CheckScripts& check) {
  for (const auto& entrant : candidate.txs)
    if (const auto good = check(entrant.body.bytes(), entrant.spent); !good)
      return Refusal{Kind::never, good.error(), entrant.tx.witness_id};
  return std::nullopt;
}

std::expected<Entrant, Refusal> read_entrant(Body body) {
  Reader in(body.bytes());
  Entrant out{.body = std::move(body), .tx = read_tx(in)};
  const auto& tx = out.tx;
  if (!in.complete()) return std::unexpected(Refusal{Kind::never, {Fault::malformed, "transaction"}});
  if (tx.is_coinbase()) return std::unexpected(refuse(Kind::never, tx, "coinbase"));
  if (tx.weight() > max_weight) return std::unexpected(refuse(Kind::never, tx, "weight of a block"));
  for (const auto& good : {check_inputs(tx, Fault::bad_item), check_outputs(tx, Fault::bad_item)})
    if (!good) return std::unexpected(Refusal{Kind::never, good.error(), tx.witness_id});
  if (tx.weight() > max_tx_weight) return std::unexpected(refuse(Kind::not_now, tx, "weight"));
  if (tx.stripped_size < min_tx_size) return std::unexpected(refuse(Kind::not_now, tx, "too small"));
  return out;
}

std::optional<Refusal> check_spending(Entrant& entrant, const Unspent& view) {
  const auto& tx = entrant.tx;
  u64 worth = 0;
  for (const auto& coin : entrant.spent) {
    if (coin.coinbase && view.height() + 1 < coin.height + coinbase_maturity)
      return refuse(Kind::not_now, tx, "spends a young coinbase");
    worth += coin.value;
    if (coin.value > max_money || worth > max_money) return refuse(Kind::never, tx, "value of inputs");
  }
  u64 paid = 0;
  for (const u64 value : tx.values) paid += value;
  if (paid > worth) return refuse(Kind::never, tx, "spends more than it has");
  if (!locks_passed(entrant, view)) return refuse(Kind::not_now, tx, "locked");
  entrant.sigops = sigop_cost(tx, entrant.spent);
  if (entrant.sigops > max_tx_sigops) return refuse(Kind::not_now, tx, "signature operations");
  if (hashed_bytes(tx, entrant.spent) > max_hashed_bytes) return refuse(Kind::not_now, tx, "hashing for signatures");
  entrant.fee = worth - paid;
  entrant.size = (std::max(u64{tx.weight()}, entrant.sigops * weight_per_sigop) + 3) / 4;
  return std::nullopt;
}

}  // namespace kith::ledger::bitcoin
