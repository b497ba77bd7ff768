// What is believed of an address, how much of one peer, and to whom it goes on.
#include "bitcoin/addresses.hpp"

#include "base/writer.hpp"
#include "crypto/hash.hpp"

namespace kith::bitcoin {
namespace {

/// A tenth of an address a second, at first one, at most a thousand and those that we asked for.
constexpr u64 tenths = 10;
constexpr u64 most_budget = max_addresses * tenths;
constexpr auto flush_every = 30s;
constexpr auto own_every = 24h;
constexpr auto fresh = 10min;
/// What an address without a date that can be is taken to be as old as.
constexpr auto old = std::chrono::hours(24 * 5);
constexpr u32 least_date = 100'000'000;
/// What is said of nodes whose services are not remembered: those whom we connect to have them.
constexpr u64 usual_services = service::network | service::witness;

Utc believed(u32 time, Utc now) {
  const Utc date = from_seconds(time);
  return time <= least_date || date > now + fresh ? now - old : date;
}

KnownAddress known(const core::TimedAddress& address) {
  return {static_cast<u32>(to_seconds(address.seen)), {usual_services, address.address.ip, address.address.port}};
}

/// The same for a day, so that a address that is heard again and again does not wander.
Hash rank(const std::array<u8, 16>& salt, const Address& address, Utc now, Peer peer) {
  Buffer bytes = to_buffer(salt);
  append(bytes, address.ip.bytes);
  const auto day = static_cast<u64>(to_seconds(now) / (24 * 60 * 60));
  Writer(bytes).u16le(address.port).u64le(day).u64le(peer.number);
  return crypto::sha256(bytes);
}

}  // namespace

void Addresses::on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  if (!salt_) salt_ = turn.rng.bytes<16>();
  TokenBucket budget(1, most_budget, turn.now);
  budget.take(turn.now, most_budget - tenths);
  auto& row = rows_.emplace(peer.peer, Row(budget)).first->second;
  row.flush_at = turn.now + turn.rng.around(flush_every);
  row.own_at = turn.now;
  row.wide = peer.hello.shares(static_cast<u16>(first_ + sendaddrv2));
  row.takes = !peer.inbound;
  find_next();
  if (peer.inbound) return;
  turn.say(peer.peer, message_of(static_cast<u16>(first_ + getaddr)));
  row.budget.grant(most_budget);
}

void Addresses::on_gone(core::ProtocolTurn&, Peer peer) {
  rows_.erase(peer);
  find_next();
}

void Addresses::on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) {
  const Bytes payload = message.body.bytes();
  switch (message.name - first_) {
    case version: return on_version(turn, peer, payload);
    case getaddr: return on_getaddr(turn, peer);
    case addr:
    case addrv2: {
      const auto list = message.name - first_ == addr ? decode_addr(payload) : decode_addrv2(payload);
      if (!list) return object(turn, peer.peer, list.error());
      return on_addresses(turn, peer, *list);
    }
    default: return;
  }
}

/// The one thing in it that is ours to hear: where the other side sees us.
void Addresses::on_version(core::ProtocolTurn& turn, const core::PeerInfo& peer, Bytes payload) {
  const auto said = decode_version(payload);
  if (said && said->receiver.ip.is_usable())
    turn.act(core::Reached{peer.peer, {said->receiver.ip, said->receiver.port, std::string(wire_word), {}}, {}});
}

void Addresses::on_getaddr(core::ProtocolTurn& turn, const core::PeerInfo& peer) {
  const auto at = rows_.find(peer.peer);
  // Whom we chose does not learn by asking whom else we know.
  if (at == rows_.end() || !peer.inbound || std::exchange(at->second.answered, true)) return;
  tell(turn, peer.peer, at->second, turn.addresses_for(peer.peer));
}

void Addresses::on_addresses(core::ProtocolTurn& turn, const core::PeerInfo& peer, const KnownAddresses& list) {
  const auto at = rows_.find(peer.peer);
  if (at == rows_.end()) return;
  at->second.takes = true;
  std::vector<core::TimedAddress> learned;
  for (const auto& entry : list.entries) {
    if (!at->second.budget.take(turn.now, tenths)) break;
    learned.push_back({{entry.at.ip, entry.at.port, std::string(wire_word), {}}, believed(entry.time, turn.utc)});
  }
  if (list.entries.size() <= most_fresh)
    for (const auto& address : learned)
      if (address.seen > turn.utc - fresh && address.address.ip.is_usable()) pass_on(turn, peer.peer, address);
  turn.act(core::Learned{peer.peer, std::move(learned), {}});
}

void Addresses::pass_on(core::ProtocolTurn& turn, Peer from, const core::TimedAddress& address) {
  std::vector<std::pair<Hash, Row*>> to;
  for (auto& [peer, row] : rows_)
    if (row.takes && peer != from) to.emplace_back(rank(*salt_, address.address, turn.utc, peer), &row);
  std::ranges::sort(to);
  for (std::size_t i = 0; i < std::min(relay_to, to.size()); ++i) {
    auto& waiting = to[i].second->waiting;
    if (waiting.size() < max_addresses) waiting.push_back(address);
  }
}

void Addresses::tell(core::ProtocolTurn& turn, Peer peer, const Row& row,
                     std::span<const core::TimedAddress> addresses) {
  std::vector<KnownAddress> entries;
  for (const auto& address : addresses.first(std::min(addresses.size(), max_addresses)))
    entries.push_back(known(address));
  if (entries.empty()) return;
  turn.say(peer, message_of(static_cast<u16>(first_ + (row.wide ? addrv2 : addr)),
                            row.wide ? encode_addrv2(entries) : encode_addr(entries)));
}

void Addresses::on_tick(core::ProtocolTurn& turn) {
  if (next_due_ > turn.now) return;
  for (auto& [peer, row] : rows_) {
    if (row.takes && row.own_at <= turn.now) {
      row.own_at = turn.now + turn.rng.around(own_every);
      if (const auto own = turn.own_address(peer)) tell(turn, peer, row, {{{*own, turn.utc}}});
    }
    if (row.flush_at > turn.now) continue;
    row.flush_at = turn.now + turn.rng.around(flush_every);
    tell(turn, peer, row, row.waiting);
    row.waiting = {};
  }
  find_next();
}

void Addresses::find_next() {
  next_due_ = never;
  for (const auto& [peer, row] : rows_) {
    next_due_ = std::min(next_due_, row.flush_at);
    if (row.takes) next_due_ = std::min(next_due_, row.own_at);
  }
}

}  // namespace kith::bitcoin
