// The traffic between a host and its wires.
#include "core/world.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::core {

namespace {

/// Most bytes of a goodbye.
constexpr std::size_t max_last = 1024;

}  // namespace

World::World(std::unique_ptr<Host> host, std::vector<std::unique_ptr<Port>> ports, std::size_t most_held)
    : host_(std::move(host)), ports_(std::move(ports)), most_held_(most_held) {}

Port* World::port(std::string_view word) {
  for (const auto& port : ports_)
    if (port->word() == word) return port.get();
  return nullptr;
}

void World::add(Peer peer, std::unique_ptr<Wire> wire) {
  check(lines_.emplace(peer, Line{std::move(wire)}).second, "a peer number twice");
  touch(peer);
}

std::optional<Peer> World::accept(const Turn& turn, std::string_view word, const Address& from) {
  Turn mine = turn;
  auto* through = port(word);
  check(through != nullptr, "a listener without a port");
  const auto peer = host_->knocked(mine, from);
  if (peer) add(*peer, through->accept(mine, from, host_->offer(mine, word)));
  settle(mine);
  return peer;
}

void World::connected(const Turn& turn, Peer peer) {
  auto node = dialling_.extract(peer);
  if (node.empty()) return;
  Turn mine = turn;
  const auto& dial = node.mapped();
  add(peer, port(dial.to.wire)->dial(mine, dial.to, host_->offer(mine, dial.to.wire), dial.probe));
  settle(mine);
}

void World::not_connected(const Turn& turn, Peer peer, const char* why) {
  if (dialling_.erase(peer) == 0) return;
  Turn mine = turn;
  host_->dial_failed(mine, peer, {Fault::unreachable, why});
  settle(mine);
}

void World::receive(const Turn& turn, Peer peer, Bytes bytes) {
  const auto at = lines_.find(peer);
  if (at == lines_.end()) return;
  Turn mine = turn;
  traffic_.received += bytes.size();
  at->second.traffic.received += bytes.size();
  at->second.wire->receive(mine, bytes);
  touch(peer);
  settle(mine);
}

void World::ended(const Turn& turn, Peer peer) {
  const auto at = lines_.find(peer);
  if (at == lines_.end()) return;
  Turn mine = turn;
  at->second.wire->ended(mine);
  touch(peer);
  settle(mine);
}

void World::pull(const Turn& turn, Peer peer, Buffer& out, std::size_t room) {
  const auto at = lines_.find(peer);
  if (at == lines_.end()) return;
  Turn mine = turn;
  at->second.told_ready = false;
  const std::size_t before = out.size();
  at->second.wire->pull(mine, out, room);
  traffic_.sent += out.size() - before;
  at->second.traffic.sent += out.size() - before;
  touch(peer);
  settle(mine);
}

std::optional<Traffic> World::traffic(Peer peer) const {
  const auto at = lines_.find(peer);
  return at == lines_.end() ? std::nullopt : std::optional(at->second.traffic);
}

bool World::reads(Peer peer) const {
  const auto at = lines_.find(peer);
  return at != lines_.end() && !at->second.paused;
}

void World::datagram(const Turn& turn, const Address& from, Bytes bytes) {
  auto* to = port(from.wire);
  check(to != nullptr, "a listener without a port");
  if (host_->is_banned(turn, from.ip)) return;
  Turn mine = turn;
  to->datagram(mine, from, bytes, host_->offer(mine, from.wire));
  settle(mine);
}

bool World::hear_ports(Turn& turn) {
  bool heard = false;
  for (const auto& port : ports_) {
    while (auto report = port->take()) {
      heard = true;
      if (auto* send = std::get_if<SendDatagram>(&*report)) {
        needs_.push_back(std::move(*send));
      } else if (const auto* of = std::get_if<HeardOf>(&*report)) {
        host_->heard(turn, of->from, of->addresses);
      } else {
        const auto& asked = std::get<AskedFor>(*report);
        port->tell(turn, asked.question, host_->addresses_for(turn, asked.asker), host_->offer(turn, port->word()));
      }
    }
  }
  return heard;
}

void World::resolved(const Turn& turn, const Endpoint& endpoint, std::span<const Ip> ips) {
  Turn mine = turn;
  host_->resolved(mine, endpoint, ips);
  settle(mine);
}

void World::done(const Turn& turn, const Done& done) {
  Turn mine = turn;
  host_->done(mine, done);
  settle(mine);
}

void World::tick(const Turn& turn) {
  Turn mine = turn;
  while (!deadlines_.empty() && deadlines_.begin()->first <= mine.now) {
    const auto [deadline, peer] = *deadlines_.begin();
    deadlines_.erase(deadlines_.begin());
    auto& line = lines_.at(peer);
    line.deadline = never;
    line.wire->on_tick(mine);
    touch(peer);
  }
  for (const auto& port : ports_)
    if (port->next() <= mine.now) port->on_tick(mine);
  host_->tick(mine);
  settle(mine);
}

