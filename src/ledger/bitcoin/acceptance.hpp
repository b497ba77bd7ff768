// Acceptance: what becomes of a transaction that is offered to a pool, as values; and the checks that need no pool.
#pragma once

#include <functional>

#include "ledger/bitcoin/fee_rate.hpp"
#include "ledger/bitcoin/unspent.hpp"
#include "model/body.hpp"

namespace kith::ledger::bitcoin {

/// Limits beyond those of a block, as Bitcoin Core has them (policy.h): weight, bytes without witnesses, and the
/// cost of signature operations of one transaction; and the weight that such an operation counts for at least.
inline constexpr std::size_t max_tx_weight = 400'000;
inline constexpr std::size_t min_tx_size = 65;
inline constexpr u32 max_tx_sigops = 16'000;
inline constexpr u64 weight_per_sigop = 20;

struct Refusal {
  enum class Kind : u8 {
    /// It is there already, or in the chain.
    known,
    /// It spends outputs of transactions that nobody knows: an orphan, which the caller keeps.
    orphan,
    /// No chain will ever take it.
    never,
    /// The rules allow it, but not yet, or not in this pool.
    not_now,
    /// It pays too little by itself; with a child that pays for both it may do.
    low_fee,
  };
  Kind kind;
  Error error;
  /// The witness id of the transaction that is meant, for a package has two.
  Hash witness_id{};
  /// Of an orphan: the ids of the transactions that it misses, each once.
  std::vector<Hash> missing = {};
};

/// Bad for ever, or only refused here.
Refusal refuse(Refusal::Kind kind, const Tx& tx, const char* what);

/// A transaction that keeps all rules, perhaps but for its scripts.
struct Entrant {
  Body body;
  /// Views into the body.
  Tx tx;
  /// In the order of its inputs.
  std::vector<Coin> spent = {};
  /// In satoshi.
  u64 fee = 0;
  /// In virtual bytes, many signature operations included; see FeeRate.
  u64 size = 0;
  u32 sigops = 0;
  /// Those whose outputs it spends and that are in no block.
  std::vector<Hash> parents = {};

  FeeRate rate() const { return {fee, size}; }
};

/// What a pool is ready to add when the scripts are good: one transaction, or a parent and the child that pays for it.
/// It may be handed to another thread.
struct Candidate {
  std::vector<Entrant> txs;
};

/// Whether the scripts of a transaction (in the form of BIP 144) may spend `spent`; see kernel::check_scripts.
using CheckScripts = std::function<Result<>(Bytes tx, std::span<const Coin> spent)>;

/// The last and dearest of the checks. It needs neither pool nor chain, so any thread may do it.
std::optional<Refusal> check_scripts(const Candidate& candidate, const CheckScripts& check);

/// Reads a transaction and checks its form and size, as far as no coin is needed.
std::expected<Entrant, Refusal> read_entrant(Body body);
/// Checks maturity, locks and sums, and sets fee, size and sigops. `entrant.spent` are its coins; those that no block
/// made yet have the height above the tip.
std::optional<Refusal> check_spending(Entrant& entrant, const Unspent& view);

}  // namespace kith::ledger::bitcoin
