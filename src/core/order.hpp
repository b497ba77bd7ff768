// Order: what a host asks of the world, as plain values in a queue that a test can print.
#pragma once

#include <variant>

#include "core/protocol.hpp"
#include "core/work.hpp"
#include "ledger/chain.hpp"
#include "peers/clock_watch.hpp"
#include "peers/deliveries.hpp"

namespace kith::core {

/// Connect to `to` and call the connection `peer`. A probe ends as soon as the other side has proven to be there.
struct Dial {
  Peer peer;
  Address to;
  bool probe = false;
  /// The name to connect to, where names are dialled as they are; `to` has no IP then.
  std::string dns = {};
};
struct Close {
  Peer peer;
  Fault why = Fault::goodbye;
};
/// Stop reading from a peer until resumed.
struct Pause {
  Peer peer;
  bool paused = true;
};
struct Resolve {
  Endpoint endpoint;
};
/// Write a file whole, atomically; saved() comes back.
struct Save {
  std::string file;
  Buffer bytes;
};
struct Work {
  Job job;
};
/// Refuse sessions with an id, or no longer.
struct Refuse {
  PeerId id;
  bool refused = true;
};

/// Ask who is there by a datagram whom it knows; heard() follows if it answers.
struct Inquire {
  Address of;
};

// What the application is told.
struct PeerUp {
  PeerInfo info;
};
/// A dial that came to nothing, or somebody who came and got no session.
struct NotOpened {
  PeerInfo info;
  Error why;
};
struct PeerDown {
  PeerInfo info;
  Error why;
};
struct TipMoved {
  std::vector<ledger::Step> steps;
  /// Whom the new tip came from; absent if it was published here.
  std::optional<Peer> from;
};
struct ItemAccepted {
  Item item;
};
/// An item that was ignored for want of others; they are asked for. Who keeps it may publish it when they are there.
struct ItemNeeds {
  Item item;
  Peer from;
  std::vector<Hash> needs;
};
/// A peer owes for something; for the log.
struct PeerBlamed {
  PeerInfo info;
  Error error;
  bool banned = false;
};
/// An item of our own that proves itself did not.
struct ItemRefused {
  Item item;
  Verdict verdict = Verdict::reject;
};
/// A peer answered a ping after so long.
struct RoundTrip {
  Peer peer;
  Duration took{};
};
/// This clock and those of most others began to differ, or agree again.
struct ClockDiffers {
  peers::ClockNews news;
};
/// A letter came; once, unless this process is another than the one to which it came first.
struct MailCame {
  Letter letter;
};
/// A message of a neighbour to this node alone.
struct DirectMessage {
  PeerInfo from;
  std::string protocol;
  Body bytes;
};
using Event = std::variant<PeerUp, NotOpened, PeerDown, TipMoved, ItemAccepted, PeerBlamed, ItemRefused, ItemNeeds,
                           RoundTrip, ClockDiffers, MailCame, DirectMessage, CallEnded, peers::Delivered>;

using Order = std::variant<Dial, Say, GiveUp, Close, Pause, Resolve, Save, Work, Refuse, Inquire, Event>;

}  // namespace kith::core
