// Versions: which of the versions of a protocol two nodes use that both speak several.
#pragma once

#include <vector>

#include "model/message.hpp"

namespace kith::core {

/// Of `shared`, ascending indices into `names`, those that stay: of all that differ in nothing but the number behind
/// the last '/', the one with the highest. Both ends drop the same, since both know the same texts. A name that does
/// not end with a plain decimal number has no versions and stays.
std::vector<u16> newest(const std::vector<Name>& names, std::vector<u16> shared);

}  // namespace kith::core
