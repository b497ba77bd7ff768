// Scripts: whether one transaction may spend the outputs that it spends, for those who have these at hand.
#pragma once

#include <span>

#include "ledger/bitcoin/coin.hpp"

namespace kith::kernel {

/// Largest transaction that is looked at, in bytes: a block holds no larger one.
inline constexpr std::size_t max_tx = 4'000'000;

/// Runs the scripts of all inputs of `tx` (in the form of BIP 144) with the rules of today, against the outputs that
/// they spend, in their order; and checks that it spends no more than these are worth. Whether the outputs exist, are
/// mature, and the lock time has come is not looked at. May be called by several threads at once. Fails with malformed
/// or bad_item.
Result<> check_scripts(Bytes tx, std::span<const ledger::bitcoin::Coin> spent);

}  // namespace kith::kernel
