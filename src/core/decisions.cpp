// What gossip and sync decided, turned into orders and said by the protocols.
#include "core/host.hpp"

namespace kith::core {

void Host::follow(Turn& turn, gossip::Decisions decisions) {
  for (auto& decision : decisions) std::visit([&](auto& what) { obey(turn, what); }, decision);
}
void Host::follow(Turn& turn, sync::Decisions decisions) {
  for (auto& decision : decisions) std::visit([&](auto& what) { obey(turn, what); }, decision);
}

void Host::ask(Turn& turn, const Ask& ask) {
  with_speakers(turn, ask.peer, [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_ask(mine, ask); });
}
void Host::cancel(Turn& turn, u64 ask) {
  with_all(turn, [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_cancel(mine, ask); });
}

void Host::obey(Turn& turn, gossip::AskItems& what) { ask(turn, what.ask); }
void Host::obey(Turn& turn, gossip::CancelAsk& what) { cancel(turn, what.ask); }
void Host::obey(Turn& turn, gossip::Blame& what) { blame_for_item(turn, what.peer, what.error); }
void Host::obey(Turn& turn, gossip::Push& what) {
  with_all(turn, [&](ProtocolTurn& mine, Protocol& protocol) {
    std::vector<Peer> to;
    std::ranges::copy_if(what.to, std::back_inserter(to), [&](Peer peer) {
      const auto* info = mine.info(peer);
      return info && speaks(*info, protocol);
    });
    if (!to.empty()) protocol.on_push(mine, what.item, to);
  });
}
void Host::obey(Turn& turn, gossip::Tell& what) {
  with_speakers(turn, what.to,
                [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_tell(mine, what.to, what.ids); });
}
void Host::obey(Turn&, gossip::Accepted& what) {
  if (!kinds_[what.item.id.kind].open) order(Event{ItemAccepted{std::move(what.item)}});
}
void Host::obey(Turn& turn, gossip::Good& what) {
  if (auto* row = connections_.find(what.peer)) row->last_item = turn.now;
}

void Host::obey(Turn& turn, gossip::JudgeItem& what) {
  // Over the budget it is neither good nor bad: another copy may come when there is room again.
  if (!may_judge(turn, what)) return follow(turn, gossip_.ruled(turn.now, what.number, Verdict::later));
  auto* row = offering_ ? connections_.find(offering_->from) : nullptr;
  bool known = false;
  if (row) {
    known = offering_->author && authors_.contains(turn.now, {offering_->kind, *offering_->author});
    judging_.emplace(what.number, *offering_);
    if (++row->judging == max_judging && !std::exchange(row->paused, true)) order(Pause{row->info.peer, true});
  }
  order(Work{ItemJob{what.number, std::move(what.item), known}});
}

void Host::judged(Turn& turn, const ItemRuling& ruling) {
  const auto of = judging_.extract(ruling.number);
  if (of.empty()) return;
  const auto& [from, kind, author] = of.mapped();
  if (author && ruling.verdict == Verdict::accept) authors_.insert(turn.now, {kind, *author});
  auto* row = connections_.find(from);
  if (!row) return;
  if (--row->judging <= max_judging / 2 && std::exchange(row->paused, false)) order(Pause{row->info.peer, false});
}

void Host::lacking(Turn& turn, const ItemRuling& ruling) {
  const auto of = judging_.find(ruling.number);
  const auto* item = gossip_.judging(ruling.number);
  if (of == judging_.end() || !item) return;
  const Peer from = of->second.from;
  order(Event{ItemNeeds{*item, from, ruling.needs}});
  with_speakers(turn, from, [&](ProtocolTurn& mine, Protocol& protocol) {
    protocol.on_needs(mine, from, item->id.kind, ruling.needs);
  });
}

void Host::judged_own(Turn& turn, Item item, Verdict verdict) {
  if (verdict != Verdict::accept) return order(Event{ItemRefused{std::move(item), verdict}});
  follow(turn, gossip_.publish(turn.now, std::move(item), std::nullopt));
}

void Host::obey(Turn& turn, sync::AskFor& what) { ask(turn, what.ask); }
void Host::obey(Turn& turn, sync::CancelAsk& what) { cancel(turn, what.ask); }
void Host::obey(Turn& turn, sync::Blame& what) {
  const auto* row = connections_.find(what.peer);
  // What follows its giver's rules and breaks ours is nobody's debt, and no reason to stay together.
  if (row && what.height && kith::row(what.error.fault).debtor == Debtor::peer && !same_rules(row->info, *what.height))
    what.error = {Fault::other_fork, what.error.what};
  blame(turn, what.peer, what.error);
}
void Host::obey(Turn&, sync::JudgeBlock& what) { order(Work{std::move(what.job)}); }
void Host::obey(Turn& turn, sync::AnnounceTo& what) {
  with_speakers(turn, what.to,
                [&](ProtocolTurn& mine, Protocol& protocol) { protocol.on_announce(mine, what.to, what.headers); });
}
void Host::obey(Turn&, sync::Stepped& what) {
  part_from_other_rules();
  order(Event{TipMoved{std::move(what.steps), what.from}});
}
void Host::obey(Turn& turn, sync::Good& what) {
  if (auto* row = connections_.find(what.peer)) row->last_block = turn.now;
}

}  // namespace kith::core
