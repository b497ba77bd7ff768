// Handles: what libbitcoinkernel gives out, owned as C++ owns things. Only the sources of this folder include it.
#pragma once

#include <memory>

#include <bitcoinkernel.h>

#include "base/bytes.hpp"

namespace kith::kernel {

template <auto destroy>
struct Destroys {
  template <typename T>
  void operator()(T* what) const {
    destroy(what);
  }
};
template <typename T, auto destroy>
using Owned = std::unique_ptr<T, Destroys<destroy>>;

using OwnedTx = Owned<btck_Transaction, btck_transaction_destroy>;
using OwnedScript = Owned<btck_ScriptPubkey, btck_script_pubkey_destroy>;
using OwnedOutput = Owned<btck_TransactionOutput, btck_transaction_output_destroy>;
using OwnedTxData = Owned<btck_PrecomputedTransactionData, btck_precomputed_transaction_data_destroy>;
using OwnedTxState = Owned<btck_TxValidationState, btck_tx_validation_state_destroy>;
using OwnedBlock = Owned<btck_Block, btck_block_destroy>;
using OwnedHash = Owned<btck_BlockHash, btck_block_hash_destroy>;
using OwnedHeader = Owned<btck_BlockHeader, btck_block_header_destroy>;
using OwnedContext = Owned<btck_Context, btck_context_destroy>;
using OwnedManager = Owned<btck_ChainstateManager, btck_chainstate_manager_destroy>;

/// A btck_WriteBytes that counts: `to` is a std::size_t.
inline int count_bytes(const void*, std::size_t size, void* to) {
  *static_cast<std::size_t*>(to) += size;
  return 0;
}
/// A btck_WriteBytes that collects: `to` is a Buffer.
inline int collect_bytes(const void* bytes, std::size_t size, void* to) {
  append(*static_cast<Buffer*>(to), {static_cast<const u8*>(bytes), size});
  return 0;
}

}  // namespace kith::kernel
