// The choice of pushing peers.
#include "bitcoin/high_bandwidth.hpp"

#include <algorithm>

namespace kith::bitcoin {

HighBandwidth::Change HighBandwidth::gave_block(Peer peer, bool outbound) {
  Change out;
  const auto known = std::ranges::find(pushers_, peer, &Pusher::peer);
  if (known != pushers_.end()) {
    std::rotate(known, known + 1, pushers_.end());
    return out;
  }
  if (pushers_.size() == most) {
    auto leaves = pushers_.begin();
    const bool last_outbound = leaves->outbound && std::ranges::count(pushers_, true, &Pusher::outbound) == 1;
    if (last_outbound && !outbound) ++leaves;
    out.release = leaves->peer;
    pushers_.erase(leaves);
  }
  out.ask = peer;
  pushers_.push_back({peer, outbound});
  return out;
}

void HighBandwidth::gone(Peer peer) {
  std::erase_if(pushers_, [&](const auto& one) { return one.peer == peer; });
}

}  // namespace kith::bitcoin
