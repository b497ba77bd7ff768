// Pings, pongs, and questions for addresses; go-spacemesh, p2p/discovery/protocol.go.
#include "spacemesh/contacts.hpp"

#include "spacemesh/answer.hpp"

namespace kith::spacemesh {

void Contacts::receive(core::Turn& turn, const Address& from, Bytes bytes, u16 port) {
  const auto datagram = decode_datagram(bytes);
  // Whoever cannot be understood is not answered: it may be anybody, and from anywhere.
  if (!datagram || !acceptable(datagram->message.metadata, self_.network_id, self_.profile.least_version)) return;
  const auto& message = datagram->message;
  if (message.metadata.protocol != discovery_protocol || !message.call || datagram->key == self_.key) return;
  if (message.call->is_request) return on_request(turn, from, *datagram, port);
  on_answer(turn, from, *datagram);
}

void Contacts::on_request(core::Turn& turn, const Address& from, const Datagram& datagram, u16 port) {
  const auto& call = *datagram.message.call;
  if (call.type == type_ping) return on_ping(turn, from, datagram, port);
  if (call.type != type_get_addresses || !proven_.contains(turn.now, from.ip)) return;
  if (asked_.size() >= max_contact_questions || !told_.insert(turn.now, from.ip)) return;
  asked_.emplace(next_asked_, Asked{from, call.id});
  reports_.emplace_back(core::AskedFor{from, next_asked_++});
}

void Contacts::on_ping(core::Turn& turn, const Address& from, const Datagram& datagram, u16 port) {
  const auto info = decode_ping(datagram.message.payload.bytes());
  // Who speaks for somebody else would have us hold an address that is not its own.
  if (!info || info->key != datagram.key) return;
  const bool is_proven = proven_.contains(turn.now, from.ip);
  // Before the pong: whoever asks for addresses as soon as that comes has answered by then.
  if (!is_proven && proving_.insert(turn.now, from.ip) && proofs_.take(turn.now))
    ask(turn, {{from.ip, info->udp_port, from.wire, std::nullopt}, type_ping, info->key, false, {}}, port);
  const auto pong = encode_answer(self_.profile, {Body(encode(own_info(self_.key, port, port))), {}});
  send(turn, from, {false, type_ping, datagram.message.call->id}, *pong);
  if (!is_proven) return;
  NodeInfo node = *info;
  node.ip = from.ip;
  heard(turn, from, {{node}});
}

void Contacts::on_answer(core::Turn& turn, const Address& from, const Datagram& datagram) {
  const auto at = questions_.find(datagram.message.call->id);
  if (at == questions_.end() || at->second.type != datagram.message.call->type) return;
  const auto& of = at->second.of;
  // Whoever guesses the number of a question is still not where it was asked.
  if (std::pair(of.ip, of.port) != std::pair(from.ip, from.port)) return;
  const auto question = questions_.extract(at).mapped();
  const auto answer = decode_answer(self_.profile, datagram.message.payload);
  if (!answer || !answer->error.empty()) return;
  if (question.type == type_get_addresses) {
    if (const auto nodes = decode_addresses(answer->data.bytes())) heard(turn, from, *nodes);
    return;
  }
  auto pong = decode_pong(answer->data.bytes());
  if (!pong || (question.key && pong->key != *question.key)) return;
  proven_.insert(turn.now, from.ip);
  pong->ip = from.ip;
  heard(turn, from, {{*pong}});
  if (question.inquiry) ask(turn, {from, type_get_addresses, std::nullopt, false, {}}, 0);
}

void Contacts::inquire(core::Turn& turn, const Address& of, u16 port) {
  const auto key = of.id ? std::optional(of.id->key) : std::nullopt;
  ask(turn, {of, type_ping, key, true, {}}, port);
}

void Contacts::ask(core::Turn& turn, Question question, u16 port) {
  if (questions_.size() >= max_contact_questions) return;
  question.deadline = turn.now + contact_patience;
  const u64 id = next_id_++;
  const auto body = question.type == type_ping ? encode(own_info(self_.key, port, port)) : Buffer{};
  send(turn, question.of, {true, question.type, id}, body);
  questions_.emplace(id, std::move(question));
}

void Contacts::tell(core::Turn& turn, u64 question, std::span<const core::TimedAddress> addresses) {
  const auto asked = asked_.extract(question);
  if (asked.empty()) return;
  std::vector<NodeInfo> nodes;
  for (const auto& [address, seen] : addresses) {
    if (nodes.size() == max_told) break;
    if (address.id) nodes.push_back({address.id->key, address.ip, false, address.port, address.port});
  }
  const auto answer = encode_answer(self_.profile, {Body(encode_addresses(nodes)), {}});
  send(turn, asked.mapped().by, {false, type_get_addresses, asked.mapped().id}, *answer);
}

void Contacts::send(core::Turn& turn, const Address& to, Call call, Buffer payload) {
  const Datagram out{self_.key,
                     {{std::string(discovery_protocol), std::string(self_.profile.client_version),
                       to_nanoseconds(turn.utc), to_buffer(self_.key), self_.network_id},
                      call,
                      Body(std::move(payload))}};
  reports_.emplace_back(core::SendDatagram{to, encode(out, turn.rng.bytes<24>())});
}

void Contacts::heard(core::Turn& turn, const Address& from, std::span<const NodeInfo> nodes) {
  core::HeardOf out{from, {}};
  for (const auto& node : nodes)
    if (node.ip && node.tcp_port != 0 && node.key != self_.key)
      out.addresses.push_back({{*node.ip, node.tcp_port, from.wire, PeerId{node.key}}, turn.utc});
  if (!out.addresses.empty()) reports_.emplace_back(std::move(out));
}

void Contacts::on_tick(Time now) {
  std::erase_if(questions_, [&](const auto& entry) { return entry.second.deadline <= now; });
}

Time Contacts::next() const {
  Time first = never;
  for (const auto& [id, question] : questions_) first = std::min(first, question.deadline);
  return first;
}

std::optional<core::PortReport> Contacts::take() {
  if (reports_.empty()) return std::nullopt;
  auto out = std::move(reports_.front());
  reports_.pop_front();
  return out;
}

}  // namespace kith::spacemesh
