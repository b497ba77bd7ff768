// The loop: the next thing that happens, and to whom.
#include "sim/network.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"

namespace kith::sim {
namespace {

/// 2026-01-01, when every simulation begins.
constexpr Utc epoch{std::chrono::seconds{1'767'225'600}};

}  // namespace

core::Turn Network::turn(Node& node) const {
  return {now_, epoch + std::chrono::floor<Utc::duration>(now_.time_since_epoch()) + node.skew, node.rng};
}

Utc Network::utc(NodeIndex node) const {
  return epoch + std::chrono::floor<Utc::duration>(now_.time_since_epoch()) + nodes_[node].skew;
}

std::optional<NodeIndex> Network::find(const PeerId& id) const {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? std::nullopt : std::optional(at->second);
}

Duration Network::latency(NodeIndex a, NodeIndex b) const {
  Buffer pair;
  Writer(pair).u32be(std::min(a, b)).u32be(std::max(a, b));
  const auto span = static_cast<u64>((config_.most_latency - config_.least_latency).count());
  const u64 die = crypto::keyed_hash(take_array<16>(seed_), pair) % (span + 1);
  return config_.least_latency + Duration{static_cast<i64>(die)};
}

void Network::run_for(Duration duration) {
  const Time end = now_ + duration;
  while (queue_.next() <= end) happen(queue_.pop());
  now_ = end;
}

bool Network::run_until(const std::function<bool()>& holds, Duration limit) {
  const Time end = now_ + limit;
  while (!holds()) {
    if (queue_.next() > end) {
      now_ = end;
      return false;
    }
    happen(queue_.pop());
  }
  return true;
}

void Network::happen(const Happening& happening) {
  auto& node = nodes_[happening.node];
  if (happening.what == What::datagram) return datagram(happening);
  const bool of_link = happening.what <= What::room;
  if (of_link ? !links_.find(happening) : !node.process || node.life != happening.generation) return;
  if (happening.what == What::tick && node.process->tick_at != happening.at) return;
  now_ = happening.at;
  trace_.note(happening);
  switch (happening.what) {
    case What::knock: return knock(happening);
    case What::connected:
    case What::not_connected: return connected(happening);
    case What::bytes: return deliver(happening);
    case What::room: return room(happening);
    case What::tick: return tick(happening.node);
    case What::job: return job(happening.node);
    case What::resolved: return resolved(happening.node);
    case What::datagram: return;
  }
}

bool Network::fails() { return ++connection_events_ == fail_at_; }

void Network::knock(const Happening& happening) {
  auto& link = links_.at(happening.slot);
  auto& node = nodes_[happening.node];
  const NodeIndex dialler = link.ends[0].node;
  // A partition that came after the dial: the dialler waits in vain, as long as it would have.
  if (apart(dialler, happening.node)) return push(connect_within, happening.slot, 0, What::not_connected);
  const Duration back = link.latency;
  if (!node.process || fails()) return push(back, happening.slot, 0, What::not_connected);
  const Address from{nodes_[dialler].spec.ip, static_cast<u16>(49'152 + happening.slot % 16'384), link.word,
                     std::nullopt};
  const auto peer = node.process->world->accept(turn(node), link.word, from);
  push(back, happening.slot, 0, What::connected);
  if (peer) {
    link.ends[1].peer = peer;
    node.process->lines.emplace(*peer, std::pair{happening.slot, u8{1}});
  } else {
    transmit(happening.slot, 0, {.fin = true});
  }
  settle(happening.node);
}

void Network::connected(const Happening& happening) {
  auto& link = links_.at(happening.slot);
  auto& node = nodes_[happening.node];
  // The dialler may have given up meanwhile.
  if (!link.ends[0].peer) return;
  const Peer peer = *link.ends[0].peer;
  const bool failed = happening.what == What::not_connected || fails();
  if (failed) {
    link.ends[0].peer.reset();
    node.process->lines.erase(peer);
    if (link.ends[1].peer)
      transmit(happening.slot, 1, {.fin = true});
    else
      close_link(happening.slot);
    node.process->world->not_connected(turn(node), peer);
  } else {
    link.established = true;
    node.process->world->connected(turn(node), peer);
  }
  settle(happening.node);
}

void Network::deliver(const Happening& happening) {
  auto& link = links_.at(happening.slot);
  auto& end = link.ends[happening.side];
  auto& pipe = end.in;
  auto& node = nodes_[happening.node];
  const NodeIndex sender = link.ends[1 - happening.side].node;
  if (pipe.chunks.empty()) return;
  const bool reads = !end.peer || node.process->world->reads(*end.peer);
  if (!reads || apart(sender, happening.node)) {
    ++pipe.waiting;
    return;
  }
  const Chunk chunk = std::move(pipe.chunks.front());
  pipe.chunks.pop_front();
  pipe.bytes -= chunk.size;
  if (std::exchange(pipe.full, false))
    push(link.latency, happening.slot, static_cast<u8>(1 - happening.side), What::room);
  if (!end.peer) return lose(chunk.bytes);
  trace_.note(chunk.bytes);
  node.traffic.received += chunk.size;
  if (fails()) {
    lose(chunk.bytes);
    return break_link(happening.slot);
  }
  take(happening.node, *end.peer, chunk);
}

void Network::take(NodeIndex index, Peer peer, const Chunk& chunk) {
  auto& node = nodes_[index];
  auto& world = *node.process->world;
  // A ticket is never cut.
  const auto piece = config_.fidelity == Fidelity::bytes ? config_.piece : chunk.bytes.size();
  for (std::size_t at = 0; at < chunk.bytes.size(); at += piece)
    world.receive(turn(node), peer, Bytes(chunk.bytes).subspan(at, std::min(piece, chunk.bytes.size() - at)));
  if (chunk.fin) world.ended(turn(node), peer);
  settle(index);
}

void Network::room(const Happening& happening) {
  const auto peer = links_.at(happening.slot).ends[happening.side].peer;
  if (!peer) return;
  send(happening.node, *peer, happening.slot, happening.side);
  settle(happening.node);
}

void Network::tick(NodeIndex index) {
  auto& node = nodes_[index];
  node.process->tick_at = never;
  node.process->world->tick(turn(node));
  settle(index);
}

void Network::job(NodeIndex index) {
  auto& node = nodes_[index];
  auto& process = *node.process;
  const auto next = std::move(process.jobs.front());
  process.jobs.pop_front();
  process.world->done(turn(node), core::run(next, process.judge.get(), process.world->host().kinds()));
  settle(index);
}

void Network::resolved(NodeIndex index) {
  auto& node = nodes_[index];
  const auto endpoint = std::move(node.process->resolving.front());
  node.process->resolving.pop_front();
  node.process->world->resolved(turn(node), endpoint, names_[endpoint.dns]);
  settle(index);
}

void Network::datagram(const Happening& happening) {
  const auto came = std::move(datagrams_.extract(happening.slot).mapped());
  auto& node = nodes_[happening.node];
  if (!node.process || node.life != happening.generation) return;
  now_ = happening.at;
  trace_.note(happening);
  trace_.note(came.bytes);
  node.traffic.received += came.bytes.size();
  node.process->world->datagram(turn(node), came.from, came.bytes);
  settle(happening.node);
}

void Network::partition(const std::vector<std::vector<NodeIndex>>& parts) {
  for (auto& node : nodes_) node.part = 0;
  for (u32 part = 0; part < parts.size(); ++part)
    for (const NodeIndex node : parts[part]) nodes_[node].part = part + 1;
  for (u32 slot = 0; slot < links_.slots(); ++slot)
    for (const u8 side : {u8{0}, u8{1}}) release(slot, side);
}

void Network::cut(NodeIndex a, NodeIndex b) {
  for (u32 slot = 0; slot < links_.slots(); ++slot) {
    const auto& link = links_.at(slot);
    const NodeIndex from = link.ends[0].node;
    const NodeIndex to = link.ends[1].node;
    if (link.open && link.established && ((from == a && to == b) || (from == b && to == a))) break_link(slot);
  }
}

}  // namespace kith::sim
