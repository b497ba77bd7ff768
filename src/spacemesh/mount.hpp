// Mount: the protocols that a node speaks with nodes of the original, one line each.
#pragma once

#include <memory>

#include "core/protocol.hpp"
#include "spacemesh/application.hpp"

namespace kith::spacemesh {

/// `kinds`: as spoken() says them, of those kinds of items that prove themselves.
std::vector<std::unique_ptr<core::Protocol>> protocols(std::vector<Name> kinds, std::vector<AppProtocol> own = {});

}  // namespace kith::spacemesh
