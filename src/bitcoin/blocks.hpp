// Blocks: the asking half of block relay: what our chain wants to know and to have, as messages, and what peers say of
// theirs. Who does not answer getheaders, because it believes to be behind, is asked the old way, by getblocks.
// spec: BIP 130 | blocks are announced by headers to who wants it so, up to eight that follow each other, and wanted so from others | OverEither.a_new_block_is_known_to_both_at_once
#pragma once

#include <map>
#include <optional>
#include <set>

#include "base/fifo.hpp"
#include "bitcoin/compact_relay.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "core/protocol.hpp"

namespace kith::bitcoin {

/// How long a peer may say nothing to getheaders before it is asked the old way.
inline constexpr Duration silent_after = std::chrono::seconds(3);
/// How long it may then say nothing to getblocks, or send no block of its list, before it has nothing that we lack.
inline constexpr Duration empty_after = std::chrono::seconds(5);
/// Blocks asked in the old way at once, and bytes of them after which the chain is told what came. One peer at a time
/// is asked in this way, so at most twice as many bytes wait for the chain to want them.
inline constexpr std::size_t old_way_window = 16;
inline constexpr std::size_t most_held = 32 * 1024 * 1024;

/// The host's numbers for the messages that blocks travel by.
struct BlockNames {
  u16 getheaders = 0;
  u16 getblocks = 0;
  u16 headers = 0;
  u16 sendheaders = 0;
  u16 inv = 0;
  u16 getdata = 0;
};

class Blocks {
 public:
  /// `compact` outlives it.
  explicit Blocks(CompactRelay& compact) : compact_(&compact) {}

  void mounted(const BlockNames& names) { names_ = names; }
  void on_peer(core::ProtocolTurn& turn, Peer peer);
  void on_gone(Peer peer);
  void on_tick(core::ProtocolTurn& turn);
  Time next() const;
  bool idle() const { return rows_.empty(); }

  void ask(core::ProtocolTurn& turn, const Ask& ask);
  void cancel(u64 ask);
  void announce(core::ProtocolTurn& turn, Peer peer, std::span<const Buffer> headers);

  void on_sendheaders(Peer peer);
  void on_headers(core::ProtocolTurn& turn, Peer peer, Bytes payload);
  /// Blocks that an inv names.
  void on_named(core::ProtocolTurn& turn, Peer peer, std::span<const Hash> ids);
  void on_block(core::ProtocolTurn& turn, Peer peer, const Body& body);
  void on_missing(core::ProtocolTurn& turn, Peer peer, std::span<const Hash> ids);

 private:
  struct Question {
    u64 ask = 0;
    std::vector<Hash> locator;
  };
  /// The old way: a list of ids, of which the bodies are fetched in order to have their headers.
  struct Listing {
    Fifo<Hash> wanted;
    std::set<Hash> in_flight;
    std::vector<Buffer> headers;
    Hash last{};
    std::map<Hash, Body> bodies;
    std::size_t bytes = 0;
    /// Of those headers that the chain was told last, until it asks for them.
    std::map<Hash, Body> told;
  };
  struct Row {
    bool wants_headers = false;
    bool is_silent = false;
    std::optional<Question> question;
    /// Until when it may be silent, to the question or in the old way.
    Time deadline = never;
    /// Asked for, and by which ask.
    std::map<Hash, u64> asked;
  };
  void ask_headers(core::ProtocolTurn& turn, Peer peer, Row& row);
  void ask_old_way(core::ProtocolTurn& turn, Peer peer, Row& row, std::vector<Hash> locator);
  void end_old_way(core::ProtocolTurn& turn, Peer peer, Row& row);
  void answer(core::ProtocolTurn& turn, Peer peer, Row& row, std::vector<Buffer> headers);
  void fetch_listed(core::ProtocolTurn& turn, Peer peer, const Row& row);
  void take_listed(core::ProtocolTurn& turn, Peer peer, Row& row, const Hash& id, const Body& body);
  void fetch(core::ProtocolTurn& turn, Peer peer, std::span<const Hash> ids);

  BlockNames names_;
  CompactRelay* compact_;
  std::map<Peer, Row> rows_;
  /// Who is asked the old way.
  std::optional<Peer> lister_;
  Listing listing_;
};

}  // namespace kith::bitcoin
