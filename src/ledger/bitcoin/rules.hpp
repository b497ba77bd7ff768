// BitcoinRules: what Bitcoin's headers must obey.
#pragma once

#include "ledger/bitcoin/params.hpp"
#include "ledger/rules.hpp"

namespace kith::ledger::bitcoin {

/// After so many seconds without a block a test network's next one may be easy.
inline constexpr i64 easy_after = i64{20} * 60;
/// How far before its predecessor's date an interval may begin, in seconds (BIP 94).
inline constexpr i64 max_timewarp = i64{10} * 60;
/// How far ahead of our clock a header may be, in seconds.
inline constexpr i64 max_ahead = i64{2} * 60 * 60;

class BitcoinRules : public Rules {
 public:
  /// `params` outlives the rules.
  explicit BitcoinRules(const Params& params) : params_(&params) {}

  Buffer genesis_header() const override;
  Result<Parsed> parse(Bytes header) const override;
  Result<> check(const Chain& chain, const BlockRef& parent, const Parsed& header, Utc now) const override;
  bool may_follow(const Parsed& previous, const Parsed& next, u32 height) const override;
  Result<Bytes> header_of(Bytes block) const override;
  std::vector<u32> forks() const override { return params_->forks; }

  /// The target of a header above `parent`, dated `time` (seconds since 1970), in its compact form; nothing where the
  /// interval whose length decides begins below the chain's anchor.
  std::optional<u32> next_bits(const Chain& chain, const BlockRef& parent, i64 time) const;

 private:
  u32 usual_bits(const Chain& chain, const BlockRef& parent) const;

  const Params* params_;
};

}  // namespace kith::ledger::bitcoin
