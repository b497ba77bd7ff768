// Items as letters. go-spacemesh, p2p/gossip/protocol.go.
#include "spacemesh/gossip.hpp"

#include <algorithm>

namespace kith::spacemesh {

std::optional<Message> Gossip::message_of(const core::ProtocolTurn& turn, u16 kind, const Body& body) const {
  const auto at = std::ranges::find(kinds_, turn.kinds()[kind].text, &Name::text);
  if (at == kinds_.end() || body.size() > max_payload) return std::nullopt;
  return Message{0, static_cast<u16>(first_ + (at - kinds_.begin())), Role::letter, 0, body};
}

void Gossip::on_push(core::ProtocolTurn& turn, const Item& item, std::span<const Peer> peers) {
  const auto message = message_of(turn, item.id.kind, item.body);
  for (const Peer peer : peers)
    if (message) turn.say(peer, *message);
}

/// Nobody here asks for what is only named. Who reads slowly does without what is not urgent: others will give it.
void Gossip::on_tell(core::ProtocolTurn& turn, Peer peer, std::span<const ItemId> ids) {
  for (const auto& id : ids) {
    const bool goes = turn.kinds()[id.kind].priority < Priority::item || turn.room(peer);
    const auto body = goes ? turn.item(peer, id) : std::nullopt;
    const auto message = body ? message_of(turn, id.kind, *body) : std::nullopt;
    if (message) turn.say(peer, *message);
  }
}

void Gossip::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const auto kind = turn.kind(kinds_[message.name - first_].text);
  // The original dies of a request here.
  if (message.role != Role::letter) return turn.act(core::Blamed{peer.peer, {Fault::unwelcome, "a call to gossip"}});
  if (kind) turn.act(core::Offered{peer.peer, *kind, message.body, std::nullopt});
}

}  // namespace kith::spacemesh
