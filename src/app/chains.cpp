// One row a network.
#include "app/chains.hpp"

#include <array>

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;

struct Row {
  ChainName name;
  const bitcoin::Params& (*params)();
  /// Bitcoin Core, kernel/chainparams.cpp; of simnet btcd, chaincfg/params.go.
  u16 port;
};
constexpr std::array rows{
    Row{ChainName::regtest, bitcoin::regtest, 18444}, Row{ChainName::mainnet, bitcoin::mainnet, 8333},
    Row{ChainName::testnet4, bitcoin::testnet4, 48333}, Row{ChainName::signet, bitcoin::signet, 38333},
    Row{ChainName::simnet, bitcoin::simnet, 18555}};

const Row* find(ChainName chain) {
  const auto at = std::ranges::find(rows, chain, &Row::name);
  return at == rows.end() ? nullptr : &*at;
}

}  // namespace

const bitcoin::Params* params_of(ChainName chain) {
  const auto* row = find(chain);
  return row ? &row->params() : nullptr;
}

u16 port_of(ChainName chain) {
  const auto* row = find(chain);
  return row ? row->port : u16{0};
}

}  // namespace kith::app
