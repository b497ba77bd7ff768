// Between an application and its neighbours.
#include "spacemesh/application.hpp"

#include <algorithm>

#include "spacemesh/answer.hpp"

namespace kith::spacemesh {

std::vector<Name> Application::names() const {
  std::vector<Name> out;
  for (const auto& protocol : protocols_) out.push_back(spoken(protocol.name));
  return out;
}

std::optional<u16> Application::name_of(std::string_view protocol) const {
  const auto at = std::ranges::find(protocols_, protocol, &AppProtocol::name);
  if (at == protocols_.end()) return std::nullopt;
  return static_cast<u16>(first_ + (at - protocols_.begin()));
}

bool Application::on_direct(core::ProtocolTurn& turn, Peer peer, std::string_view protocol, const Body& bytes) {
  const auto name = name_of(protocol);
  if (name) turn.say(peer, {0, *name, Role::letter, 0, bytes});
  return name.has_value();
}

bool Application::on_call(core::ProtocolTurn& turn, Peer peer, u64 number, std::string_view protocol, u32 type,
                          const Body& body) {
  const auto name = name_of(protocol);
  if (!name) return false;
  const Lane lane = turn.open(peer);
  turn.say(peer, {lane, *name, Role::request, type, body});
  calls_.issue(peer, lane, turn.now + call_patience, number);
  return true;
}

void Application::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  if (message.role == Role::request) return answer(turn, peer.peer, message);
  if (message.role == Role::letter)
    return turn.act(core::DirectCame{peer.peer, protocols_[message.name - first_].name, message.body});
  const auto number = calls_.finish(peer.peer, message.lane);
  if (!number) return;
  if (message.role == Role::answer) return turn.act(core::CallEnded{*number, message.body});
  turn.act(core::CallEnded{*number, fail(Fault::refused, "call"), std::string(as_text(message.body.bytes()))});
}

void Application::answer(core::ProtocolTurn& turn, Peer peer, const Message& message) {
  const auto& own = protocols_[message.name - first_].answer;
  auto answer = own ? own(message.type, message.body.bytes()) : std::unexpected(std::string(error_bad_request));
  const auto role = answer ? Role::answer : Role::refusal;
  auto body = answer ? std::move(*answer) : to_buffer(as_bytes(answer.error()));
  turn.say(peer, {message.lane, message.name, role, message.type, Body(std::move(body))});
}

void Application::on_tick(core::ProtocolTurn& turn) {
  for (const auto& [key, number] : calls_.expired(turn.now))
    turn.act(core::CallEnded{number, fail(Fault::no_answer, "call")});
}

void Application::on_gone(core::ProtocolTurn& turn, Peer peer) {
  for (const auto& [key, number] : calls_.gone(peer)) turn.act(core::CallEnded{number, fail(Fault::no_answer, "call")});
}

}  // namespace kith::spacemesh
