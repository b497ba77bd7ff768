// The chain that servers are asked about.
#pragma once

#include <cstddef>
#include <iosfwd>

#include "ledger/bitcoin/params.hpp"

namespace kith::bench {

/// Writes genesis and `blocks` empty blocks, the last of them dated now, as Bitcoin Core and btcd keep and import them.
void write_chain(const ledger::bitcoin::Params& params, std::size_t blocks, std::ostream& out);

}  // namespace kith::bench
