// Link: a connection as TCP gives it: two pipes of bytes that arrive later, in order, or not at all.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "base/fifo.hpp"
#include "model/peer.hpp"
#include "sim/queue.hpp"

namespace kith::sim {

/// Most bytes of a pipe, in flight or not read yet; past this its sender waits.
inline constexpr std::size_t pipe_window = 256 * 1024;

struct Chunk {
  Buffer bytes = {};
  /// What it counts on the link, in bytes.
  std::size_t size = 0;
  /// The stream ends behind the bytes.
  bool fin = false;
};

/// What travels towards one end of a link.
struct Pipe {
  Fifo<Chunk> chunks;
  std::size_t bytes = 0;
  /// Chunks that are there and cannot be taken: the reader pauses, or the network is parted.
  std::size_t waiting = 0;
  /// When the last chunk arrives; nothing overtakes it.
  Time last{};
  /// Its sender stopped for want of room.
  bool full = false;
};

struct End {
  NodeIndex node = 0;
  /// What the node's world calls the link; nothing before it knows of it and after it forgot it.
  std::optional<Peer> peer;
  Pipe in;
};

struct Link {
  /// The dialler's, then the listener's.
  std::array<End, 2> ends;
  /// Of the wire that is spoken.
  std::string word;
  /// One way.
  Duration latency{};
  /// The dialler has been told that it is connected.
  bool established = false;
  bool open = false;
  u32 generation = 0;
};

/// All links, in slots that are used again; a generation tells one user of a slot from the next.
class Links {
 public:
  u32 open(NodeIndex dialler, Peer peer, NodeIndex listener, Duration latency) {
    if (free_.empty()) {
      free_.push_back(static_cast<u32>(slots_.size()));
      slots_.emplace_back();
    }
    const u32 slot = free_.back();
    free_.pop_back();
    auto& link = slots_[slot];
    const u32 generation = link.generation + 1;
    link = Link{};
    link.generation = generation;
    link.open = true;
    link.latency = latency;
    link.ends[0].node = dialler;
    link.ends[0].peer = peer;
    link.ends[1].node = listener;
    return slot;
  }
  void close(u32 slot) {
    auto& link = slots_[slot];
    if (!link.open) return;
    link.open = false;
    link.ends[0].in = link.ends[1].in = Pipe{};
    free_.push_back(slot);
  }

  Link& at(u32 slot) { return slots_[slot]; }
  /// The link that `happening` is about, unless it is over.
  Link* find(const Happening& happening) {
    auto& link = slots_[happening.slot];
    return link.open && link.generation == happening.generation ? &link : nullptr;
  }
  std::size_t slots() const { return slots_.size(); }

 private:
  std::deque<Link> slots_;
  std::vector<u32> free_;
};

}  // namespace kith::sim
