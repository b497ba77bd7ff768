// A new protocol is one line here.
#include "spacemesh/mount.hpp"

#include "spacemesh/gossip.hpp"
#include "spacemesh/peer_time.hpp"

namespace kith::spacemesh {

std::vector<std::unique_ptr<core::Protocol>> protocols(std::vector<Name> kinds, std::vector<AppProtocol> own) {
  std::vector<std::unique_ptr<core::Protocol>> out;
  out.push_back(std::make_unique<Gossip>(std::move(kinds)));
  out.push_back(std::make_unique<PeerTime>());
  if (!own.empty()) out.push_back(std::make_unique<Application>(std::move(own)));
  return out;
}

}  // namespace kith::spacemesh
