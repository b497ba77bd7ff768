// Downloads: which block is in flight at which peer. A block has one outstanding ask at most.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "model/ask.hpp"

namespace kith::sync {

struct Flight {
  Hash id{};
  Peer peer;
  /// Grows from ask to ask, so flights in the order of their numbers are in the order of their times.
  u64 ask = 0;
  Time since{};
};

class Downloads {
 public:
  /// The block must not be in flight.
  void start(const Flight& flight);
  /// Ends the flight of a block, whoever it is at.
  std::optional<Flight> stop(const Hash& id);
  /// Ends all flights at a peer.
  void gone(Peer peer);

  const Flight* find(const Hash& id) const;
  /// The flight that `ask` put to `peer` started, if it still lasts.
  const Flight* find(Peer peer, u64 ask) const;
  const Flight* oldest() const;
  /// Blocks in flight at a peer.
  std::size_t load(Peer peer) const;
  std::size_t size() const { return flights_.size(); }
  const std::map<u64, Flight>& all() const { return flights_; }

 private:
  std::map<u64, Flight> flights_;
  std::map<Hash, u64> asks_;
  std::map<Peer, std::size_t> loads_;
};

}  // namespace kith::sync
