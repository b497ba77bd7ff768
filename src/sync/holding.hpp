// Holding: bodies from the moment they arrive to their ruling, with who gave them, within a limit of bytes.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "ledger/chain.hpp"
#include "model/body.hpp"
#include "model/peer.hpp"

namespace kith::sync {

/// Most jobs that are with the judge at once, and most bytes of them (one job may exceed these alone). Blocks whose
/// parent is with the judge too get half of it: should that parent turn out bad, its next copy still finds room.
inline constexpr std::size_t max_jobs = 64;
inline constexpr std::size_t max_job_bytes = 32 * 1024 * 1024;

/// A body and who gave it.
struct Copy {
  Body body;
  Peer from;
};

struct Held {
  BlockRef ref;
  Hash parent{};
  Body body;
  /// Who gave it; nobody if it is our own.
  std::optional<Peer> from;
  /// It is with the judge.
  bool submitted = false;
  /// The judge keeps the body, which is gone from here, and rules on it with a later job.
  bool kept = false;
  /// Came from whom it was asked of while the other was held already, which may turn out corrupt.
  std::optional<Copy> spare = std::nullopt;

  /// Of both copies.
  std::size_t bytes() const { return body.size() + (spare ? spare->body.size() : 0); }
};

class Holding {
 public:
  /// The block must not be held.
  void add(Held held);
  /// A second copy of the held block `id`. False if it has one.
  bool add_spare(const Hash& id, Copy copy);
  /// The chain accepted `id`: what was built on it may go to the judge.
  void accepted(const Hash& id) { wake(id); }
  std::optional<Held> take(const Hash& id);
  /// The judge keeps this one: it takes no bytes and no job any more.
  void keep(const Hash& id);
  const Held* find(const Hash& id) const;
  /// The next block for the judge, lowest first: one whose parent is accepted, kept by the judge or with it already. It
  /// counts as submitted from now on. Nothing while the judge has enough.
  const Held* submit(const ledger::Chain& chain);
  /// Removes the highest block above `height` that a peer gave and that is not with the judge.
  std::optional<Held> shed(u32 above);
  /// Removes blocks that are invalid or descend from one that is.
  void drop_invalid(const ledger::Chain& chain);

  /// Without those that the judge keeps.
  std::size_t size() const { return blocks_.size() - kept_; }
  /// Second copies among them.
  std::size_t bytes() const { return bytes_; }
  std::size_t jobs() const { return jobs_; }

 private:
  using Key = std::pair<u32, Hash>;
  using Blocks = std::map<Key, Held>;
  Held remove(Blocks::iterator at);
  /// The children of `id` may have become ready.
  void wake(const Hash& id);

  Blocks blocks_;
  std::map<Hash, u32> heights_;
  std::multimap<Hash, Key> children_;
  /// All that the judge may have now, and some that turn out to wait for their parent when they are looked at.
  std::set<Key> ready_;
  /// Of blocks_: each has a header in the chain's tree, which is their limit.
  std::size_t kept_ = 0;
  std::size_t bytes_ = 0;
  std::size_t jobs_ = 0;
  std::size_t job_bytes_ = 0;
};

}  // namespace kith::sync
