// How Bitcoin's rules for headers answer a chain.
#include "ledger/bitcoin/rules.hpp"

#include "base/check.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/target.hpp"
#include "ledger/chain.hpp"

namespace kith::ledger::bitcoin {

Buffer BitcoinRules::genesis_header() const { return to_buffer(Bytes(params_->genesis_block).first(header_size)); }

Result<Parsed> BitcoinRules::parse(Bytes bytes) const {
  const auto header = parse_header(bytes);
  if (!header) return std::unexpected(header.error());
  const Hash id = id_of(bytes);
  if (!proves_work(*params_, id, header->bits)) return fail(Fault::bad_header, "proof of work");
  return Parsed{.id = id,
                .parent = header->parent,
                .work = work_of(*from_compact(header->bits)),
                .time = header->time,
                .bits = header->bits,
                .version = header->version};
}

std::optional<u32> BitcoinRules::next_bits(const Chain& chain, const BlockRef& parent, i64 time) const {
  const auto last = chain.parsed(parent.id);
  kith::check(last.has_value(), "a parent outside the chain");
  const u32 height = parent.height + 1;
  if (!params_->retargets) return last->bits;
  if (height % retarget_interval != 0) {
    if (!params_->eases) return last->bits;
    return time > last->time + easy_after ? params_->limit_bits : usual_bits(chain, parent);
  }
  // The interval is measured from its own first block: 2015 steps for 2016 blocks, and so it stays.
  const auto first = chain.ancestor(parent.id, height - retarget_interval);
  if (!first) return std::nullopt;
  const auto begin = chain.parsed(first->id);
  return retarget(*params_, params_->bip94 ? begin->bits : last->bits, last->time - begin->time);
}

/// The target of the last block of the interval that was not an easy one; the interval's first if all were.
u32 BitcoinRules::usual_bits(const Chain& chain, const BlockRef& parent) const {
  auto at = chain.parsed(parent.id);
  for (u32 height = parent.height; height % retarget_interval != 0 && at->bits == params_->limit_bits; --height) {
    const auto before = chain.parsed(at->parent);
    if (!before) break;
    at = before;
  }
  return at->bits;
}

Result<> BitcoinRules::check(const Chain& chain, const BlockRef& parent, const Parsed& header, Utc now) const {
  const u32 height = parent.height + 1;
  const auto bits = next_bits(chain, parent, header.time);
  // Of an interval that begins below the anchor only how far its target may move is known.
  if (bits ? header.bits != *bits : !may_change(*params_, chain.parsed(parent.id)->bits, header.bits, height))
    return fail(Fault::bad_header, "difficulty");
  if (header.time <= chain.median_time(parent.id)) return fail(Fault::bad_header, "median time");
  if (params_->bip94 && height % retarget_interval == 0 && header.time < chain.parsed(parent.id)->time - max_timewarp)
    return fail(Fault::bad_header, "time before the interval's");
  if ((header.version < 2 && height >= params_->bip34_height) ||
      (header.version < 3 && height >= params_->bip66_height) ||
      (header.version < 4 && height >= params_->bip65_height))
    return fail(Fault::bad_header, "version");
  if (header.time > to_seconds(now) + max_ahead) return fail(Fault::future_block, "time");
  return {};
}

bool BitcoinRules::may_follow(const Parsed& previous, const Parsed& next, u32 height) const {
  return may_change(*params_, previous.bits, next.bits, height);
}

Result<Bytes> BitcoinRules::header_of(Bytes block) const {
  if (block.size() < header_size) return fail(Fault::malformed, "block shorter than its header");
  return block.first(header_size);
}

}  // namespace kith::ledger::bitcoin
