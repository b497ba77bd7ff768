// Where bitcoin wires come from.
#include "bitcoin/port.hpp"

#include "bitcoin/wire.hpp"

namespace kith::bitcoin {

void Port::learn_types(const core::Offer& ours) {
  if (!shared_.types.empty()) return;
  for (std::size_t i = 0; i < ours.names.size(); ++i)
    if (ours.names[i].wire == wire_word) shared_.types.emplace(ours.names[i].text, static_cast<u16>(i));
}

std::unique_ptr<core::Wire> Port::dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) {
  learn_types(ours);
  const bool encrypted = shared_.config.encrypted && !shared_.plain.contains(turn.now, to);
  auto transport = encrypted ? Transport::dial_v2(shared_.aead, turn.rng, shared_.config.magic)
                             : Transport::dial_v1(shared_.aead, shared_.config.magic);
  return std::make_unique<Wire>(shared_, ours, turn, std::move(transport), Wire::Other{to, true, probe});
}

std::unique_ptr<core::Wire> Port::accept(core::Turn& turn, const Address& from, const core::Offer& ours) {
  learn_types(ours);
  return std::make_unique<Wire>(shared_, ours, turn, Transport::answer(shared_.aead, shared_.config.magic),
                                Wire::Other{from, false, false});
}

}  // namespace kith::bitcoin
