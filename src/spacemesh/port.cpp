// Where spacemesh wires come from.
#include "spacemesh/port.hpp"

#include "spacemesh/wire.hpp"

namespace kith::spacemesh {

void Shared::learn(const core::Offer& ours) {
  if (!table.empty()) return;
  table = ours.names;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].wire != wire_word) continue;
    names.emplace(table[i].text, static_cast<u16>(i));
    spoken.push_back(static_cast<u16>(i));
  }
}

std::unique_ptr<core::Wire> Port::dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) {
  return std::make_unique<Wire>(shared_, turn, ours, Wire::Other{to, true, probe});
}

std::unique_ptr<core::Wire> Port::accept(core::Turn& turn, const Address& from, const core::Offer& ours) {
  return std::make_unique<Wire>(shared_, turn, ours, Wire::Other{from, false, false});
}

}  // namespace kith::spacemesh
