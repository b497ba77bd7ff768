// Deliveries: how one letter finds its way to one node, and how its sender learns that it did: over the connection that
// there is, else by the address book, else by asking neighbours for the address, else sealed for all and opened by one.
// Every delivery ends within a time and a number of messages that are known beforehand.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/recent.hpp"
#include "base/token_bucket.hpp"
#include "model/mail.hpp"
#include "model/peer.hpp"
#include "peers/budget.hpp"

namespace kith::peers {

struct DeliveryConfig {
  /// Whether others may be told our address by our key, and whether we dial whom we never met to acknowledge a letter.
  bool findable = true;
  /// How long a peer may take to acknowledge, a dial to succeed, and a neighbour to answer about an address.
  Duration hand_patience = 8s;
  Duration dial_patience = 7s;
  Duration ask_patience = 3s;
  /// From then on nothing is dialled or asked any more: the letter is sealed.
  Duration seal_by = 20s;
  /// Then the receiver counts as unreachable.
  Duration give_up = 45s;
  /// Addresses dialled for one letter.
  std::size_t most_dials = 3;
  /// Neighbours asked for one letter, and at once.
  std::size_t most_asked = 32;
  std::size_t asked_at_once = 4;
  /// Letters under way, and acknowledgements under way.
  std::size_t most_letters = 256;
  std::size_t most_acknowledgements = 256;
  /// Our own sealed items: what others let pass of one author.
  Rate sealed = BudgetConfig{}.author;
};

/// Letters that came are remembered, so that each is told once; longer than a sealed item is passed on.
inline constexpr std::size_t max_remembered = 4096;
inline constexpr Duration remembered_for = 30min;

// What is decided; the host has it carried out.
/// Give the letter to a connected peer; what becomes of it is reported by acknowledged() or not_taken().
struct Hand {
  Peer peer;
  Letter letter;
};
/// Dial, for the letter's sake alone.
struct DialFor {
  PeerId whom;
  Address to;
};
/// Ask this neighbour where `whom` is; found() or not_found() follows.
struct AskWhere {
  Peer peer;
  PeerId whom;
};
/// Seal the letter and spread it.
struct SealUp {
  Letter letter;
};
/// The connection was made for a letter that is done.
struct HangUp {
  Peer peer;
};
struct Delivered {
  PeerId to;
  u64 number = 0;
  /// False if the receiver is unreachable.
  bool acknowledged = false;
  /// The last way that was tried.
  Way way = Way::direct;
  Duration took{};
};
using Delivery = std::variant<Hand, DialFor, AskWhere, SealUp, HangUp, Delivered>;
using DeliveryDecisions = std::vector<Delivery>;

/// What is known around us; asked only when a decision needs it.
struct Around {
  std::function<std::optional<Peer>(const PeerId&)> connected;
  /// Addresses in the book at which `id` is expected, the best first.
  std::function<std::vector<Address>(const PeerId&)> known;
  /// Open connections, in the order in which they are to be asked.
  std::function<std::vector<Peer>(const PeerId&)> neighbours;
};

class Deliveries {
 public:
  explicit Deliveries(DeliveryConfig config)
      : config_(config),
        sealed_(config.sealed.per_second, config.sealed.burst, Time{}),
        came_(max_remembered, remembered_for) {}

  /// Fault::flood if too many are under way.
  Result<DeliveryDecisions> send(Time now, Letter letter, const Around& around);
  /// A letter came. Whether the application is to hear of it: not if it came before.
  bool came(Time now, const Letter& letter) { return came_.insert(now, {letter.who, letter.number}); }
  /// Says to the sender of a sealed letter that it came.
  DeliveryDecisions acknowledge(Time now, const Letter& letter, const Around& around);

  // What befalls the deliveries. All of these may be called for anybody; what concerns no delivery changes nothing.
  DeliveryDecisions on_peer(Time now, const PeerId& id, Peer peer);
  DeliveryDecisions on_gone(Time now, Peer peer, const Around& around);
  DeliveryDecisions dial_failed(Time now, const PeerId& id, const Around& around);
  /// `by` was asked and says that `whom` is at one of these, or, with none, that it does not know.
  DeliveryDecisions found(Time now, Peer by, const PeerId& whom, std::vector<Address> addresses, const Around& around);
  /// `from` says that it has the letter of this number.
  DeliveryDecisions acknowledged(Time now, const PeerId& from, u64 number);
  /// `peer` did not take the letter that it was handed.
  DeliveryDecisions not_taken(Time now, Peer peer, u64 number, const Around& around);
  DeliveryDecisions on_tick(Time now, const Around& around);
  Time next() const { return due_.empty() ? never : due_.begin()->first; }

  bool under_way(u64 number) const { return rows_.contains({false, number}); }
  std::size_t size() const { return rows_.size(); }

 private:
  /// Acknowledgements have numbers of other nodes' making, so they are apart.
  using Key = std::pair<bool, u64>;
  struct Row {
    Letter letter;
    Time since;
    Time due = never;
    Way way = Way::direct;
    /// The book was looked up; neighbours were listed; a sealed item is out.
    bool looked = false;
    bool listed = false;
    bool is_sealed = false;
    std::optional<Peer> handed = std::nullopt;
    /// The dial that is under way.
    std::optional<Address> dialling = std::nullopt;
    bool dialled_for_it = false;
    std::vector<Address> to_dial = {};
    std::set<Address> dialled = {};
    std::vector<Peer> to_ask = {};
    std::map<Peer, Time> asked = {};
    std::set<Peer> tried = {};
  };
  using Rows = std::map<Key, Row>;

  void begin(Time now, Letter letter, const Around& around, DeliveryDecisions& out);
  /// The next thing to try, or the end.
  void advance(Time now, Rows::iterator at, const Around& around, DeliveryDecisions& out);
  bool dial(Time now, Row& row, DeliveryDecisions& out);
  bool ask(Time now, Row& row, const Around& around, DeliveryDecisions& out);
  void seal(Time now, Rows::iterator at, DeliveryDecisions& out);
  void hand(Time now, Rows::iterator at, Peer peer, DeliveryDecisions& out);
  void finish(Time now, Rows::iterator at, bool acknowledged, DeliveryDecisions& out);
  void hang_up(Row& row, DeliveryDecisions& out);
  void set_due(Rows::iterator at, Time due);
  template <typename Fits>
  std::vector<Key> those(Fits fits) const;

  DeliveryConfig config_;
  TokenBucket sealed_;
  Recent<std::pair<PeerId, u64>> came_;
  Rows rows_;
  std::set<std::pair<Time, Key>> due_;
  std::size_t acknowledgements_ = 0;
};

}  // namespace kith::peers
