// Where lean wires come from.
#include "lean/port.hpp"

#include "lean/wire.hpp"

namespace kith::lean {

std::unique_ptr<core::Wire> Port::dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) {
  // An address without an id cannot be dialled: the all-zero key is none, so the wire ends before its first byte.
  return std::make_unique<Wire>(shared_, ours, turn, to.id.value_or(PeerId{}), probe);
}

std::unique_ptr<core::Wire> Port::accept(core::Turn& turn, const Address&, const core::Offer& ours) {
  return std::make_unique<Wire>(shared_, ours, turn);
}

void Port::refuse(const PeerId& id, bool refused) {
  const auto key = crypto::to_exchange(id.key);
  if (!key) return;
  if (refused)
    shared_.refused.insert(*key);
  else
    shared_.refused.erase(*key);
}

}  // namespace kith::lean
