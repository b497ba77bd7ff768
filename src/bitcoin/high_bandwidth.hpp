// high_bandwidth: which peers are asked to push compact blocks unasked (BIP 152).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/peer.hpp"

namespace kith::bitcoin {

class HighBandwidth {
 public:
  static constexpr std::size_t most = 3;

  struct Pusher {
    Peer peer;
    bool outbound = false;
    bool operator==(const Pusher&) const = default;
  };
  /// Whom to say sendcmpct to, with and without the flag.
  struct Change {
    std::optional<Peer> ask;
    std::optional<Peer> release;
    bool operator==(const Change&) const = default;
  };

  /// A peer that can push gave us a new block before all others. The one whose last such block is oldest makes room for
  /// it; but an inbound peer never takes the place of the last outbound one, whom we chose ourselves.
  Change gave_block(Peer peer, bool outbound);
  void gone(Peer peer);
  /// Who gave us a block last stands last.
  std::span<const Pusher> pushers() const { return pushers_; }

 private:
  std::vector<Pusher> pushers_;
};

}  // namespace kith::bitcoin
