// Making and undoing compact blocks.
#include "bitcoin/compact_block.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/writer.hpp"
#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::bitcoin {
namespace {

constexpr u64 low_48_bits = (u64{1} << 48) - 1;

}  // namespace

ShortIds::ShortIds(Bytes header, u64 nonce) {
  Buffer bytes = to_buffer(header);
  Writer(bytes).u64le(nonce);
  key_ = take_array<16>(crypto::sha256(bytes));
}

u64 ShortIds::of(const Hash& witness_id) const { return crypto::keyed_hash(key_, witness_id) & low_48_bits; }

Result<CompactBlock> make_compact(Bytes block, u64 nonce, std::span<const u32> also) {
  const auto txs = ledger::bitcoin::read_txs(block);
  if (!txs) return std::unexpected(txs.error());
  std::vector<bool> prefilled(txs->size());
  prefilled[0] = true;
  for (const u32 index : also) {
    if (index >= txs->size()) return fail(Fault::bad_message, "an index behind the block");
    prefilled[index] = true;
  }
  CompactBlock out;
  out.header = block.first(ledger::bitcoin::header_size);
  out.nonce = nonce;
  const ShortIds ids(out.header, nonce);
  for (u32 i = 0; i < txs->size(); ++i) {
    const auto& tx = (*txs)[i];
    if (prefilled[i])
      out.prefilled.push_back({i, tx.bytes});
    else
      out.short_ids.push_back(ids.of(tx.witness_id));
  }
  return out;
}

Result<BlockTxn> pick(Bytes block, const GetBlockTxn& wanted) {
  const auto txs = ledger::bitcoin::split_txs(block);
  if (!txs) return std::unexpected(txs.error());
  BlockTxn out{wanted.block, {}};
  out.txs.reserve(wanted.indices.size());
  for (const u32 index : wanted.indices) {
    if (index >= txs->size()) return fail(Fault::bad_message, "an index behind the block");
    out.txs.push_back((*txs)[index]);
  }
  return out;
}

Reconstruction::Reconstruction(const CompactBlock& block, ShortIds ids)
    : header_(to_buffer(block.header)), id_(ledger::bitcoin::id_of(block.header)), ids_(ids), slots_(block.size()) {}

Result<Reconstruction> Reconstruction::begin(const CompactBlock& block) {
  Reconstruction out(block, ShortIds(block.header, block.nonce));
  for (const auto& [index, tx] : block.prefilled) out.slots_[index].tx = Body(to_buffer(tx));
  out.named_.reserve(block.short_ids.size());
  u32 index = 0;
  for (const u64 id : block.short_ids) {
    while (!out.slots_[index].tx.empty()) ++index;
    out.named_.push_back({id, index++});
  }
  std::ranges::sort(out.named_);
  const auto twice = std::ranges::adjacent_find(out.named_, {}, &Named::short_id);
  if (twice != out.named_.end()) return fail(Fault::ambiguous, "two transactions with one short id");
  return out;
}

Reconstruction::Slot* Reconstruction::find(const Hash& witness_id) {
  const u64 id = ids_.of(witness_id);
  const auto at = std::ranges::lower_bound(named_, id, {}, &Named::short_id);
  return at == named_.end() || at->short_id != id ? nullptr : &slots_[at->index];
}

void Reconstruction::offer(const Hash& witness_id, const Body& tx) {
  Slot* slot = find(witness_id);
  if (!slot || slot->contested) return;
  if (slot->tx.empty()) {
    slot->tx = tx;
  } else if (!equal(slot->tx.bytes(), tx.bytes())) {
    slot->tx = {};
    slot->contested = true;
  }
}

void Reconstruction::offer(const Hash& witness_id, Bytes tx) {
  if (find(witness_id)) offer(witness_id, Body(to_buffer(tx)));
}

std::vector<u32> Reconstruction::missing() const {
  std::vector<u32> out;
  for (u32 i = 0; i < slots_.size(); ++i)
    if (slots_[i].tx.empty()) out.push_back(i);
  return out;
}

Result<> Reconstruction::fill(std::span<const Bytes> txs) {
  const auto places = missing();
  if (txs.size() != places.size()) return fail(Fault::bad_message, "other transactions than were asked for");
  for (std::size_t i = 0; i < txs.size(); ++i) slots_[places[i]].tx = Body(to_buffer(txs[i]));
  return {};
}

Result<Buffer> Reconstruction::whole(bool segwit) const {
  std::size_t size = 0;
  for (const auto& slot : slots_) {
    check(!slot.tx.empty(), "a block that is asked for before it is whole");
    size += slot.tx.size();
  }
  // Ids that were chosen so that large transactions of ours fit them are not worth the memory.
  if (size > ledger::bitcoin::max_weight) return fail(Fault::ambiguous, "more than a block holds");
  Buffer out;
  out.reserve(header_.size() + 9 + size);
  append(out, header_);
  codec::write_compact(out, slots_.size());
  for (const auto& slot : slots_) append(out, slot.tx.bytes());
  if (!ledger::bitcoin::check_copy(out, segwit)) return fail(Fault::ambiguous, "other transactions than the header's");
  return out;
}

}  // namespace kith::bitcoin
