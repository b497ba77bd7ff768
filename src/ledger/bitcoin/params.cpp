// The networks that kith knows by itself.
#include "ledger/bitcoin/params.hpp"

#include "base/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// The one transaction of every genesis block, with the headline of The Times of 2009-01-03.
constexpr std::string_view genesis_coinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65"
    "732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062"
    "616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4c"
    "ef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

Buffer genesis_block(u32 time, u32 bits, u32 nonce) {
  const auto coinbase = from_hex(genesis_coinbase);
  check(coinbase.has_value(), "a genesis coinbase that is no hex");
  const Hash root = crypto::sha256d(*coinbase);
  Buffer block = encode({.version = 1, .merkle_root = root, .time = time, .bits = bits, .nonce = nonce});
  block.push_back(1);
  append(block, *coinbase);
  return block;
}

}  // namespace

const Params& mainnet() {
  static const Params params{.name = "mainnet",
                             .magic = 0xd9b4bef9,
                             .genesis_block = genesis_block(1231006505, 0x1d00ffff, 2083236893),
                             .limit_bits = 0x1d00ffff,
                             .retargets = true,
                             .bip34_height = 227931,
                             .bip65_height = 388381,
                             .bip66_height = 363725,
                             .bip113_height = 419328,
                             .segwit_height = 481824};
  return params;
}

const Params& regtest() {
  static const Params params{.name = "regtest",
                             .magic = 0xdab5bffa,
                             .genesis_block = genesis_block(1296688602, 0x207fffff, 2),
                             .limit_bits = 0x207fffff,
                             .retargets = false,
                             .bip34_height = 1,
                             .bip65_height = 1,
                             .bip66_height = 1,
                             .bip113_height = 1,
                             .segwit_height = 0};
  return params;
}

}  // namespace kith::ledger::bitcoin
