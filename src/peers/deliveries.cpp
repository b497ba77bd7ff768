// One way after the other; each has a deadline, and what fails early makes room for the next at once.
#include "peers/deliveries.hpp"

#include <algorithm>
#include <utility>

namespace kith::peers {
namespace {

/// How long a letter waits for its turn to be sealed before it looks again.
constexpr Duration seal_again = 1s;

}  // namespace

Result<DeliveryDecisions> Deliveries::send(Time now, Letter letter, const Around& around) {
  if (rows_.size() - acknowledgements_ >= config_.most_letters) return fail(Fault::flood, "letters under way");
  DeliveryDecisions out;
  begin(now, std::move(letter), around, out);
  return out;
}

DeliveryDecisions Deliveries::acknowledge(Time now, const Letter& letter, const Around& around) {
  DeliveryDecisions out;
  if (acknowledgements_ >= config_.most_acknowledgements) return out;
  Letter answer{.who = letter.who, .number = letter.number, .acknowledgement = true};
  // Who does not want to be found does not show its address to somebody who knows no more than its key.
  if (config_.findable) answer.back = letter.back;
  begin(now, std::move(answer), around, out);
  return out;
}

void Deliveries::begin(Time now, Letter letter, const Around& around, DeliveryDecisions& out) {
  const Key key{letter.acknowledgement, letter.number};
  const auto [at, fresh] = rows_.try_emplace(key, Row{std::move(letter), now});
  if (!fresh) return;
  auto& row = at->second;
  acknowledgements_ += key.first;
  if (key.first) {
    // Dialled only where its sender wants it, and nobody is asked: one item from afar costs at most this.
    row.to_dial = row.letter.back;
    row.way = Way::dialled;
    row.looked = row.listed = true;
  }
  set_due(at, now + config_.give_up);
  advance(now, at, around, out);
}

void Deliveries::advance(Time now, Rows::iterator at, const Around& around, DeliveryDecisions& out) {
  auto& row = at->second;
  hang_up(row, out);
  row.handed.reset();
  row.dialling.reset();
  if (now >= row.since + config_.give_up) return finish(now, at, false, out);
  if (row.is_sealed) return set_due(at, row.since + config_.give_up);
  const auto peer = around.connected(row.letter.who);
  if (peer && !row.tried.contains(*peer)) return hand(now, at, *peer, out);
  if (now < row.since + config_.seal_by) {
    if (!std::exchange(row.looked, true)) {
      row.to_dial = around.known(row.letter.who);
      row.way = Way::dialled;
    }
    if (dial(now, row, out)) return set_due(at, now + config_.dial_patience);
    if (ask(now, row, around, out)) {
      Time first = row.since + config_.seal_by;
      for (const auto& [who, until] : row.asked) first = std::min(first, until);
      return set_due(at, first);
    }
  }
  seal(now, at, out);
}

bool Deliveries::dial(Time, Row& row, DeliveryDecisions& out) {
  while (!row.to_dial.empty() && row.dialled.size() < config_.most_dials) {
    const Address to = row.to_dial.front();
    row.to_dial.erase(row.to_dial.begin());
    if (!row.dialled.insert(to).second) continue;
    row.dialling = to;
    row.dialled_for_it = true;
    out.emplace_back(DialFor{row.letter.who, to});
    return true;
  }
  return false;
}

bool Deliveries::ask(Time now, Row& row, const Around& around, DeliveryDecisions& out) {
  if (!std::exchange(row.listed, true)) {
    row.to_ask = around.neighbours(row.letter.who);
    if (row.to_ask.size() > config_.most_asked) row.to_ask.resize(config_.most_asked);
  }
  while (row.asked.size() < config_.asked_at_once && !row.to_ask.empty()) {
    const Peer peer = row.to_ask.front();
    row.to_ask.erase(row.to_ask.begin());
    row.asked.emplace(peer, now + config_.ask_patience);
    out.emplace_back(AskWhere{peer, row.letter.who});
  }
  return !row.asked.empty();
}

void Deliveries::seal(Time now, Rows::iterator at, DeliveryDecisions& out) {
  auto& row = at->second;
  row.asked.clear();
  const Time end = row.since + config_.give_up;
  if (!sealed_.take(now)) return set_due(at, std::min(now + seal_again, end));
  row.is_sealed = true;
  row.way = Way::sealed;
  out.emplace_back(SealUp{row.letter});
  // Nobody acknowledges an acknowledgement that went out sealed.
  if (row.letter.acknowledgement) return finish(now, at, false, out);
  set_due(at, end);
}

void Deliveries::hand(Time now, Rows::iterator at, Peer peer, DeliveryDecisions& out) {
  auto& row = at->second;
  row.asked.clear();
  row.dialling.reset();
  row.handed = peer;
  row.tried.insert(peer);
  out.emplace_back(Hand{peer, row.letter});
  set_due(at, std::min(now + config_.hand_patience, row.since + config_.give_up));
}

void Deliveries::hang_up(Row& row, DeliveryDecisions& out) {
  if (!row.dialled_for_it || !row.handed) return;
  const auto others = those([&](const Row& other) { return &other != &row && other.handed == row.handed; });
  if (others.empty()) out.emplace_back(HangUp{*row.handed});
}

void Deliveries::finish(Time now, Rows::iterator at, bool acknowledged, DeliveryDecisions& out) {
  auto& row = at->second;
  hang_up(row, out);
  if (row.letter.acknowledgement)
    --acknowledgements_;
  else
    out.emplace_back(Delivered{row.letter.who, row.letter.number, acknowledged, row.way, now - row.since});
  due_.erase({row.due, at->first});
  rows_.erase(at);
}

DeliveryDecisions Deliveries::on_peer(Time now, const PeerId& id, Peer peer) {
  DeliveryDecisions out;
  for (const auto& key : those([&](const Row& row) { return row.letter.who == id && !row.handed && !row.is_sealed; }))
    hand(now, rows_.find(key), peer, out);
  return out;
}

DeliveryDecisions Deliveries::on_gone(Time now, Peer peer, const Around& around) {
  DeliveryDecisions out;
  for (const auto& key : those([&](const Row& row) { return row.handed == peer; }))
    advance(now, rows_.find(key), around, out);
  for (const auto& key : those([&](const Row& row) { return row.asked.contains(peer); })) {
    const auto at = rows_.find(key);
    at->second.asked.erase(peer);
    if (!at->second.dialling) advance(now, at, around, out);
  }
  return out;
}

DeliveryDecisions Deliveries::dial_failed(Time now, const PeerId& id, const Around& around) {
  DeliveryDecisions out;
  for (const auto& key : those([&](const Row& row) { return row.letter.who == id && row.dialling; }))
    advance(now, rows_.find(key), around, out);
  return out;
}

DeliveryDecisions Deliveries::found(Time now, Peer by, const PeerId& whom, std::vector<Address> addresses,
                                    const Around& around) {
  DeliveryDecisions out;
  for (const auto& key : those([&](const Row& row) { return row.letter.who == whom && row.asked.contains(by); })) {
    const auto at = rows_.find(key);
    auto& row = at->second;
    row.asked.erase(by);
    if (!addresses.empty()) row.way = Way::found;
    row.to_dial.insert(row.to_dial.end(), addresses.begin(), addresses.end());
    if (!row.dialling) advance(now, at, around, out);
  }
  return out;
}

DeliveryDecisions Deliveries::acknowledged(Time now, const PeerId& from, u64 number) {
  DeliveryDecisions out;
  for (const bool is_answer : {false, true}) {
    const auto at = rows_.find({is_answer, number});
    // Whose letter it is decides, not who says so: a number is no secret between more than two.
    if (at != rows_.end() && at->second.letter.who == from && (!is_answer || at->second.handed))
      finish(now, at, true, out);
  }
  return out;
}

DeliveryDecisions Deliveries::not_taken(Time now, Peer peer, u64 number, const Around& around) {
  DeliveryDecisions out;
  for (const bool is_answer : {false, true}) {
    const auto at = rows_.find({is_answer, number});
    if (at != rows_.end() && at->second.handed == peer) advance(now, at, around, out);
  }
  return out;
}

DeliveryDecisions Deliveries::on_tick(Time now, const Around& around) {
  DeliveryDecisions out;
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto at = rows_.find(due_.begin()->second);
    std::erase_if(at->second.asked, [&](const auto& each) { return each.second <= now; });
    advance(now, at, around, out);
  }
  return out;
}

void Deliveries::set_due(Rows::iterator at, Time due) {
  due_.erase({at->second.due, at->first});
  at->second.due = due;
  due_.emplace(due, at->first);
}

template <typename Fits>
std::vector<Deliveries::Key> Deliveries::those(Fits fits) const {
  std::vector<Key> out;
  for (const auto& [key, row] : rows_)
    if (fits(row)) out.push_back(key);
  return out;
}

}  // namespace kith::peers
