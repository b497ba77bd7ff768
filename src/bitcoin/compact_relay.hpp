// CompactRelay: blocks that travel without the transactions that the other side has: who pushes them to whom, what is
// put together of them, and what is asked for (BIP 152). What comes of it goes to the chain like any block.
// spec: BIP 152 | version 2 in both bandwidth modes, with what others are likely to lack prefilled; version 1 is not spoken | LackingInARow.each_block_comes_with_one_question_at_most_and_never_whole, InARow.who_lacks_a_few_transactions_that_the_one_before_it_lacked_gets_them_unasked
#pragma once

#include <map>

#include "bitcoin/compact_block.hpp"
#include "bitcoin/high_bandwidth.hpp"
#include "bitcoin/pool_view.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

/// Peers of whose compact blocks one block is put together at once; the last place is for peers of our own choice.
inline constexpr std::size_t max_builders = 3;
/// Blocks of one peer that are put together at once.
inline constexpr std::size_t max_building = 3;
/// Questions for transactions of blocks that one peer may have waiting.
inline constexpr std::size_t max_picking = 16;
/// Bytes of transactions that are sent along because the other side is likely to lack them.
inline constexpr std::size_t max_prefilled = 10'000;

struct CompactNames {
  u16 sendcmpct = 0;
  u16 cmpctblock = 0;
  u16 getblocktxn = 0;
  u16 blocktxn = 0;
  u16 block = 0;
  u16 inv = 0;
  u16 getdata = 0;
};

class CompactRelay {
 public:
  explicit CompactRelay(PoolView pool) : pool_(std::move(pool)) {}

  void mounted(const CompactNames& names) { names_ = names; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer);
  void on_gone(Peer peer);
  bool idle() const { return rows_.empty() && work_.empty(); }
  /// Before anything else of a turn: whoever gave us what is the tip now may be asked to push the next.
  void notice(core::ProtocolTurn& turn);

  void on_sendcmpct(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  void on_cmpctblock(core::ProtocolTurn& turn, Peer peer, const Body& message);
  void on_blocktxn(core::ProtocolTurn& turn, Peer peer, const Body& message);
  /// Whether a block that is wanted of `peer` comes by what is done here.
  bool ask(core::ProtocolTurn& turn, Peer peer, const Hash& id);
  /// A whole block came of `peer`.
  void given(Peer peer, const Hash& id) { last_given_ = {peer, id}; }

  /// Whether the tip goes to `peer` as a compact block, unasked.
  bool announce(core::ProtocolTurn& turn, Peer peer, const Hash& id);
  void on_getblocktxn(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  /// What was read for announce() and on_getblocktxn(); false if it was read for somebody else.
  bool on_served(core::ProtocolTurn& turn, Peer peer, Lane form, const Hash& id, const std::optional<Body>& body);
  /// The message for a peer that asked for a block in this form: the whole block if it is too deep for it.
  Message compact_or_whole(core::ProtocolTurn& turn, const Hash& id, const Body& body);

 private:
  struct Building {
    Reconstruction block;
    /// Its places that our pool could not fill.
    std::vector<u32> lacked;
    bool asked = false;
  };
  struct Row {
    bool outbound = false;
    /// It said sendcmpct, and whether it wants blocks to be pushed.
    bool can = false;
    bool wants_pushed = false;
  };
  /// Of the few peers that lately gave or wanted blocks in this form.
  struct Work {
    std::map<Hash, Building> building;
    /// The block that is asked for in this form.
    std::optional<Hash> fetching;
    /// The last block for which that did not do.
    std::optional<Hash> failed;
    /// The transactions that it wants of blocks that are being read.
    std::map<Hash, GetBlockTxn> picking;
  };

  /// What became of a compact block.
  enum class Outcome : u8 { of_no_use, lacks_some, whole };
  Outcome build(core::ProtocolTurn& turn, Peer peer, const CompactBlock& compact);
  bool may_build(const core::ProtocolTurn& turn, Peer peer, const Hash& id, const Hash& parent) const;
  bool finish(core::ProtocolTurn& turn, Peer peer, Building building);
  void ask_missing(core::ProtocolTurn& turn, Peer peer, Building& building);
  void fetch(core::ProtocolTurn& turn, Peer peer, const Hash& id, bool compact);
  Body compact_of(core::ProtocolTurn& turn, const Hash& id, const Body& body);
  void answer_picked(core::ProtocolTurn& turn, Peer peer, const GetBlockTxn& wanted, const Body& body);

  CompactNames names_;
  PoolView pool_;
  std::map<Peer, Row> rows_;
  std::map<Peer, Work> work_;
  HighBandwidth high_bandwidth_;
  /// Who gave which block last, and whether that was credited.
  std::pair<Peer, Hash> last_given_;
  Hash credited_{};
  /// A block that is whole, and reaches the chain behind its header, in this turn.
  std::optional<Hash> arriving_;
  /// The transactions of a block that were not in our own pool: others are likely to lack them too.
  std::pair<Hash, std::vector<u32>> lacked_;
  /// The message that was made last, and of which block.
  std::pair<Hash, Body> made_;
};

}  // namespace kith::bitcoin
