// What a world asks of its driver, done as a shell does it.
#include "base/check.hpp"
#include "sim/network.hpp"

namespace kith::sim {

void Network::push(Duration in, NodeIndex node, What what) {
  queue_.push({.at = now_ + in, .node = node, .what = what, .generation = nodes_[node].life});
}

void Network::push(Duration in, u32 slot, u8 side, What what) {
  const auto& link = links_.at(slot);
  queue_.push({.at = now_ + in,
               .node = link.ends[side].node,
               .what = what,
               .side = side,
               .slot = slot,
               .generation = link.generation});
}

void Network::settle(NodeIndex index) {
  auto& node = nodes_[index];
  obey_all(index);
  auto& process = *node.process;
  for (int i = 0; i < config_.extra_ticks; ++i) {
    process.world->tick(turn(node));
    obey_all(index);
  }
  for (int i = 0; process.world->next() <= now_; ++i) {
    check(i < max_ticks_at_once, "a deadline that does not move on");
    process.world->tick(turn(node));
    obey_all(index);
  }
  const Time next = process.world->next();
  if (next >= process.tick_at) return;
  process.tick_at = next;
  push(next - now_, index, What::tick);
}

void Network::obey_all(NodeIndex index) {
  auto& world = *nodes_[index].process->world;
  while (auto need = world.take()) std::visit([&](auto& what) { obey(index, what); }, *need);
}

void Network::obey(NodeIndex index, const core::Connect& need) {
  const auto at = by_address_.find({need.to.ip, need.to.port});
  const bool exists = at != by_address_.end();
  const NodeIndex to = exists ? at->second : index;
  const u32 slot = links_.open(index, need.peer, to, latency(index, to));
  links_.at(slot).word = need.to.wire;
  nodes_[index].process->lines.emplace(need.peer, std::pair{slot, u8{0}});
  if (!exists || !nodes_[at->second].spec.reachable || apart(index, at->second))
    return push(connect_within, slot, 0, What::not_connected);
  push(links_.at(slot).latency, slot, 1, What::knock);
}

void Network::obey(NodeIndex index, core::SendDatagram& need) {
  const auto at = by_address_.find({need.to.ip, need.to.port});
  if (at == by_address_.end() || !nodes_[at->second].spec.reachable || apart(index, at->second)) return;
  auto& sender = nodes_[index];
  sender.traffic.sent += need.bytes.size();
  if (config_.lose_one_in > 0 && rng_.one_in(config_.lose_one_in)) return;
  const Address from{sender.spec.ip, node_port, need.to.wire, std::nullopt};
  const u32 slot = next_datagram_++;
  datagrams_.emplace(slot, Datagram{from, std::move(need.bytes)});
  queue_.push({.at = now_ + latency(index, at->second),
               .node = at->second,
               .what = What::datagram,
               .slot = slot,
               .generation = nodes_[at->second].life});
}

void Network::obey(NodeIndex index, const core::Ready& need) {
  const auto& lines = nodes_[index].process->lines;
  const auto at = lines.find(need.peer);
  if (at == lines.end()) return;
  const auto [slot, side] = at->second;
  send(index, need.peer, slot, side);
  release(slot, side);
}

void Network::send(NodeIndex index, Peer peer, u32 slot, u8 side) {
  auto& node = nodes_[index];
  const auto to = static_cast<u8>(1 - side);
  auto& pipe = links_.at(slot).ends[to].in;
  if (pipe.bytes >= pipe_window) {
    pipe.full = true;
    return;
  }
  Chunk chunk;
  node.process->world->pull(turn(node), peer, chunk.bytes, std::min(std::size_t{64 * 1024}, pipe_window - pipe.bytes));
  if (chunk.bytes.empty()) return;
  chunk.size = config_.fidelity == Fidelity::bytes ? chunk.bytes.size() : post_.weigh(chunk.bytes);
  transmit(slot, to, std::move(chunk));
}

void Network::transmit(u32 slot, u8 to, Chunk chunk) {
  auto& link = links_.at(slot);
  auto& end = link.ends[to];
  auto& sender = nodes_[link.ends[1 - to].node];
  const std::size_t size = chunk.size;
  Time leaves = now_;
  if (config_.uplink > 0) {
    const auto takes = Duration{static_cast<i64>(size * 1'000'000 / config_.uplink)};
    leaves = sender.uplink_free = std::max(now_, sender.uplink_free) + takes;
  }
  if (config_.lose_one_in > 0 && rng_.one_in(config_.lose_one_in)) leaves += config_.resend_after;
  end.in.last = std::max(end.in.last, leaves + link.latency);
  end.in.bytes += size;
  end.in.chunks.push_back(std::move(chunk));
  sender.traffic.sent += size;
  push(end.in.last - now_, slot, to, What::bytes);
}

void Network::release(u32 slot, u8 side) {
  auto& link = links_.at(slot);
  if (!link.open) return;
  for (auto& waiting = link.ends[side].in.waiting; waiting > 0; --waiting) push(Duration{0}, slot, side, What::bytes);
}

void Network::obey(NodeIndex index, core::Shut& need) {
  const auto line = nodes_[index].process->lines.extract(need.peer);
  if (line.empty()) return lose(need.last);
  const auto [slot, side] = line.mapped();
  const auto to = static_cast<u8>(1 - side);
  if (links_.at(slot).ends[to].peer)
    transmit(slot, to, {need.last, need.last.size(), true});
  else
    lose(need.last);
  detach(slot, side);
}

void Network::detach(u32 slot, u8 side) {
  auto& link = links_.at(slot);
  link.ends[side].peer.reset();
  if (!link.ends[1 - side].peer)
    close_link(slot);
  else
    release(slot, side);
}

void Network::close_link(u32 slot) {
  for (auto& end : links_.at(slot).ends) lose(end.in);
  links_.close(slot);
}

void Network::lose(Pipe& pipe) {
  for (const auto& chunk : pipe.chunks) lose(chunk.bytes);
  pipe = Pipe{};
}

void Network::lose(Bytes bytes) {
  if (config_.fidelity == Fidelity::messages) post_.drop(bytes);
}

void Network::break_link(u32 slot) {
  const u32 generation = links_.at(slot).generation;
  for (const u8 side : {u8{0}, u8{1}}) {
    auto& link = links_.at(slot);
    if (!link.open || link.generation != generation) return;
    lose(link.ends[side].in);
    if (!link.ends[side].peer) continue;
    const NodeIndex index = link.ends[side].node;
    auto& node = nodes_[index];
    node.process->world->ended(turn(node), *link.ends[side].peer);
    settle(index);
  }
}

void Network::obey(NodeIndex index, core::Resolve& need) {
  nodes_[index].process->resolving.push_back(std::move(need.endpoint));
  push(config_.most_latency, index, What::resolved);
}

void Network::obey(NodeIndex index, core::Save& need) {
  nodes_[index].disk.files.insert_or_assign(std::move(need.file), std::move(need.bytes));
}

void Network::obey(NodeIndex index, core::Work& need) {
  auto& process = *nodes_[index].process;
  process.jobs.push_back(std::move(need.job));
  process.worker_free = std::max(now_, process.worker_free) + config_.job;
  push(process.worker_free - now_, index, What::job);
}

void Network::obey(NodeIndex index, const core::Event& need) {
  if (const auto* blame = std::get_if<core::PeerBlamed>(&need)) {
    const auto& id = blame->info.hello.id;
    blamed_.push_back({now_, index, id ? find(*id) : std::nullopt, blame->error});
  }
  for (const auto& watcher : watchers_) watcher(index, need);
}

}  // namespace kith::sim
