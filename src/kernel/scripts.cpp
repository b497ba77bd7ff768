// Each check in the order of its cost.
#include "kernel/scripts.hpp"

#include <vector>

#include "kernel/handles.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::kernel {
namespace {

using ledger::bitcoin::Coin;
using ledger::bitcoin::max_money;

/// The transaction that is `bytes` and nothing else; the library would pass over what follows it.
OwnedTx read_tx(Bytes bytes) {
  if (bytes.empty() || bytes.size() > max_tx) return nullptr;
  OwnedTx tx(btck_transaction_create(bytes.data(), bytes.size()));
  std::size_t size = 0;
  if (!tx || btck_transaction_to_bytes(tx.get(), count_bytes, &size) != 0 || size != bytes.size()) return nullptr;
  return tx;
}

Result<> check_sums(const btck_Transaction& tx, std::span<const Coin> spent) {
  u64 worth = 0;
  for (const auto& output : spent) {
    if (output.value > max_money || worth + output.value > max_money) return fail(Fault::bad_item, "value of inputs");
    worth += output.value;
  }
  // That the sum of the outputs is at most max_money was checked with the transaction's form.
  u64 sum = 0;
  for (std::size_t i = 0; i < btck_transaction_count_outputs(&tx); ++i)
    sum += static_cast<u64>(btck_transaction_output_get_amount(btck_transaction_get_output_at(&tx, i)));
  if (sum > worth) return fail(Fault::bad_item, "spends more than it has");
  return {};
}

}  // namespace

Result<> check_scripts(Bytes bytes, std::span<const Coin> spent) {
  const auto tx = read_tx(bytes);
  if (!tx) return fail(Fault::malformed, "transaction");
  const OwnedTxState state(btck_tx_validation_state_create());
  if (btck_transaction_check(tx.get(), state.get()) == 0) return fail(Fault::bad_item, "transaction's form");
  if (btck_transaction_count_inputs(tx.get()) != spent.size()) return fail(Fault::bad_item, "number of inputs");
  if (const auto good = check_sums(*tx, spent); !good) return good;

  std::vector<OwnedOutput> outputs;
  std::vector<const btck_TransactionOutput*> views;
  for (const auto& output : spent) {
    const OwnedScript script(btck_script_pubkey_create(output.script.data(), output.script.size()));
    outputs.emplace_back(btck_transaction_output_create(script.get(), static_cast<i64>(output.value)));
    views.push_back(outputs.back().get());
  }
  const OwnedTxData data(btck_precomputed_transaction_data_create(tx.get(), views.data(), views.size()));
  for (std::size_t i = 0; i < views.size(); ++i) {
    const int valid = btck_script_pubkey_verify(btck_transaction_output_get_script_pubkey(views[i]),
                                                btck_transaction_output_get_amount(views[i]), tx.get(), data.get(),
                                                static_cast<unsigned>(i), btck_ScriptVerificationFlags_ALL, nullptr);
    if (valid != 1) return fail(Fault::bad_item, "script");
  }
  return {};
}

}  // namespace kith::kernel
