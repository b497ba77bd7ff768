// Sync: headers first, then blocks from many peers at once; one for all wires. It decides whom to ask for what, what to
// hand to the judge and whom to tell of the tip. Every input ends by settling what follows from it and from the time,
// so extra ticks change nothing.
// parity: 27 | headers first, then blocks of many peers at once | Sync.asks_a_new_peer_for_headers_from_the_parent_of_the_best, Network.a_new_node_takes_five_thousand_blocks_from_four_peers_in_fair_shares, ANewNode.syncs_two_thousand_blocks_from_several_peers
#pragma once

#include <map>
#include <optional>
#include <span>

#include "sync/decision.hpp"
#include "sync/downloads.hpp"
#include "sync/holding.hpp"
#include "sync/source.hpp"
#include "sync/stall.hpp"

namespace kith::sync {

struct Config {
  /// Blocks in flight at one peer.
  std::size_t per_peer = 16;
  /// How far above the lowest missing block blocks are asked for.
  u32 window = 1024;
  /// Bodies received and not ruled on, and those in flight by an estimate. One body is always allowed.
  std::size_t body_bytes = 64 * 1024 * 1024;
  /// How long an answer with headers may take.
  Duration headers_patience = 20s;
  /// How long a block near the tip may take before another peer is asked; doubles with each peer that was asked.
  Duration block_patience = 10s;
  /// How long a block may take when nobody else could be asked.
  Duration give_up = 120s;
  /// How long until a block is asked for again, of a peer that did not give it, or after a ruling without a result.
  Duration pause = 30s;
  /// First value of the time for which one peer may hold up the others.
  Duration stall_start = 2s;
};

/// How far above the tip a block is kept that was not asked for. Bitcoin Core, validation.cpp, AcceptBlock.
inline constexpr u32 max_unasked_ahead = 288;
/// This few missing blocks are fetched with a deadline each.
inline constexpr std::size_t near_tip = 8;
/// Most headers of an announcement.
inline constexpr std::size_t max_announced = 8;
/// Least time between two questions that announcements without a known parent cause at one peer.
inline constexpr Duration unconnected_pause = 1s;

struct Progress {
  u32 height = 0;
  /// Height of the best header.
  u32 best = 0;
  std::size_t in_flight = 0;
  /// Bodies that arrived and have no ruling yet, and their bytes.
  std::size_t judging = 0;
  std::size_t body_bytes = 0;
  /// Bodies that nobody wanted.
  u64 dropped = 0;
};

class Sync {
 public:
  /// `chain` outlives this.
  Sync(ledger::Chain& chain, Config config);

  Decisions on_peer(Time now, Utc utc, Peer peer, bool outbound);
  Decisions on_gone(Time now, Peer peer);
  /// Headers, as an answer to `ask` or as an announcement; each is the parent of the next.
  Decisions have(Time now, Utc utc, Peer peer, std::span<const Buffer> headers, std::optional<u64> ask);
  /// The peer has these blocks, of which it said the ids alone.
  Decisions named(Time now, Peer peer, std::span<const Hash> ids);
  /// A block's body. Its id is computed from it; `ask` says only what was expected.
  Decisions block(Time now, Utc utc, Peer peer, Body body, std::optional<u64> ask);
  /// The peer does not have what `ask` asked for.
  Decisions missed(Time now, Peer peer, u64 ask, std::span<const Hash> hashes);
  Decisions ruled(Time now, Utc utc, std::span<const ledger::Ruling> rulings);
  /// A block of our own. Fails as Rules and Chain::take do, with low_work, or with duplicate if it is known.
  Result<Decisions> publish(Time now, Utc utc, Body body);
  Decisions on_tick(Time now, Utc utc);
  Time next() const { return next_; }

  /// Some peer answered and none claims more work than our tip has.
  bool synced() const;
  Progress progress() const;
  /// Nothing is asked for, held or judged.
  bool idle() const;

 private:
  /// The lowest missing block, held up by one peer while others have nothing to do.
  struct HeldUp {
    u64 ask = 0;
    Time since{};
  };
  /// A peer that may be asked for a block.
  struct Candidate {
    Peer peer;
    Source* source = nullptr;
    std::size_t load = 0;
    /// It has the blocks of best()'s chain up to this height.
    u32 reach = 0;
  };

  // sync.cpp: peers, headers, announcements.
  /// `gaps_stand`: every block that was in flight, or rested, and is missing still does so.
  void settle(Time now, Decisions& out, bool gaps_stand = false);
  void settle_headers(Time now, Decisions& out);
  void took(Time now, Source& source, const ledger::Taken& taken);
  /// The peer has a block whose chain is not known.
  void unconnected(Time now, Source& source) const;
  void refused(Time now, Blame blame, Source& source, bool answers, Decisions& out);
  std::vector<Hash> locator() const;
  void announce(Decisions& out);
  std::vector<Buffer> news_for(const Source& source, const BlockRef& tip) const;
  bool catching_up() const;

  // fetch.cpp: which block is asked of whom.
  void settle_blocks(Time now, Decisions& out);
  void fetch(Time now, Decisions& out);
  void fetch_side_chains(Time now, std::vector<Candidate>& candidates, Decisions& out);
  std::vector<Candidate> candidates();
  Candidate* choose(std::vector<Candidate>& candidates, const BlockRef& block) const;
  bool has_room(bool lowest) const;
  void ask(Time now, Candidate& candidate, const BlockRef& block, Decisions& out);
  bool give_up(Time now, Decisions& out);
  bool hurry(Time now, std::span<const BlockRef> missing, Decisions& out);
  bool unblock(Time now, std::span<const BlockRef> missing, Decisions& out);
  /// Somebody else with fewer than `below_load` blocks in flight may be asked for the block of `flight`.
  bool other_has(const Flight& flight, std::size_t below_load) const;
  void cancel(Time now, Flight flight, Decisions& out);
  Duration patience(const Hash& id) const;
  Time deadline_after(Time now) const;

  // blocks.cpp: bodies and rulings.
  bool wants(const BlockRef& block) const;
  void hold(Held held);
  bool shed(u32 above);
  void submit(Decisions& out);
  void rule(Time now, const ledger::Ruling& ruling, Decisions& out);
  void undecided(Time now, Held held, Verdict verdict, Decisions& out);
  void drop_invalid(Decisions& out);

  ledger::Chain* chain_;
  Config config_;
  std::map<Peer, Source> sources_;
  Downloads downloads_;
  Holding holding_;
  /// Every missing block below this height is in flight or rests, so nobody looks for whom to ask there.
  u32 asked_below_ = 0;
  Stall stall_;
  std::optional<HeldUp> held_up_;
  /// Blocks whose ruling had no result, and until when they rest. At most `window`.
  std::map<Hash, Time> resting_;
  /// How often a block near the tip was asked for in vain. At most `window`.
  std::map<Hash, u32> tries_;
  /// Mean size of recent bodies.
  u64 mean_size_ = 64 * 1024;
  Hash announced_{};
  // Gossip numbers its own asks from 1, and a cancel names nothing but the number: the two must never meet.
  u64 next_ask_ = u64{1} << 63;
  u64 dropped_ = 0;
  /// The first deadline that is still to come.
  Time next_ = never;
};

}  // namespace kith::sync
