// Protocol: one sub-protocol of a host, which sees all its peers. It reports facts and asks for sends, and says in its
// dialect what the host decided. Everything it does in a turn is recorded and happens after the turn.
#pragma once

#include <span>
#include <variant>

#include "core/kind.hpp"
#include "core/turn.hpp"
#include "model/ask.hpp"
#include "model/hello.hpp"
#include "model/mail.hpp"

namespace kith::ledger {
class Chain;
}

namespace kith::core {

class Host;

/// A connection as protocols see it.
struct PeerInfo {
  Peer peer;
  /// Where the other side is: dialled, or seen by accept (then the port is not the one on which it listens).
  Address address;
  bool inbound = false;
  Hello hello;
};

struct TimedAddress {
  Address address;
  /// When it was last known to be good, quantised.
  Utc seen{};
};

// What a protocol asks for.
struct Say {
  Peer peer;
  Message message;
};
struct GiveUp {
  Peer peer;
  Lane lane = 0;
};
/// Read a block for a peer; on_served follows.
struct ReadBlock {
  Peer peer;
  Lane lane = 0;
  Hash id{};
};
// What a protocol reports.
struct Learned {
  Peer from;
  std::vector<TimedAddress> addresses;
  /// What all of them take, if we asked for such.
  std::optional<KindTag> kind = std::nullopt;
};
struct Blamed {
  Peer peer;
  Error error;
};
/// A round trip.
struct Measured {
  Peer peer;
  Duration round_trip{};
};
/// A peer said, just now, that it is `theirs`.
struct TellsTime {
  Peer peer;
  Utc theirs{};
};
/// A peer says whether it could reach us at `address`, or, without a word on that, that it sees us there.
struct Reached {
  Peer by;
  Address address;
  std::optional<bool> reached;
};
struct Announced {
  Peer peer;
  std::vector<ItemId> ids;
};
/// A body came, pushed or as the answer to `ask`. The host computes its id.
struct Offered {
  Peer peer;
  u16 kind = 0;
  Body body;
  std::optional<u64> ask;
  /// What `ask` asked for.
  ItemId asked = {};
};
struct MissedItems {
  Peer peer;
  u64 ask = 0;
  std::vector<ItemId> ids;
};
struct HaveHeaders {
  Peer peer;
  std::vector<Buffer> headers;
  std::optional<u64> ask;
};
/// The peer has these blocks, of which it said the ids alone.
struct NamedBlocks {
  Peer peer;
  std::vector<Hash> ids;
};
struct GotBlock {
  Peer peer;
  Body body;
  std::optional<u64> ask;
};
struct MissedBlocks {
  Peer peer;
  u64 ask = 0;
  std::vector<Hash> ids;
};
/// Who was asked where `whom` is says so, or, with no address, that it does not know.
struct Found {
  Peer by;
  PeerId whom;
  std::vector<Address> addresses;
};
struct LetterCame {
  Letter letter;
};
/// A message to this node alone came, from a neighbour that says it once and asks for nothing.
struct DirectCame {
  Peer from;
  std::string protocol;
  Body bytes;
};
/// What became of a call of the application.
struct CallEnded {
  u64 number = 0;
  /// The answer, or how it failed: no_answer, or refused with the other side's words in `text`.
  Result<Body> answer;
  std::string text = {};
};
/// `by` says that it has our letter of this number, or an answer to that effect.
struct LetterTaken {
  Peer by;
  u64 number = 0;
};
struct LetterNotTaken {
  Peer by;
  u64 number = 0;
};
/// Spread an item of our own.
struct PublishItem {
  u16 kind = 0;
  Body body;
};
using Act = std::variant<Say, GiveUp, ReadBlock, Learned, Blamed, Measured, TellsTime, Reached, Announced, Offered,
                         MissedItems, HaveHeaders, NamedBlocks, GotBlock, MissedBlocks, Found, LetterCame, LetterTaken,
                         LetterNotTaken, PublishItem, DirectCame, CallEnded>;

class ProtocolTurn : public Turn {
 public:
  ProtocolTurn(const Turn& turn, Host& host, std::vector<Act>& acts) : Turn(turn), host_(host), acts_(acts) {}

