// sendcmpct, cmpctblock, getblocktxn and blocktxn.
#include "bitcoin/messages/compact.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "bitcoin/messages/list.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::bitcoin {
namespace {

using ledger::bitcoin::max_txs;
using ledger::bitcoin::min_tx;

/// Indices in rising order, each as its distance to the one that could follow the last.
class Indices {
 public:
  void write(Buffer& out, u32 index) {
    check(index >= next_, "indices that do not rise");
    codec::write_compact(out, index - next_);
    next_ = index + 1;
  }
  /// Not below `end` is no index. Fails `in` if the number cannot be read.
  std::optional<u32> read(Reader& in, std::size_t end) {
    const u64 distance = codec::read_compact(in);
    if (distance >= end || next_ + distance >= end) return std::nullopt;
    const u32 out = next_ + static_cast<u32>(distance);
    next_ = out + 1;
    return out;
  }

 private:
  u32 next_ = 0;
};

u64 read_short_id(Reader& in) {
  const u64 low = in.u32le();
  return low | u64{in.u16le()} << 32;
}

}  // namespace

Buffer encode(const SendCompact& message) {
  Buffer out;
  Writer(out).byte(message.high_bandwidth ? 1 : 0).u64le(message.version);
  return out;
}

Result<SendCompact> decode_sendcmpct(Bytes payload) {
  Reader in(payload);
  const u8 flag = in.byte();
  SendCompact out{flag == 1, in.u64le()};
  if (!in.ok()) return fail(Fault::malformed, "sendcmpct");
  if (flag > 1) return fail(Fault::bad_message, "sendcmpct that is neither of both ways");
  return out;
}

Buffer encode(const CompactBlock& block) {
  Buffer out;
  Writer(out).bytes(block.header).u64le(block.nonce);
  codec::write_compact(out, block.short_ids.size());
  for (const u64 id : block.short_ids) Writer(out).u32le(static_cast<u32>(id)).u16le(static_cast<u16>(id >> 32));
  codec::write_compact(out, block.prefilled.size());
  Indices indices;
  for (const auto& [index, tx] : block.prefilled) {
    indices.write(out, index);
    append(out, tx);
  }
  return out;
}

Result<CompactBlock> decode_cmpctblock(Bytes payload) {
  Reader in(payload);
  CompactBlock out;
  out.header = in.take(ledger::bitcoin::header_size);
  out.nonce = in.u64le();
  const auto ids = read_count(in, max_txs, short_id_size, Fault::oversize, "short ids");
  if (!ids) return std::unexpected(ids.error());
  out.short_ids.reserve(*ids);
  for (std::size_t i = 0; i < *ids; ++i) out.short_ids.push_back(read_short_id(in));
  const auto count = read_count(in, max_txs - *ids, 1 + min_tx, Fault::oversize, "prefilled transactions");
  if (!count) return std::unexpected(count.error());
  if (*ids + *count == 0) return fail(Fault::bad_message, "a block without transactions");
  out.prefilled.reserve(*count);
  Indices indices;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto index = indices.read(in, *ids + *count);
    const Bytes tx = index ? ledger::bitcoin::skip_tx(in) : Bytes{};
    if (!in.ok()) return fail(Fault::malformed, "prefilled transactions");
    if (!index) return fail(Fault::bad_message, "an index behind the block");
    out.prefilled.push_back({*index, tx});
  }
  return out;
}

Buffer encode(const GetBlockTxn& message) {
  check(!message.indices.empty(), "a question for nothing");
  Buffer out = to_buffer(message.block);
  codec::write_compact(out, message.indices.size());
  Indices indices;
  for (const u32 index : message.indices) indices.write(out, index);
  return out;
}

Result<GetBlockTxn> decode_getblocktxn(Bytes payload) {
  Reader in(payload);
  GetBlockTxn out;
  out.block = in.array<32>();
  const auto count = read_count(in, max_txs, 1, Fault::oversize, "indices");
  if (!count) return std::unexpected(count.error());
  if (*count == 0) return fail(Fault::unwelcome, "a question for no transaction");
  out.indices.reserve(*count);
  Indices indices;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto index = indices.read(in, max_txs);
    if (!in.ok()) return fail(Fault::malformed, "indices");
    if (!index) return fail(Fault::bad_message, "an index that no block has");
    out.indices.push_back(*index);
  }
  return out;
}

Buffer encode(const BlockTxn& message) {
  Buffer out = to_buffer(message.block);
  codec::write_compact(out, message.txs.size());
  for (const Bytes tx : message.txs) append(out, tx);
  return out;
}

Result<BlockTxn> decode_blocktxn(Bytes payload) {
  Reader in(payload);
  BlockTxn out;
  out.block = in.array<32>();
  const auto count = read_count(in, max_txs, min_tx, Fault::oversize, "transactions of a block");
  if (!count) return std::unexpected(count.error());
  out.txs.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) out.txs.push_back(ledger::bitcoin::skip_tx(in));
  if (!in.ok()) return fail(Fault::malformed, "transactions of a block");
  return out;
}

}  // namespace kith::bitcoin
