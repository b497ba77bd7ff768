// Maker: puts blocks together, and finds their proof of work where that is easy: for tests, simulations and devnets.
#pragma once

#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/params.hpp"
#include "model/body.hpp"

namespace kith::ledger::bitcoin {

/// Most bytes by which a block is made larger.
inline constexpr std::size_t max_payload = 999'000;
/// The version that signals nothing (BIP 9).
inline constexpr i32 quiet_version = 0x20000000;

/// A block but for its Merkle root and proof of work.
struct Draft {
  Header header;
  u32 height = 0;
  /// Told apart from others of the same height; also a second nonce.
  u64 tag = 0;
  /// What the coinbase pays, in satoshi, and to whom.
  u64 value = 0;
  Buffer script;
  /// Whether the coinbase commits to the witnesses (BIP 141).
  bool commits = false;
  /// Transactions behind the coinbase, parents before their children.
  std::vector<Body> txs;
};

/// Looks for the proof of work of one draft.
class Miner {
 public:
  /// `params` outlives it.
  Miner(const Params& params, Draft draft);

  /// The block, once one of the next `tries` nonces proves its work. The header's own nonce is the first; behind the
  /// last the tag is another.
  std::optional<Buffer> mine(u32 tries);

 private:
  void make_coinbase();

  const Params* params_;
  Draft draft_;
  /// The coinbase without its witness, and with it if it has one.
  Buffer coinbase_;
  Buffer coinbase_sent_;
  /// Of the draft's transactions; the first place is the coinbase's.
  std::vector<Hash> ids_;
  std::optional<Hash> commitment_;
};

/// What a block at `height` may pay besides its fees, in satoshi.
u64 subsidy(const Params& params, u32 height);

/// A block of one coinbase at `height` on `parent`, dated `time` (seconds since 1970). `tag` tells siblings apart and
/// `payload` bytes make it larger. Tries nonces until the easiest target is met: two, on regtest.
Buffer make_block(const Params& params, const Hash& parent, u32 height, i64 time, u64 tag = 0, std::size_t payload = 0);

}  // namespace kith::ledger::bitcoin
