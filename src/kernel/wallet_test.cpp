// What a wallet signs, as libbitcoinkernel sees it.
#include "ledger/bitcoin/wallet.hpp"

#include <gtest/gtest.h>

#include "base/reader.hpp"
#include "kernel/scripts.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::kernel {
namespace {

namespace bitcoin = ledger::bitcoin;

crypto::Secret<32> secret(u8 byte) {
  std::array<u8, 32> bytes{};
  bytes.fill(byte);
  return crypto::Secret<32>(bytes);
}

TEST(Wallet, signs_what_its_script_lets_it_spend) {
  bitcoin::Wallet wallet(secret(3));
  wallet.take(bitcoin::outpoint(Hash{1}, 5), 1'000'000);
  bitcoin::Coin coin{1'000'000, wallet.script()};
  for (int i = 0; i < 20; ++i) {
    const auto tx = wallet.pay(1000);
    ASSERT_TRUE(tx);
    const auto good = check_scripts(*tx, std::span(&coin, 1));
    ASSERT_TRUE(good) << good.error().what;
    Reader in(*tx);
    coin.value = bitcoin::read_tx(in).values.at(0);
  }
}

TEST(Wallet, another_key_does_not_open_it) {
  bitcoin::Wallet wallet(secret(3));
  wallet.take(bitcoin::outpoint(Hash{1}, 5), 1'000'000);
  const bitcoin::Coin coin{1'000'000, bitcoin::Wallet(secret(4)).script()};
  const auto tx = wallet.pay(1000);
  ASSERT_TRUE(tx);
  EXPECT_FALSE(check_scripts(*tx, std::span(&coin, 1)));
}

TEST(Wallet, splits_a_coin_and_spends_the_oldest_first) {
  bitcoin::Wallet wallet(secret(3));
  EXPECT_FALSE(wallet.pay(1000));
  wallet.take(bitcoin::outpoint(Hash{1}, 0), 1'000'000);
  wallet.take(bitcoin::outpoint(Hash{2}, 0), 400);
  const auto split = wallet.pay(1000, 9);
  ASSERT_TRUE(split);
  EXPECT_EQ(wallet.size(), 10u);
  // The next one is worth too little to be spent.
  EXPECT_FALSE(wallet.pay(1000));
}

}  // namespace
}  // namespace kith::kernel
