// Strip: blocks and transactions without their witnesses, for peers from before BIP 144.
#pragma once

#include "model/body.hpp"

namespace kith::ledger::bitcoin {

/// `tx` is one that read_tx() takes. The same body if it has no witness.
Body stripped_tx(const Body& tx);
/// `block` is one that was accepted. The same body if none of its transactions has a witness.
Body stripped_block(const Body& block);

}  // namespace kith::ledger::bitcoin
