// Marker, flag and witnesses stand between what stays.
#include "ledger/bitcoin/strip.hpp"

#include "base/check.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr std::size_t version_size = 4;
constexpr std::size_t marker_size = 2;
constexpr std::size_t lock_size = 4;

/// Reads one transaction and appends it without its witness; whether it had one.
bool strip(Reader& in, Buffer& out) {
  Reader whole = in;
  const auto tx = read_tx(in);
  const Bytes bytes = whole.take(whole.left() - in.left());
  if (!tx.has_witness) return append(out, bytes), false;
  append(out, bytes.first(version_size));
  append(out, bytes.subspan(version_size + marker_size, tx.stripped_size - version_size - lock_size));
  append(out, bytes.last(lock_size));
  return true;
}

}  // namespace

Body stripped_tx(const Body& tx) {
  Reader in(tx.bytes());
  Buffer out;
  const bool had = strip(in, out);
  check(in.complete(), "a transaction that cannot be read");
  return had ? Body(std::move(out)) : tx;
}

Body stripped_block(const Body& block) {
  Reader in(block.bytes());
  Buffer out = to_buffer(in.take(header_size));
  const u64 count = codec::read_compact(in);
  codec::write_compact(out, count);
  bool had = false;
  for (u64 i = 0; i < count && in.ok(); ++i) had |= strip(in, out);
  check(in.complete(), "an accepted block that cannot be read");
  return had ? Body(std::move(out)) : block;
}

}  // namespace kith::ledger::bitcoin
