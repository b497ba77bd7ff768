// A node that takes any number of handshakes a second, which the program does not: bench measures what one costs.
#pragma once

#include "ledger/bitcoin/params.hpp"

namespace kith::bench {

/// Prints its port and runs until SIGTERM.
void serve(const ledger::bitcoin::Params& params);

}  // namespace kith::bench
