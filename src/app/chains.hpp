// Chains: the networks of Bitcoin's kind that a node can be told to follow, by the words that operators say.
#pragma once

#include "app/options.hpp"
#include "ledger/bitcoin/params.hpp"

namespace kith::app {

/// Null for none.
const ledger::bitcoin::Params* params_of(ChainName chain);
/// The port on which peers of this chain's network listen; 0 for none.
u16 port_of(ChainName chain);
/// Where its network keeps addresses; none for networks of one's own.
std::vector<Endpoint> seeds_of(ChainName chain);

}  // namespace kith::app
