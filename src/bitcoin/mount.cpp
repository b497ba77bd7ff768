// A new protocol is one line here.
#include "bitcoin/mount.hpp"

#include "bitcoin/addresses.hpp"
#include "bitcoin/inventory.hpp"
#include "bitcoin/ping.hpp"

namespace kith::bitcoin {

std::vector<std::unique_ptr<core::Protocol>> protocols(const Pace& pace, const PoolView& pool) {
  std::vector<std::unique_ptr<core::Protocol>> out;
  out.push_back(std::make_unique<Ping>(pace.ping));
  out.push_back(std::make_unique<Addresses>());
  out.push_back(std::make_unique<Inventory>(pace.trickle, pool));
  return out;
}

}  // namespace kith::bitcoin
