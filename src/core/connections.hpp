// Connections: the host's rows for the connections that it has, from the dial or the knock to the end.
#pragma once

#include <algorithm>
#include <map>

#include "core/protocol.hpp"

namespace kith::core {

/// Bodies said to a peer and not yet sent, in bytes: past this there is no room, and past four times this it is too
/// slow.
inline constexpr std::size_t full_queue = 4 * 1024 * 1024;
/// Items of one peer that may be with the workers at once; past this it is not read until half are back.
inline constexpr std::size_t max_judging = 256;

struct Connection {
  PeerInfo info;
  /// Said hello; protocols know of it.
  bool open = false;
  bool closing = false;
  bool probe = false;
  /// The other side is one of our network, as the wire reported: of a probe, all that there was to find out.
  bool answered = false;
  /// Whose address this probe is for, if a peer waits for the answer.
  std::optional<Peer> probe_for = std::nullopt;
  /// The dial plan chose it.
  bool planned = false;
  /// Dialled for a letter's sake, and closed when that is delivered.
  bool errand = false;
  Time since{};
  Time opened_at{};
  /// Lanes of the dialling side are odd, of the other even; 0 is the wire's.
  Lane next_lane = 1;
  std::size_t queued = 0;
  bool was_full = false;
  std::size_t judging = 0;
  bool paused = false;
  Duration round_trip = Duration::max();
  /// When it last gave us an item, or a block, that was new and good.
  Time last_item{};
  Time last_block{};

  bool shares(u16 name) const { return info.hello.shares(name); }
};

class Connections {
 public:
  Connection& add(Connection connection) {
    const Peer peer = connection.info.peer;
    return rows_.insert_or_assign(peer, std::move(connection)).first->second;
  }
  Connection* find(Peer peer) {
    const auto at = rows_.find(peer);
    return at == rows_.end() ? nullptr : &at->second;
  }
  const Connection* find(Peer peer) const { return const_cast<Connections*>(this)->find(peer); }
  /// An open connection to `id`, other than `but`.
  Connection* twin(const PeerId& id, Peer but) {
    for (auto& [peer, row] : rows_)
      if (row.open && !row.closing && peer != but && row.info.hello.id == id) return &row;
    return nullptr;
  }
  std::vector<Peer> peers() const {
    std::vector<Peer> out;
    out.reserve(rows_.size());
    for (const auto& [peer, row] : rows_) out.push_back(peer);
    return out;
  }
  void erase(Peer peer) { rows_.erase(peer); }
  const std::map<Peer, Connection>& rows() const { return rows_; }

 private:
  std::map<Peer, Connection> rows_;
};

}  // namespace kith::core
