// Presync: makes a source prove the work of a long chain before its headers are kept. It downloads the chain twice: the
// first pass keeps one secret bit in 641 headers, the second must match those bits, and only then headers are let go.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "ledger/rules.hpp"

namespace kith::ledger {

/// Figures of Bitcoin Core's headers sync for mainnet: headers per bit, and headers of the second pass that wait until
/// about 24 bits behind them have matched.
inline constexpr u32 commitment_period = 641;
inline constexpr std::size_t presync_buffer = 15'218;
/// A chain cannot grow faster for long, where headers obey a median of times: it bounds the bits of a source.
inline constexpr i64 max_headers_per_second = 6;

/// Headers as they were decoded and as they came, each the parent of the next.
struct Batch {
  std::span<const Parsed> parsed;
  std::span<const Buffer> raw;
  bool empty() const { return parsed.empty(); }
};

class Presync {
 public:
  struct Entry {
    Parsed parsed;
    Buffer raw;
  };

  /// The chain that is proved grows from `start`, which is in the tree and stands at `ref`. `median_time` is that of
  /// `start`; both times are in seconds since 1970. `secret` is what the source must not know.
  Presync(const Parsed& start, const BlockRef& ref, const Work& goal, i64 median_time, i64 now,
          const std::array<u8, 16>& secret);

  /// Whether headers on top of `parent` continue this.
  bool expects(const Hash& parent) const { return parent == last_.id; }
  /// Takes headers that expects() likes, and returns those that are proved. Fails with bad_header or low_work; the
  /// presync is over then.
  Result<std::vector<Entry>> take(const Rules& rules, const Batch& batch);

  bool second_pass() const { return again_; }
  /// All that was promised was proved and let go.
  bool finished() const { return again_ && reached() && waiting_.empty(); }
  const Hash& start() const { return start_.id; }
  /// The last header taken, behind which the source is to go on.
  const Hash& last() const { return last_.id; }
  const Work& work() const { return work_; }
  std::size_t bytes() const;

 private:
  bool reached() const { return work_ >= goal_; }
  bool commits(u32 height) const { return height % commitment_period == offset_; }
  bool bit(const Hash& id) const;
  /// Stands at the start again, before the first header of a pass.
  void rewind();
  Result<> note(const Parsed& header);
  Result<> compare(const Parsed& header);

  Parsed start_;
  u32 start_height_;
  Work start_work_;
  Work goal_;
  std::array<u8, 16> secret_;
  u32 offset_ = 0;
  std::size_t most_bits_ = 0;

  Parsed last_;
  u32 height_ = 0;
  Work work_;
  /// Whether this is the second pass.
  bool again_ = false;
  /// At most most_bits_.
  std::vector<bool> bits_;
  std::size_t compared_ = 0;
  /// At most presync_buffer and a batch.
  std::deque<Entry> waiting_;
};

}  // namespace kith::ledger
