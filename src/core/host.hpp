// Host: the switchboard. It hears what wires report and protocols say, asks the small cores (neighbours, reputation,
// gossip, sync) what follows, and turns their decisions into orders. It sees messages, never bytes, and has no policy.
#pragma once

#include <map>
#include <memory>

#include "base/fifo.hpp"
#include "base/recent.hpp"
#include "core/connections.hpp"
#include "core/neighbours.hpp"
#include "core/order.hpp"
#include "core/port.hpp"
#include "gossip/gossip.hpp"
#include "ledger/chain.hpp"
#include "peers/clock_watch.hpp"
#include "peers/deliveries.hpp"
#include "peers/reputation.hpp"
#include "sync/sync.hpp"

namespace kith::core {

struct HostConfig {
  /// Our own: id, network, version and client.
  Hello self;
  Version least_version = 0;
  /// One for each wire that the host speaks. Letters to one node travel over the first.
  std::vector<NeighboursConfig> neighbours = std::vector<NeighboursConfig>(1);
  peers::ReputationConfig reputation;
  gossip::Config gossip;
  sync::Config sync;
  peers::DeliveryConfig delivery;
  /// Least time between two writes of the files.
  Duration save_every = 15min;
};

/// What earlier runs left: the content of files, empty where there is none yet.
struct Memory {
  /// One for each wire, in the order of the configuration; those that are missing are empty.
  std::vector<Buffer> books;
  Buffer reputation;
};
/// Most items of our own that wait for their judge.
inline constexpr std::size_t max_own_judging = 1024;
/// The file of the address book of one wire.
inline std::string book_file(std::string_view word) { return std::string(word) + "-book.dat"; }
inline constexpr const char* reputation_file = "reputation.dat";

/// How many authors are remembered to have signed something good, and for how long.
inline constexpr std::size_t max_known_authors = 4096;
inline constexpr Duration known_author_for = 24h;

class Host {
 public:
  /// `chain` may be null: a host without a ledger.
  Host(HostConfig config, std::unique_ptr<ledger::Chain> chain, std::vector<Kind> kinds,
       std::vector<std::unique_ptr<Protocol>> protocols, const Memory& memory, Rng& rng);

  /// The first turn.
  void start(Turn& turn);

  // What the world reports.
  std::optional<Peer> knocked(Turn& turn, const Address& from);
  void dial_failed(Turn& turn, Peer peer, const Error& why);
  void report(Turn& turn, Peer peer, Report report);
  void resolved(Turn& turn, const Endpoint& endpoint, std::span<const Ip> ips);
  /// By datagrams, from who is proven to be at `from`.
  void heard(Turn& turn, const Address& from, std::span<const TimedAddress> addresses);
  /// Whether reports of `peer` are to be told now. While its items pile up they wait, so that none of them is lost that
  /// had been read already.
  bool hears(Peer peer) const {
    const auto* row = connections_.find(peer);
    return !row || !row->paused || row->closing;
  }
  /// For who asks by datagrams and is proven to be there.
  std::vector<TimedAddress> addresses_for(Turn& turn, const Address& asker);
  bool is_banned(const Turn& turn, const Ip& ip) const { return reputation_.banned(ban_subject(ip), turn.utc); }
  void done(Turn& turn, const Done& done);
  void tick(Turn& turn);
  void stop(Turn& turn);
  Time next() const;
  std::optional<Order> take();

  // What the application commands.
  /// Spreads an item of our own: at once if it is authored, after the kind's judge accepted it if it proves itself.
  /// Fails with bad_config, oversize, as the kind's examine does, or with no_slot while too many are being judged.
  Result<> publish_item(Turn& turn, u16 kind, Body body);
  Result<> publish_block(Turn& turn, Body body);
  void connect(Turn& turn, const Endpoint& to);
  bool disconnect(Turn& turn, Peer peer);
  void ban(Turn& turn, const peers::Subject& subject, Duration how_long);
  bool unban(Turn& turn, const peers::Subject& subject);
  /// Sends `bytes`, at most `max_letter`, to one node of the network, wherever it is. Delivered follows under the
  /// number that this returns. Fails with bad_config, own_self, malformed, oversize or flood.
  Result<u64> send(Turn& turn, const PeerId& to, std::string protocol, Body bytes);
  /// Says `bytes` to a neighbour, once, over a wire that has such messages. Fails with unreachable if there is no such
  /// neighbour, and with unknown_name if it speaks no such protocol of ours.
  Result<> direct(Turn& turn, Peer to, std::string_view protocol, const Body& bytes);
  /// Asks a neighbour; CallEnded follows under the number that this returns. Fails as direct() does.
  Result<u64> call(Turn& turn, Peer to, std::string_view protocol, u32 type, const Body& body);

