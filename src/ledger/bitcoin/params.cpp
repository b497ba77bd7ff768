// The networks that kith knows by itself.
#include "ledger/bitcoin/params.hpp"

#include "base/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// The coinbase of most genesis blocks, with the headline of The Times of 2009-01-03.
constexpr std::string_view times_coinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65"
    "732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062"
    "616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4c"
    "ef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";
/// That of testnet4, with the id of a mainnet block of 2024-05-03, paid to a key of zeros.
constexpr std::string_view testnet4_coinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff5504ffff001d01044c4c30332f4d6179"
    "2f3230323420303030303030303030303030303030303030303031656264353863323434393730623361613964373833626230303130313166"
    "62"
    "653865613865393865303065ffffffff0100f2052a010000002321000000000000000000000000000000000000000000000000000000000000"
    "000000ac00000000";

struct Genesis {
  u32 time = 0;
  u32 bits = 0;
  u32 nonce = 0;
  std::string_view coinbase = times_coinbase;
};

Buffer genesis_block(const Genesis& genesis) {
  const auto coinbase = from_hex(genesis.coinbase);
  check(coinbase.has_value(), "a genesis coinbase that is no hex");
  const Hash root = crypto::sha256d(*coinbase);
  Buffer block =
      encode({.version = 1, .merkle_root = root, .time = genesis.time, .bits = genesis.bits, .nonce = genesis.nonce});
  block.push_back(1);
  append(block, *coinbase);
  return block;
}

/// A network whose rules are those of today from its first block on.
Params modern(std::string_view name, u32 magic, const Genesis& genesis) {
  return {.name = name,
          .magic = magic,
          .genesis_block = genesis_block(genesis),
          .limit_bits = genesis.bits,
          .bip34_height = 1,
          .bip65_height = 1,
          .bip66_height = 1,
          .bip113_height = 1,
          .segwit_height = 1};
}

}  // namespace

const Params& mainnet() {
  static const Params params{.name = "mainnet",
                             .magic = 0xd9b4bef9,
                             .genesis_block = genesis_block({1231006505, 0x1d00ffff, 2083236893}),
                             .limit_bits = 0x1d00ffff,
                             .retargets = true,
                             .bip34_height = 227931,
                             .bip65_height = 388381,
                             .bip66_height = 363725,
                             .bip113_height = 419328,
                             .segwit_height = 481824};
  return params;
}

const Params& testnet4() {
  static const Params params = [] {
    auto out = modern("testnet4", 0x283f161c, {1714777860, 0x1d00ffff, 393743547, testnet4_coinbase});
    out.eases = out.bip94 = true;
    return out;
  }();
  return params;
}

const Params& signet() {
  static const Params params = modern("signet", 0x40cf030a, {1598918400, 0x1e0377ae, 52613770});
  return params;
}

const Params& simnet() {
  static const Params params = [] {
    auto out = modern("simnet", 0x12141c16, {1401292357, 0x207fffff, 2});
    out.eases = true;
    return out;
  }();
  return params;
}

const Params& regtest() {
  static const Params params{.name = "regtest",
                             .magic = 0xdab5bffa,
                             .genesis_block = genesis_block({1296688602, 0x207fffff, 2}),
                             .limit_bits = 0x207fffff,
                             .retargets = false,
                             .halving_interval = 150,
                             .bip34_height = 1,
                             .bip65_height = 1,
                             .bip66_height = 1,
                             .bip113_height = 1,
                             .segwit_height = 0};
  return params;
}

}  // namespace kith::ledger::bitcoin
