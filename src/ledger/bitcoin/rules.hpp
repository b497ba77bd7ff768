// BitcoinRules: what Bitcoin's headers must obey.
#pragma once

#include "ledger/bitcoin/params.hpp"
#include "ledger/rules.hpp"

namespace kith::ledger::bitcoin {

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

 private:
  bool expects(const Chain& chain, const BlockRef& parent, u32 bits) const;

  const Params* params_;
};

}  // namespace kith::ledger::bitcoin
