// Wallet: signed transactions that spend what one key may spend, for devnets and tests. It knows its coins by what it
// was told, and keeps nothing.
// spec: BIP 143 | what the signature of a witness program signs, for one input | Wallet.signs_what_its_script_lets_it_spend
#pragma once

#include <deque>

#include "crypto/ecdsa.hpp"
#include "ledger/bitcoin/coin.hpp"

namespace kith::ledger::bitcoin {

/// Most outputs of one payment.
inline constexpr std::size_t max_payments = 1000;

class Wallet {
 public:
  explicit Wallet(const crypto::Secret<32>& secret);

  /// What locks its coins: the hash of `<key> OP_CHECKSIG` as a witness program (P2WSH, BIP 141).
  const Buffer& script() const { return script_; }
  /// The output at `at`, locked by script(), may be spent.
  void take(const Outpoint& at, u64 value) { coins_.emplace_back(at, value); }
  std::size_t size() const { return coins_.size(); }

  /// Spends its oldest coin to `outputs` new ones of its own, all alike, and pays `fee` satoshi or a little more; the
  /// new ones are its youngest. Nothing if it has no coin, or that is worth too little.
  std::optional<Buffer> pay(u64 fee, std::size_t outputs = 1);

 private:
  crypto::EcdsaKey key_;
  /// What script() is the hash of.
  Buffer witness_script_;
  Buffer script_;
  std::deque<std::pair<Outpoint, u64>> coins_;
};

}  // namespace kith::ledger::bitcoin
