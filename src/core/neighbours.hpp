// Neighbours: whom this host knows, dials, lets in and keeps, over one wire. It joins the small cores of peers/ and has
// no policy of its own but when to fall back on the bootstrap nodes.
#pragma once

#include <functional>
#include <variant>

#include "core/connections.hpp"
#include "peers/dialing.hpp"
#include "peers/eviction.hpp"
#include "peers/limits.hpp"
#include "peers/peer_book.hpp"
#include "peers/reachability.hpp"

namespace kith::core {

struct NeighboursConfig {
  /// The wire whose addresses these are.
  std::string word;
  /// Whether its addresses have ids.
  bool has_ids = true;
  /// Whether it proves these. Where it does not, a ban falls on the address.
  bool proves_ids = true;
  /// Ours on this wire, if it is another than the host's own.
  std::optional<PeerId> id = std::nullopt;
  /// Whether those owe who give items that are bad by our rules: not where others may have rules of their own.
  bool blames_items = true;
  /// On which we listen; 0 if on none.
  u16 port = 0;
  std::vector<Endpoint> bootstrap;
  /// Where the network itself keeps addresses: names whose IPs are learned while the book is empty, and addresses that
  /// are learned when the names led to nothing.
  std::vector<Endpoint> seeds = {};
  /// Where others reach us, as the operator knows it; told in place of what they report. The first of a family counts.
  std::vector<Address> external;
  /// Names are dialled as they are, for a driver that hands them on, and never resolved here.
  bool dials_names = false;
  peers::DialConfig dialing;
  peers::LimitsConfig limits;
  peers::ReachabilityConfig reachability;
  /// Mean time between two questions to the bootstrap nodes while nobody else can be dialled.
  Duration bootstrap_every = std::chrono::seconds(20);
  /// Nobody beyond this machine is dialled or asked: see Host::dial.
  bool only_loopback = false;
  /// Where addresses are asked for by datagrams: of how many of the book at once (0 asks nobody) and, while that holds
  /// fewer than `thin_book`, of whom besides; and the mean time between two rounds then, and later.
  std::size_t inquire_of = 0;
  std::vector<Address> inquire_first = {};
  Duration inquire_every = std::chrono::seconds(10);
  Duration inquire_later = std::chrono::minutes(10);
  std::size_t thin_book = 100;
  /// Mean time between two looks at whom to dial.
  Duration look_every = std::chrono::seconds(1);
};

/// A connection that should be tried.
struct Wish {
  std::variant<Address, Endpoint> to;
  bool probe = false;
  /// The connection whose other side wants to know whether it can be called back.
  std::optional<Peer> probe_for = std::nullopt;
  /// The dial plan wants it.
  bool planned = false;
};

/// Whom to dial, now that the name of `endpoint` is known to mean `ips`.
std::vector<Wish> resolved(const Endpoint& endpoint, std::span<const Ip> ips);

class Neighbours {
 public:
  /// `self` is what we say of ourselves. `file` is the book that an earlier run saved; one that cannot be read is told
  /// by damaged().
  Neighbours(NeighboursConfig config, const Hello& self, Bytes file, Rng& rng);

  std::vector<Wish> on_tick(Turn& turn, const Connections& connections,
                            const std::function<bool(const Address&)>& may_dial);
  /// Whom to ask for addresses by datagrams now.
  std::vector<Address> inquiries(Turn& turn);
  Time next() const { return config_.inquire_of > 0 ? std::min(look_at_, inquire_at_) : look_at_; }
  /// A connection of our own choice that makes room for one that a kind of items needs.
  std::optional<Peer> surplus(const Turn& turn, const Connections& connections) const;
  /// Kinds of items to which too few of our connections lead: whose takers we want to hear of.
  std::vector<KindTag> kinds_wanted(const Turn& turn, const Connections& connections) const;

