// Chain: the fast face of a ledger. The tree of all headers known, the best of them, and the tip: the best block whose
// ancestors were all accepted. It lives on the host's thread and touches no disk.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ledger/forks.hpp"
#include "ledger/heights.hpp"
#include "ledger/presync.hpp"
#include "ledger/rules.hpp"
#include "ledger/tree.hpp"
#include "model/verdict.hpp"

namespace kith::ledger {

/// Most hashes of a locator, and most headers of a batch (both as Bitcoin's).
inline constexpr std::size_t max_locator = 101;
inline constexpr std::size_t max_headers = 2000;
/// Most headers of a tree; at mainnet's pace they last three centuries.
inline constexpr Spot max_tree = 16'000'000;
/// Most sources in presync at once; the one with the least work makes room.
inline constexpr std::size_t max_presyncs = 256;

/// A block that the operator trusts in the place of the genesis block: what lies below it is neither known nor served.
struct Anchor {
  Hash id{};
  u32 height = 0;
  /// As in its header: the difficulty field, and seconds since 1970.
  u32 bits = 0;
  i64 time = 0;
};

struct ChainConfig {
  /// Chains with less total work are not kept: their headers cost bits (see presync.hpp). 0 on devnets.
  Work minimum_work;
  /// From the world's dice: keys the index and the presync, so that nobody can steer either.
  std::array<u8, 16> secret{};
  /// Where the chain begins; at the genesis block of its rules if there is none.
  std::optional<Anchor> anchor = std::nullopt;
};

/// What became of a batch of headers from one source.
struct Taken {
  /// The last header of the batch, if it is in the tree now.
  std::optional<BlockRef> last;
  std::size_t added = 0;
  /// The source is expected to have more; ask it again with `locator`.
  bool more = false;
  std::vector<Hash> locator;
};

/// A step of the tip, in the order in which it happened.
struct Step {
  enum class Way : u8 { connected, disconnected } way = Way::connected;
  BlockRef block;
};

class Chain {
 public:
  /// `rules` outlives the chain. The genesis block, or the anchor, counts as accepted.
  Chain(const Rules& rules, ChainConfig config);

  /// Takes a batch of at most max_headers headers, each the parent of the next. `source` names whose presync state they
  /// belong to (one per connection). Fails with malformed, bad_header, future_block, or unconnected (the parent of the
  /// first is unknown: ask from a locator, blame nobody), or low_work (the chain that it ends is too light or rests on
  /// an invalid block: blame nobody); headers before the failing one are kept.
  Result<Taken> take(u64 source, std::span<const Buffer> headers, Utc now);
  /// Takes one header that was made here or kept before: as take(), without the demand for minimum work.
  Result<BlockRef> keep(Bytes header, Utc now);
  /// Drops what is kept for `source`.
  void forget(u64 source);

  const Rules& rules() const;
  const Forks& forks() const { return forks_; }
  /// Where this chain begins: the genesis block, or the anchor.
  BlockRef genesis() const;
  /// The block with the most work whose header and ancestors are valid. Of equals the tip, else the first seen.
  BlockRef best() const;
  /// The best block that is accepted with all its ancestors.
  BlockRef tip() const;

  /// Hashes from `tip()` (or `best()`) back to genesis: ten, then doubling steps. At most max_locator.
  std::vector<Hash> locator() const;
  std::vector<Hash> locator_of_best() const;
  /// Raw headers that follow the first hash of `locator` that is on the chain of tip(), up to tip(), at most `most`.
  std::vector<Buffer> after(std::span<const Hash> locator, std::size_t most) const;

  BlockState state(const Hash& id) const;
  std::optional<BlockRef> find(const Hash& id) const;
  /// Nothing for the anchor too: of that only the id is known.
  std::optional<Buffer> header(const Hash& id) const;
  std::optional<Parsed> parsed(const Hash& id) const;
  /// The ancestor of `id` (or itself) at `height`, in logarithmic time.
  std::optional<BlockRef> ancestor(const Hash& id, u32 height) const;
  /// The block of best()'s, or tip()'s, chain at `height`.
  std::optional<BlockRef> at(u32 height) const;
  std::optional<BlockRef> accepted_at(u32 height) const;
  /// Median of the times of `id` and its ten predecessors, seconds since 1970 (Bitcoin's median time past).
  i64 median_time(const Hash& id) const;

  /// Blocks in state `header` on the way from tip() to best(), lowest first: at most `most`, and none more than
  /// `window` above the lowest block that is missing.
  std::vector<BlockRef> missing(std::size_t most, u32 window) const;
  /// The lowest of them that is not below `from`.
  std::optional<BlockRef> next_missing(u32 from) const;
  /// The block's body went to the judge, or came back undecided.
  void judging(const Hash& id);
  void undecided(const Hash& id);
  /// The judge's last word: accept or reject. Other verdicts mean undecided. A reject spoils all descendants and may
  /// move best(); an accept may move tip(), which the steps tell.
  std::vector<Step> ruled(const Hash& id, Verdict verdict);

  /// Number of headers kept.
  std::size_t size() const;
  /// Bytes held for chains whose work is not enough yet.
  std::size_t presync_bytes() const;

 private:
  Result<Taken> take_light(u64 source, Spot parent, const Batch& batch, bool full, Utc now);
  Result<Taken> take_presync(u64 source, const Batch& batch, bool full, Utc now);
  Result<Spot> add(Spot parent, const Parsed& header, Bytes raw, Utc now);
  Result<Spot> add_known(const Parsed& header, Bytes raw, Utc now);
  Taken taken(Spot last, std::size_t added, bool full) const;
  std::vector<Hash> locator_from(Spot spot) const;
  std::vector<Step> connect(Spot spot);
  std::vector<Step> spoil(Spot spot);
  std::vector<Step> move_tip(Spot to);
  void move_best(Spot to);
  void set_state(Spot spot, BlockState state);

  const Rules* rules_;
  ChainConfig config_;
  Tree tree_;
  Forks forks_;
  Line best_;
  Line tip_;
  /// Heights at which best_ has a block in state `header`.
  Heights gaps_;
  /// Accepted blocks by the parent that is not connected yet; each is in the tree.
  std::multimap<Spot, Spot> waiting_;
  std::map<u64, Presync> presyncs_;
};

}  // namespace kith::ledger