  // What may be read.
  /// What is told to a peer on the wire of this word.
  Offer offer(const Turn& turn, std::string_view word) const;
  const HostConfig& config() const { return config_; }
  const std::vector<Kind>& kinds() const { return kinds_; }
  const ledger::Chain* chain() const { return chain_.get(); }
  const Connections& connections() const { return connections_; }
  /// One for each wire.
  const std::vector<Neighbours>& neighbours() const { return neighbours_; }
  const peers::Reputation& reputation() const { return reputation_; }
  const gossip::Gossip& gossip() const { return gossip_; }
  const peers::Deliveries& deliveries() const { return deliveries_; }
  const sync::Sync* sync() const { return sync_ ? &*sync_ : nullptr; }
  bool synced() const;

 private:
  friend class ProtocolTurn;

  // host.cpp: reports of wires.
  void opened(Turn& turn, Connection& row, Hello hello);
  void closed(Turn& turn, Peer peer, const Error& why);
  void arrived(Turn& turn, Connection& row, const Message& message);
  void left(Turn& turn, Connection& row, std::size_t bytes);
  Result<> may_stay(Turn& turn, const Connection& row);
  void dial(Turn& turn, const Wish& wish);
  void blame(Turn& turn, Peer peer, const Error& error);
  /// The same for an item, where its wire makes that a debt.
  void blame_for_item(Turn& turn, Peer peer, const Error& error);
  /// Books a debt; true if the peer is banned by it.
  bool charge(const Turn& turn, const PeerInfo& info, const Error& error);
  /// Whom a debt or a ban falls on.
  peers::Subject subject_of(const Address& address) const;
  void close(Connection& row, Fault why);
  void save(Turn& turn);

  // differences.cpp: what we do not share with a peer: kinds of items, and rules of the ledger.
  gossip::KindSet kinds_of(const Hello& hello) const;
  /// Whether a peer may follow the rules that are ours at `height`.
  bool same_rules(const PeerInfo& info, u64 height) const;
  /// Closes the connections to those whose rules our tip shows to be others.
  void part_from_other_rules();

  /// Those of one wire; null if the host does not speak it.
  Neighbours* on(std::string_view word);
  const Neighbours* on(std::string_view word) const { return const_cast<Host*>(this)->on(word); }
  Neighbours& around(const PeerInfo& info) { return *on(info.address.wire); }
  void order(Order order) { orders_.push_back(std::move(order)); }

  // acts.cpp: what protocols ask for and report.
  bool speaks(const PeerInfo& info, const Protocol& protocol) const;
  bool gives_blocks(const PeerInfo& info) const;
  template <typename What>
  void with(Turn& turn, Protocol& protocol, What what) {
    std::vector<Act> acts;
    ProtocolTurn mine(turn, *this, acts);
    what(mine, protocol);
    apply(turn, std::move(acts));
  }
  template <typename What>
  void with_all(Turn& turn, What what) {
    for (const auto& protocol : protocols_) with(turn, *protocol, what);
  }
  /// The protocols that `peer` shares.
  template <typename What>
  void with_speakers(Turn& turn, Peer peer, What what) {
    const auto* row = connections_.find(peer);
    if (!row || !row->open || row->closing) return;
    std::vector<Protocol*> speakers;
    for (const u16 name : row->info.hello.names) {
      auto* protocol = protocols_[owner_[name]].get();
      if (speakers.empty() || speakers.back() != protocol) speakers.push_back(protocol);
    }
    for (auto* protocol : speakers) with(turn, *protocol, what);
  }
  Lane open_lane(Peer peer);
  bool room(Peer peer);
  void apply(Turn& turn, std::vector<Act> acts);
  void apply(Turn& turn, Say& say);
  void apply(Turn& turn, GiveUp& lane);
  void apply(Turn& turn, ReadBlock& read);
  void apply(Turn& turn, Learned& learned);
  void apply(Turn& turn, Blamed& blamed);
  void apply(Turn& turn, Measured& measured);
  void apply(Turn& turn, TellsTime& tells);
  void apply(Turn& turn, Reached& reached);
  void apply(Turn& turn, Announced& announced);
  void apply(Turn& turn, Offered& offered);
  void apply(Turn& turn, MissedItems& missed);
  void apply(Turn& turn, HaveHeaders& have);
  void apply(Turn& turn, NamedBlocks& named);
  void apply(Turn& turn, GotBlock& got);
  void apply(Turn& turn, MissedBlocks& missed);
  void apply(Turn& turn, Found& found);
  void apply(Turn& turn, LetterCame& came);
  void apply(Turn& turn, LetterTaken& taken);
  void apply(Turn& turn, LetterNotTaken& not_taken);
  void apply(Turn& turn, PublishItem& item);
  void apply(Turn& turn, DirectCame& came);
  void apply(Turn& turn, CallEnded& ended);

