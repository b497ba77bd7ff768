// Params: what tells one Bitcoin network from another.
// spec: BIP 94 | the rules of testnet4 | Networks.are_known_by_the_names_of_their_first_blocks
// spec: BIP 325 | the default signet; signatures of its blocks by libbitcoinkernel | Networks.are_known_by_the_names_of_their_first_blocks
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace kith::ledger::bitcoin {

/// Facts of Bitcoin Core's src/kernel/chainparams.cpp. Heights are those from which a rule binds.
struct Params {
  std::string_view name;
  /// First four bytes of a message or record, read little-endian.
  u32 magic = 0;
  Buffer genesis_block;
  /// The easiest target, in the compact form of a header.
  u32 limit_bits = 0;
  /// Whether the difficulty changes every 2016 blocks.
  bool retargets = true;
  /// A block dated more than 20 minutes after its parent carries the easiest target, and the next returns to what it
  /// was: test networks live through the days on which nobody mines.
  bool eases = false;
  /// A change of difficulty starts from the interval's first block, and an interval begins at most ten minutes before
  /// its predecessor's end (BIP 94).
  bool bip94 = false;
  /// What a block pays halves every so many blocks.
  u32 halving_interval = 210'000;
  /// The coinbase begins with the height (BIP 34); versions below 2 are refused.
  u32 bip34_height = 0;
  /// Versions below 4 are refused (BIP 65).
  u32 bip65_height = 0;
  /// Versions below 3 are refused (BIP 66).
  u32 bip66_height = 0;
  /// Lock times are measured against the median time past (BIP 113).
  u32 bip113_height = 0;
  /// Blocks may carry witnesses (BIP 141).
  u32 segwit_height = 0;
  /// Heights at which the chains of those who follow and of those who do not part. The changes above are long past and
  /// everybody's, so they tell nobody from anybody: no network has one today.
  std::vector<u32> forks = {};
};

const Params& mainnet();
/// BIP 94.
const Params& testnet4();
/// The default one (BIP 325). That its blocks are signed is not looked at here: libbitcoinkernel does that.
const Params& signet();
const Params& regtest();
/// Of btcd, chaincfg/params.go. Its changes of rules bind from the start here, which no block of btcd's contradicts.
const Params& simnet();

}  // namespace kith::ledger::bitcoin
