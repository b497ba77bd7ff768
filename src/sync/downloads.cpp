// The books of Downloads: by ask, by block and by peer, always in step.
#include "sync/downloads.hpp"

#include "base/check.hpp"

namespace kith::sync {

void Downloads::start(const Flight& flight) {
  check(asks_.emplace(flight.id, flight.ask).second, "a block in flight twice");
  flights_.emplace(flight.ask, flight);
  ++loads_[flight.peer];
}

std::optional<Flight> Downloads::stop(const Hash& id) {
  const auto at = asks_.find(id);
  if (at == asks_.end()) return std::nullopt;
  const Flight flight = flights_.at(at->second);
  flights_.erase(at->second);
  asks_.erase(at);
  if (--loads_[flight.peer] == 0) loads_.erase(flight.peer);
  return flight;
}

void Downloads::gone(Peer peer) {
  for (auto at = flights_.begin(); at != flights_.end();) {
    const Flight flight = (at++)->second;
    if (flight.peer == peer) stop(flight.id);
  }
}

const Flight* Downloads::find(const Hash& id) const {
  const auto at = asks_.find(id);
  return at == asks_.end() ? nullptr : &flights_.at(at->second);
}

const Flight* Downloads::find(Peer peer, u64 ask) const {
  const auto at = flights_.find(ask);
  return at == flights_.end() || at->second.peer != peer ? nullptr : &at->second;
}

const Flight* Downloads::oldest() const { return flights_.empty() ? nullptr : &flights_.begin()->second; }

std::size_t Downloads::load(Peer peer) const {
  const auto at = loads_.find(peer);
  return at == loads_.end() ? 0 : at->second;
}

}  // namespace kith::sync
