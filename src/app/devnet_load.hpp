// Devnet load: what a heavy devnet is loaded with, read from files of real data.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "ledger/bitcoin/coins.hpp"
#include "ledger/chain.hpp"
#include "model/item.hpp"

namespace kith::app {

/// A transaction, and the same with one bit turned over so that it is none any more.
struct LoadTx {
  Buffer tx;
  ItemHash hash{};
  Buffer flipped;
  ItemHash flipped_hash{};
};

struct Load {
  /// The parent of the first block, as far as that one tells of it.
  ledger::Anchor anchor;
  std::vector<Buffer> blocks;
  std::vector<LoadTx> txs;
  /// What the transactions spend.
  ledger::bitcoin::Coins coins;
};

/// Fails with a sentence for the operator. `rng` chooses the bits.
std::expected<Load, std::string> read_load(const std::string& blocks, const std::string& transactions,
                                           const std::string& spent, Rng& rng);

}  // namespace kith::app
