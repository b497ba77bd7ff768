// One row a network.
#include "app/chains.hpp"

#include <array>
#include <span>

#include "bitcoin/dialect.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;

// Seeds of Bitcoin Core, kernel/chainparams.cpp: names whose owners keep addresses of nodes behind them; and
// some of the addresses in its contrib/seeds.
constexpr std::array mainnet_seeds{
    "seed.bitcoin.sipa.be",      "dnsseed.bluematt.me", "seed.bitcoin.jonasschnelli.ch", "seed.btc.petertodd.net",
    "seed.bitcoin.sprovoost.nl", "dnsseed.emzy.de",     "seed.bitcoin.wiz.biz",          "seed.mainnet.achownodes.xyz"};
constexpr std::array testnet4_seeds{"seed.testnet4.bitcoin.sprovoost.nl",
                                    "seed.testnet4.wiz.biz",
                                    "2.59.134.244",
                                    "45.41.204.8",
                                    "65.108.143.22",
                                    "103.99.169.203",
                                    "158.220.90.103",
                                    "193.30.123.70"};
constexpr std::array signet_seeds{"seed.signet.bitcoin.sprovoost.nl", "seed.signet.achownodes.xyz"};

struct Row {
  ChainName name;
  const bitcoin::Params& (*params)();
  /// Bitcoin Core, kernel/chainparams.cpp; of simnet btcd, chaincfg/params.go.
  u16 port;
  std::span<const char* const> seeds = {};
};
constexpr std::array rows{
    Row{ChainName::regtest, bitcoin::regtest, 18444}, Row{ChainName::mainnet, bitcoin::mainnet, 8333, mainnet_seeds},
    Row{ChainName::testnet4, bitcoin::testnet4, 48333, testnet4_seeds},
    Row{ChainName::signet, bitcoin::signet, 38333, signet_seeds}, Row{ChainName::simnet, bitcoin::simnet, 18555}};

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

std::vector<Endpoint> seeds_of(ChainName chain) {
  std::vector<Endpoint> out;
  const auto* row = find(chain);
  for (const char* seed : row ? row->seeds : std::span<const char* const>{}) {
    const auto ip = parse_ip(seed);
    out.push_back({.dns = ip ? "" : seed,
                   .family = 0,
                   .address = {ip.value_or(Ip{}), row->port, std::string(kith::bitcoin::wire_word), {}}});
  }
  return out;
}

}  // namespace kith::app
