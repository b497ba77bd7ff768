// Transactions: the self-proving kind of Bitcoin's transactions, for a node that knows a list of coins.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "core/kind.hpp"
#include "ledger/bitcoin/coins.hpp"

namespace kith::app {

/// The name of the kind.
inline constexpr const char* transactions_kind = "tx";
/// Largest transaction that is passed on, in bytes: a block without witnesses holds no larger one.
inline constexpr u32 max_transaction = 1'000'000;

/// What can be said of a transaction before anything is looked up. Fails with malformed. A coinbase is none.
Result<core::Examined> examine_transaction(Bytes bytes, Utc);

/// An item is a transaction in the form of BIP 144; its hash is the first 20 bytes of its witness id, so one id is one
/// sequence of bytes. It is good if it spends coins of the list only, no more than they are worth, and by scripts that
/// allow it. One that spends other coins is ignored. Fails with a sentence for the operator where this build cannot
/// check scripts.
std::expected<core::Kind, std::string> transactions(std::shared_ptr<const ledger::bitcoin::Coins> coins);

}  // namespace kith::app
