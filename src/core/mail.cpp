// Letters to one node: what the deliveries decided, carried out; and the budgets of kinds that anybody may author.
#include "base/check.hpp"
#include "core/host.hpp"

namespace kith::core {

Result<u64> Host::send(Turn& turn, const PeerId& to, std::string protocol, Body bytes) {
  if (std::none_of(kinds_.begin(), kinds_.end(), [](const Kind& kind) { return kind.open != nullptr; }))
    return fail(Fault::bad_config, "this node carries no letters");
  if (to == config_.self.id) return fail(Fault::own_self, "receiver");
  if (protocol.empty() || protocol.size() > max_name_text) return fail(Fault::malformed, "protocol of a letter");
  if (bytes.size() > max_letter) return fail(Fault::oversize, "letter");
  // As many bits as every reader of JSON holds.
  const u64 number = turn.rng() >> 11;
  Letter letter{.who = to, .number = number, .protocol = std::move(protocol), .bytes = std::move(bytes)};
  auto decisions = deliveries_.send(turn.now, std::move(letter), around(turn));
  if (!decisions) return std::unexpected(decisions.error());
  follow(turn, std::move(*decisions));
  return number;
}

peers::Around Host::around(Turn& turn) {
  peers::Around out;
  out.connected = [this](const PeerId& id) {
    const auto* twin = connections_.twin(id, Peer{});
    return twin ? std::optional(twin->info.peer) : std::nullopt;
  };
  out.known = [this](const PeerId& id) { return neighbours_.front().book().with_id(id); };
  out.neighbours = [this, &turn](const PeerId& id) {
    std::vector<Peer> peers;
    for (const auto& [peer, row] : connections_.rows())
      if (row.open && !row.closing && row.info.hello.id && row.info.hello.id != id) peers.push_back(peer);
    turn.rng.shuffle(peers);
    return peers;
  };
  return out;
}

/// Whoever tells us an address cannot have us dial what only we can reach.
bool Host::may_dial_for(const Turn& turn, const Address& to, int least_reach) const {
  return to.wire == neighbours_.front().word() && to.port != 0 && to.id && to.ip.is_usable() &&
         to.ip.reach() >= least_reach && !reputation_.banned(peers::Subject{*to.id}, turn.utc);
}

void Host::follow(Turn& turn, peers::DeliveryDecisions decisions) {
  for (auto& decision : decisions) std::visit([&](auto& what) { obey(turn, what); }, decision);
}

void Host::obey(Turn& turn, peers::Hand& what) {
  with_speakers(turn, what.peer,
                [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_hand(mine, what.peer, what.letter); });
}

void Host::obey(Turn& turn, peers::DialFor& what) {
  const Peer peer{next_peer_};
  dial(turn, Wish{what.to});
  if (auto* row = connections_.find(peer))
    row->errand = true;
  else
    follow(turn, deliveries_.dial_failed(turn.now, what.whom, around(turn)));
}

void Host::obey(Turn& turn, peers::AskWhere& what) {
  with_speakers(turn, what.peer,
                [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_where(mine, what.peer, what.whom); });
}

void Host::obey(Turn& turn, peers::SealUp& what) {
  with_all(turn, [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_seal(mine, what.letter); });
}

void Host::obey(Turn&, peers::HangUp& what) {
  auto* row = connections_.find(what.peer);
  if (row && row->errand) close(*row, Fault::goodbye);
}

void Host::obey(Turn&, peers::Delivered& what) { order(Event{what}); }

void Host::apply(Turn& turn, Found& found) {
  const auto* row = connections_.find(found.by);
  if (!row) return;
  const int reach = row->info.address.ip.reach();
  std::erase_if(found.addresses, [&](const Address& to) { return !may_dial_for(turn, to, reach); });
  follow(turn, deliveries_.found(turn.now, found.by, found.whom, std::move(found.addresses), around(turn)));
}

void Host::apply(Turn& turn, LetterCame& came) {
  if (deliveries_.came(turn.now, came.letter)) order(Event{MailCame{std::move(came.letter)}});
}

void Host::apply(Turn& turn, LetterTaken& taken) {
  const auto* row = connections_.find(taken.by);
  if (row && row->info.hello.id) follow(turn, deliveries_.acknowledged(turn.now, *row->info.hello.id, taken.number));
}

void Host::apply(Turn& turn, LetterNotTaken& what) {
  follow(turn, deliveries_.not_taken(turn.now, what.by, what.number, around(turn)));
}

void Host::apply(Turn& turn, PublishItem& item) {
  const auto done = publish_item(turn, item.kind, std::move(item.body));
  check(done.has_value(), "a protocol whose own item breaks the rules");
}

void Host::unsealed(Turn& turn, Letter letter) {
  if (reputation_.banned(peers::Subject{letter.who}, turn.utc)) return;
  if (letter.acknowledgement) return follow(turn, deliveries_.acknowledged(turn.now, letter.who, letter.number));
  int reach = 2;
  for (const auto& [peer, row] : connections_.rows())
    if (row.open) reach = std::min(reach, row.info.address.ip.reach());
  std::erase_if(letter.back, [&](const Address& to) { return !may_dial_for(turn, to, reach); });
  auto decisions = deliveries_.acknowledge(turn.now, letter, around(turn));
  if (deliveries_.came(turn.now, letter)) order(Event{MailCame{std::move(letter)}});
  follow(turn, std::move(decisions));
}

bool Host::may_judge(Turn& turn, const gossip::JudgeItem& what) {
  const auto budget = budgets_.find(what.item.id.kind);
  if (budget == budgets_.end()) return true;
  const auto* row = offering_ ? connections_.find(offering_->from) : nullptr;
  return row && offering_->author && budget->second.may_judge(turn.now, *offering_->author, row->info.address.ip);
}

Verdict Host::within_share(Turn& turn, const ItemRuling& ruling) {
  const auto at = judging_.find(ruling.number);
  if (at == judging_.end() || ruling.verdict != Verdict::accept) return ruling.verdict;
  const auto budget = budgets_.find(at->second.kind);
  if (budget == budgets_.end()) return ruling.verdict;
  return budget->second.may_pass(turn.now, *at->second.author) ? Verdict::accept : Verdict::ignore;
}

}  // namespace kith::core