  /// A lane of ours to `peer` that was never used.
  Lane open(Peer peer);
  void say(Peer peer, Message message) { act(Say{peer, std::move(message)}); }
  template <typename A>
  void act(A&& what) {
    acts_.emplace_back(std::forward<A>(what));
  }

  // What a protocol may read. All of it is what the host knew when the turn began.
  const PeerInfo* info(Peer peer) const;
  /// Whether more may be said to `peer` now; on_room follows when it may again.
  bool room(Peer peer) const;
  /// Where we believe that we can be reached by `peer`.
  std::optional<Address> own_address(Peer peer) const;
  /// Addresses fit to be told to `peer`; with `kind`, only of those that take such items.
  std::vector<TimedAddress> addresses_for(Peer peer, std::optional<KindTag> kind = std::nullopt);
  /// Kinds of items of whose takers we want to hear from `peer`.
  std::vector<KindTag> kinds_wanted(Peer peer) const;
  std::optional<Body> item(Peer peer, const ItemId& id) const;
  std::vector<Buffer> headers_after(std::span<const Hash> locator, std::size_t most) const;
  /// Null for a host without a ledger.
  const ledger::Chain* chain() const;
  const std::vector<Kind>& kinds() const;
  std::optional<u16> kind(std::string_view text) const;

 private:
  Host& host_;
  std::vector<Act>& acts_;
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  /// The names that it answers to; `first` is the index of the first one in the host's table.
  virtual std::vector<Name> names() const = 0;
  virtual void mounted(u16 first) = 0;

  virtual void on_peer(ProtocolTurn&, const PeerInfo&) {}
  virtual void on_gone(ProtocolTurn&, Peer) {}
  virtual void on_message(ProtocolTurn&, const PeerInfo&, const Message&) = 0;
  /// The other side gave up `lane`.
  virtual void on_reset(ProtocolTurn&, Peer, Lane) {}
  virtual void on_room(ProtocolTurn&, Peer) {}
  virtual void on_tick(ProtocolTurn&) {}
  virtual Time next() const { return never; }
  /// Who speaks it gives blocks and headers.
  virtual bool gives_blocks() const { return false; }
  /// Nothing is left of any peer; for the tests of every protocol.
  virtual bool idle() const { return true; }

  // What the host decided, to be said to peers that share a name with this protocol.
  virtual void on_ask(ProtocolTurn&, const Ask&) {}
  virtual void on_cancel(ProtocolTurn&, u64 /*ask*/) {}
  virtual void on_push(ProtocolTurn&, const Item&, std::span<const Peer>) {}
  virtual void on_tell(ProtocolTurn&, Peer, std::span<const ItemId>) {}
  /// `peer` gave an item of `kind` that needs others first.
  virtual void on_needs(ProtocolTurn&, Peer, u16 /*kind*/, std::span<const Hash> /*needs*/) {}
  virtual void on_announce(ProtocolTurn&, Peer, std::span<const Buffer> /*headers*/) {}
  virtual void on_served(ProtocolTurn&, Peer, Lane, const Hash&, const std::optional<Body>&) {}
  /// A probe of the address at which `peer` says that it listens ended.
  virtual void on_probed(ProtocolTurn&, Peer, const Address&, bool /*reached*/) {}
  /// Ask `peer` where `whom` is.
  virtual void on_where(ProtocolTurn&, Peer, const PeerId& /*whom*/) {}
  virtual void on_hand(ProtocolTurn&, Peer, const Letter&) {}
  /// Say this to `peer` alone, under the name of `protocol`; false if that is none of this one's. And ask it, and
  /// report CallEnded once.
  virtual bool on_direct(ProtocolTurn&, Peer, std::string_view /*protocol*/, const Body&) { return false; }
  virtual bool on_call(ProtocolTurn&, Peer, u64 /*number*/, std::string_view /*protocol*/, u32 /*type*/, const Body&) {
    return false;
  }
  /// Make an item that only the letter's receiver can open.
  virtual void on_seal(ProtocolTurn&, const Letter&) {}
};

}  // namespace kith::core