  // Connections that begin and end.
  bool admits(const Turn& turn, const Ip& from, const Connections& connections);
  /// Who makes room for one more who knocks, while as many are half open as may be: the one that has been so for
  /// longest. Who means it is through long before so many others have come.
  std::optional<Peer> slowest(const Connections& connections) const;
  /// Makes room for one more open inbound connection from `from`: the peer to evict, if one must go.
  Result<std::optional<Peer>> seat(const Turn& turn, const Connection& row, const Connections& connections);
  void dialling(const Turn& turn, const Address& to) { book_.tried(to, turn.utc); }
  /// The probe to send to a peer that came in and says that it listens.
  std::optional<Wish> opened(Turn& turn, const PeerInfo& info);
  void closed(const Turn& turn, const Connection& gone, const Connections& connections);

  // What protocols report and read.
  /// From a peer, or by datagrams. `kind` is the one that all of them take, if that was asked for.
  void learned(const Turn& turn, const Address& from, std::span<const TimedAddress> addresses,
               std::optional<KindTag> kind = std::nullopt);
  /// What a name of the seeds means; false if it is none of them.
  bool seeded(const Turn& turn, const Endpoint& endpoint, std::span<const Ip> ips);
  void reached(const Turn& turn, const PeerInfo& by, const Address& seen, std::optional<bool> reached);
  /// Others than the asker himself, who may be no peer.
  std::vector<TimedAddress> addresses_for(Turn& turn, const Address& asker, std::optional<KindTag> kind = std::nullopt);
  /// Where we are to be reached by somebody at `by`.
  std::optional<Address> own_address(Time now, const Ip& by) const;
  peers::Reachability::State reachable(Time now) const { return reachability_.state(now); }
  /// The port to tell others: none if we know that nobody can reach it, and the operator did not name one.
  u16 port_to_tell(Time now) const;

  const std::string& word() const { return config_.word; }
  bool dials_names() const { return config_.dials_names; }
  bool blames_items() const { return config_.blames_items; }
  bool proves_ids() const { return config_.proves_ids; }
  /// Whether bytes may go there.
  bool may_reach(const Ip& ip) const { return !config_.only_loopback || ip.is_loopback(); }
  /// Ours on this wire.
  const std::optional<PeerId>& id() const { return id_; }
  const peers::PeerBook& book() const { return book_; }
  bool damaged() const { return damaged_; }

 private:
  std::vector<Wish> bootstrap(Turn& turn);
  void ask_seeds(const Turn& turn, std::vector<Wish>& out);
  /// The connections as the dial plan sees them, and whose they are.
  std::vector<peers::Link> links(const Connections& connections, std::vector<Peer>* peers = nullptr) const;
  void note_kinds(const Address& address, const Hello& hello);
  /// The port at which others reach us if they reach us at all.
  u16 open_port() const { return config_.external.empty() ? config_.port : config_.external.front().port; }

  /// Whether this is our own address, as far as the wire tells.
  bool is_me(const Address& address) const { return id_ && address.id == id_; }
  /// Whether a connection is over this wire.
  bool is_here(const Connection& row) const { return row.info.address.wire == config_.word; }

  NeighboursConfig config_;
  /// Ours, where the wire has such.
  std::optional<PeerId> id_;
  /// Kinds of items that we take.
  std::vector<KindTag> kinds_;
  bool damaged_ = false;
  peers::PeerBook book_;
  /// A bootstrap node was connected, or we know others from an earlier run.
  bool met_bootstrap_;
  peers::Admission admission_;
  peers::Reachability reachability_;
  /// Whom eviction favours is nobody's to know.
  peers::Salt salt_;
  Time look_at_{};
  Time bootstrap_at_{};
  Time inquire_at_{};
  bool asked_seeds_ = false;
  Time feeler_at_{};
  Time rotate_at_ = never;
  /// From the last rotation to the next.
  Duration rotate_after_;
};

}  // namespace kith::core
