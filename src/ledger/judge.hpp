// Judge: the slow face of a ledger. It rules on bodies, keeps blocks and serves them; on workers, one job at a time.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "model/block.hpp"
#include "model/body.hpp"
#include "model/verdict.hpp"

namespace kith::ledger {

/// A block to rule on, with the context that its header has in the chain. The id was computed from the body's header.
struct BlockJob {
  BlockRef ref;
  /// Median time past of the parent, seconds since 1970.
  i64 median_time = 0;
  Body body;
};

/// What was decided of a block. One job may bring rulings for earlier blocks that waited for it, or none yet.
struct Ruling {
  Hash id{};
  Verdict verdict = Verdict::ignore;
  /// Why, where the verdict is not accept.
  Error error{Fault::bad_block};
  /// Of `later`: the judge keeps the body and will rule on it with another job, so nobody need hand it in again.
  bool kept = false;
};

class Judge {
 public:
  virtual ~Judge() = default;
  /// Rules on a block and keeps it if it is accepted. A block that cannot be written down is `later` with storage.
  virtual std::vector<Ruling> judge(const BlockJob& job) = 0;
  /// The body of a block that was accepted, or nothing.
  virtual std::optional<Body> block(const Hash& id) = 0;
  /// Everything accepted so far is on the disk when this returns.
  virtual Result<> flush() = 0;
};

}  // namespace kith::ledger