void World::start(const Turn& turn) {
  Turn mine = turn;
  host_->start(mine);
  settle(mine);
}

void World::stop(const Turn& turn) {
  Turn mine = turn;
  host_->stop(mine);
  settle(mine);
}

Time World::next() const {
  Time first = host_->next();
  if (!deadlines_.empty()) first = std::min(first, deadlines_.begin()->first);
  for (const auto& port : ports_) first = std::min(first, port->next());
  return first;
}

std::optional<Need> World::take() {
  if (needs_.empty()) return std::nullopt;
  auto need = std::move(needs_.front());
  needs_.pop_front();
  return need;
}

void World::settle(Turn& turn) {
  while (true) {
    if (auto order = host_->take()) {
      obey(turn, std::move(*order));
    } else if (!touched_.empty()) {
      const Peer peer = touched_.front();
      touched_.erase(touched_.begin());
      drain(turn, peer);
    } else if (!hear_ports(turn)) {
      return;
    }
  }
}

void World::drain(Turn& turn, Peer peer) {
  const auto at = lines_.find(peer);
  if (at == lines_.end()) return;
  auto& line = at->second;
  while (host_->hears(peer)) {
    auto report = line.wire->take();
    if (!report) break;
    const bool over = std::holds_alternative<Closed>(*report);
    host_->report(turn, peer, std::move(*report));
    if (over) return forget(turn, peer);
  }
  held_ -= line.held;
  held_ += line.held = line.wire->held();
  if (held_ > most_held_) shed(turn);
  if (line.wire->has_output() && !line.told_ready) {
    line.told_ready = true;
    needs_.push_back(Ready{peer});
  }
  if (const auto deadline = line.wire->deadline(); deadline != line.deadline) {
    deadlines_.erase({line.deadline, peer});
    line.deadline = deadline;
    if (deadline != never) deadlines_.insert({deadline, peer});
  }
}

void World::forget(Turn& turn, Peer peer) {
  const auto at = lines_.find(peer);
  deadlines_.erase({at->second.deadline, peer});
  held_ -= at->second.held;
  // The wire ends here; what it has still to say, a goodbye at most, goes with the need.
  Shut shut{peer, {}};
  at->second.wire->pull(turn, shut.last, max_last);
  traffic_.sent += shut.last.size();
  needs_.emplace_back(std::move(shut));
  lines_.erase(at);
}

void World::shed(Turn& turn) {
  const auto most = std::ranges::max_element(lines_, {}, [](const auto& entry) { return entry.second.held; });
  held_ -= std::exchange(most->second.held, 0);
  most->second.wire->close(turn, Fault::too_slow);
  touch(most->first);
}

void World::obey(Turn& turn, Order order) {
  const auto wire = [&](Peer peer) -> Wire* {
    const auto at = lines_.find(peer);
    if (at == lines_.end()) return nullptr;
    touch(peer);
    return at->second.wire.get();
  };
  if (auto* dial = std::get_if<Dial>(&order)) {
    if (!port(dial->to.wire)) return host_->dial_failed(turn, dial->peer, {Fault::bad_address, "wire"});
    dialling_.emplace(dial->peer, *dial);
    needs_.push_back(Connect{dial->peer, dial->to, dial->dns});
  } else if (auto* say = std::get_if<Say>(&order)) {
    if (auto* to = wire(say->peer)) to->say(turn, say->message);
  } else if (auto* lane = std::get_if<GiveUp>(&order)) {
    if (auto* to = wire(lane->peer)) to->reset(turn, lane->lane);
  } else if (auto* close = std::get_if<Close>(&order)) {
    if (dialling_.erase(close->peer) > 0) {
      needs_.push_back(Shut{close->peer, {}});
      host_->dial_failed(turn, close->peer, {close->why});
    } else if (auto* to = wire(close->peer)) {
      to->close(turn, close->why);
    }
  } else if (auto* pause = std::get_if<Pause>(&order)) {
    const auto at = lines_.find(pause->peer);
    if (at == lines_.end()) return;
    at->second.paused = pause->paused;
    if (pause->paused) return;
    touch(pause->peer);
    needs_.push_back(Ready{pause->peer});
  } else if (auto* refuse = std::get_if<Refuse>(&order)) {
    for (const auto& port : ports_) port->refuse(refuse->id, refuse->refused);
  } else if (auto* inquire = std::get_if<Inquire>(&order)) {
    if (auto* through = port(inquire->of.wire))
      through->inquire(turn, inquire->of, host_->offer(turn, inquire->of.wire));
  } else if (auto* resolve = std::get_if<Resolve>(&order)) {
    needs_.push_back(std::move(*resolve));
  } else if (auto* save = std::get_if<Save>(&order)) {
    needs_.push_back(std::move(*save));
  } else if (auto* work = std::get_if<Work>(&order)) {
    needs_.push_back(std::move(*work));
  } else {
    needs_.push_back(std::get<Event>(std::move(order)));
  }
}

}  // namespace kith::core
