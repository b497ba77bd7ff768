// Coins: outputs that transactions may spend, as a list that somebody wrote down.
#pragma once

#include <map>
#include <string_view>

#include "base/error.hpp"
#include "ledger/bitcoin/coin.hpp"

namespace kith::ledger::bitcoin {

/// Most coins of a list.
inline constexpr std::size_t max_coins = 1'000'000;

class Coins {
 public:
  /// One coin a line: `TXID:OUTPUT VALUE SCRIPT`, the id as explorers show it, the script in hexadecimal or `-` where
  /// it is empty. Fails with bad_config.
  static Result<Coins> parse(std::string_view text);

  void add(const Outpoint& at, Coin coin) { coins_.insert_or_assign(at, std::move(coin)); }
  const Coin* find(Bytes outpoint) const;
  std::size_t size() const { return coins_.size(); }
  /// As parse() reads it.
  std::string to_text() const;

 private:
  std::map<Outpoint, Coin> coins_;
};

}  // namespace kith::ledger::bitcoin
