// A new sub-protocol is one line here.
#include "lean/mount.hpp"

#include "lean/addresses.hpp"
#include "lean/gossip.hpp"
#include "lean/ping.hpp"
#include "lean/sync.hpp"

namespace kith::lean {

std::vector<std::unique_ptr<core::Protocol>> protocols(const Pace& pace, bool with_ledger) {
  std::vector<std::unique_ptr<core::Protocol>> out;
  out.push_back(std::make_unique<Ping>(pace.ping));
  out.push_back(std::make_unique<Addresses>(pace.addresses));
  out.push_back(std::make_unique<Gossip>());
  if (with_ledger) out.push_back(std::make_unique<Sync>());
  return out;
}

}  // namespace kith::lean