  // decisions.cpp: what gossip and sync decided.
  void follow(Turn& turn, gossip::Decisions decisions);
  void follow(Turn& turn, sync::Decisions decisions);
  void ask(Turn& turn, const Ask& ask);
  void cancel(Turn& turn, u64 ask);
  void judged(Turn& turn, const ItemRuling& ruling);
  void judged_own(Turn& turn, Item item, Verdict verdict);
  void lacking(Turn& turn, const ItemRuling& ruling);
  void obey(Turn& turn, gossip::AskItems& what);
  void obey(Turn& turn, gossip::CancelAsk& what);
  void obey(Turn& turn, gossip::JudgeItem& what);
  void obey(Turn& turn, gossip::Push& what);
  void obey(Turn& turn, gossip::Tell& what);
  void obey(Turn& turn, gossip::Blame& what);
  void obey(Turn& turn, gossip::Accepted& what);
  void obey(Turn& turn, gossip::Good& what);
  void obey(Turn& turn, sync::AskFor& what);
  void obey(Turn& turn, sync::CancelAsk& what);
  void obey(Turn& turn, sync::JudgeBlock& what);
  void obey(Turn& turn, sync::AnnounceTo& what);
  void obey(Turn& turn, sync::Blame& what);
  void obey(Turn& turn, sync::Stepped& what);
  void obey(Turn& turn, sync::Good& what);

  // mail.cpp: letters to one node, and the budgets of what anybody may author.
  peers::Around around(Turn& turn);
  bool may_dial_for(const Turn& turn, const Address& to, int least_reach) const;
  void follow(Turn& turn, peers::DeliveryDecisions decisions);
  void obey(Turn& turn, peers::Hand& what);
  void obey(Turn& turn, peers::DialFor& what);
  void obey(Turn& turn, peers::AskWhere& what);
  void obey(Turn& turn, peers::SealUp& what);
  void obey(Turn& turn, peers::HangUp& what);
  void obey(Turn& turn, peers::Delivered& what);
  void unsealed(Turn& turn, Letter letter);
  bool may_judge(Turn& turn, const gossip::JudgeItem& what);
  Verdict within_share(Turn& turn, const ItemRuling& ruling);

  HostConfig config_;
  std::unique_ptr<ledger::Chain> chain_;
  std::vector<Kind> kinds_;
  std::vector<std::unique_ptr<Protocol>> protocols_;
  /// tags_[i] is that of kinds_[i].
  std::vector<KindTag> tags_;
  std::vector<Name> names_;
  /// names_[i] belongs to protocols_[owner_[i]].
  std::vector<std::size_t> owner_;
  Connections connections_;
  std::vector<Neighbours> neighbours_;
  peers::Reputation reputation_;
  peers::ClockWatch clocks_;
  gossip::Gossip gossip_;
  std::optional<sync::Sync> sync_;
  u64 next_peer_ = 1;
  u64 next_call_ = 1;
  Time save_at_ = never;
  /// Who offered an item of which kind, and who signed it.
  struct Offering {
    Peer from;
    u16 kind = 0;
    std::optional<PeerId> author;
  };
  /// The offer that is being looked at, and those whose items are with the workers.
  std::optional<Offering> offering_;
  std::map<u64, Offering> judging_;
  /// Of whom an item of a kind was accepted lately.
  Recent<std::pair<u16, PeerId>> authors_{max_known_authors, known_author_for};
  /// Our own items that are with the workers, by numbers that gossip does not use; at most max_own_judging.
  std::map<u64, Item> own_;
  u64 next_own_ = u64{1} << 63;
  peers::Deliveries deliveries_;
  /// By kind.
  std::map<u16, peers::Budget> budgets_;
  Fifo<Order> orders_;
};

}  // namespace kith::core
