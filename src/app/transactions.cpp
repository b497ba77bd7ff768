// What the kernel says of a transaction, as a verdict.
#include "app/transactions.hpp"

#include "base/reader.hpp"
#include "ledger/bitcoin/sigops.hpp"
#include "ledger/bitcoin/tx.hpp"

#ifdef KITH_KERNEL
#include "kernel/scripts.hpp"
#endif

namespace kith::app {

namespace {

namespace bitcoin = ledger::bitcoin;

std::optional<bitcoin::Tx> read_whole(Bytes bytes) {
  Reader in(bytes);
  auto tx = bitcoin::read_tx(in);
  if (!in.complete() || tx.is_coinbase()) return std::nullopt;
  return tx;
}

}  // namespace

Result<core::Examined> examine_transaction(Bytes bytes, Utc) {
  const auto tx = read_whole(bytes);
  if (!tx) return fail(Fault::malformed, "transaction");
  return core::Examined{take_array<20>(tx->witness_id), std::nullopt};
}

#ifdef KITH_KERNEL
namespace {

Verdict judge(const bitcoin::Coins& coins, Bytes bytes) {
  const auto tx = read_whole(bytes);
  if (!tx) return Verdict::reject;
  std::vector<bitcoin::Coin> spent;
  for (const Bytes input : tx->inputs) {
    const auto* coin = coins.find(input);
    // It may spend what another list has: neither good nor bad.
    if (!coin) return Verdict::ignore;
    spent.push_back(*coin);
  }
  if (bitcoin::hashed_bytes(*tx, spent) > bitcoin::max_hashed_bytes) return Verdict::ignore;
  return kernel::check_scripts(bytes, spent) ? Verdict::accept : Verdict::reject;
}

}  // namespace

std::expected<core::Kind, std::string> transactions(std::shared_ptr<const bitcoin::Coins> coins) {
  core::Kind out{transactions_kind, max_transaction, Priority::item, examine_transaction,
                 [coins = std::move(coins)](Bytes bytes) { return judge(*coins, bytes); }};
  out.proves_itself = true;
  return out;
}
#else
std::expected<core::Kind, std::string> transactions(std::shared_ptr<const ledger::bitcoin::Coins>) {
  return std::unexpected(
      "transactions cannot be checked: this build has no libbitcoinkernel; build with -DKITH_KERNEL=ON");
}
#endif

}  // namespace kith::app
