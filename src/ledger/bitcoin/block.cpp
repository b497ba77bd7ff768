// The rules of a block, those first that tell a bad copy from a bad block.
#include "ledger/bitcoin/block.hpp"

#include <algorithm>

#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// A transaction of this many bytes can be read as two hashes of a Merkle tree.
constexpr std::size_t ambiguous_size = 64;
/// All that `read` reads behind the header and the number of transactions.
template <typename Read>
Result<std::vector<std::invoke_result_t<Read, Reader&>>> each_tx(Reader& in, u64 count, Read read) {
  std::vector<std::invoke_result_t<Read, Reader&>> out;
  for (u64 i = 0; i < count && in.ok(); ++i) out.push_back(read(in));
  if (!in.complete() || out.empty()) return fail(Fault::corrupt_block, "transactions");
  return out;
}

Result<> check_merkle(const Block& block) {
  std::vector<Hash> ids;
  ids.reserve(block.txs.size());
  for (const auto& tx : block.txs) ids.push_back(tx.id);
  const auto tree = merkle(std::move(ids));
  if (tree.root != block.header.merkle_root) return fail(Fault::corrupt_block, "merkle root");
  if (tree.mutated) return fail(Fault::corrupt_block, "repeated transactions");
  if (!block.txs[0].is_coinbase() &&
      std::ranges::any_of(block.txs, [](const Tx& tx) { return tx.stripped_size == ambiguous_size; }))
    return fail(Fault::corrupt_block, "hashes in the place of transactions");
  return {};
}

/// The hash that the coinbase commits to, in the last of its outputs that looks like a commitment.
std::optional<Bytes> commitment(const Tx& coinbase) {
  std::optional<Bytes> out;
  for (const Bytes script : coinbase.scripts)
    if (script.size() >= commitment_tag.size() + 32 && equal(script.first(commitment_tag.size()), commitment_tag))
      out = script.subspan(commitment_tag.size(), 32);
  return out;
}

Result<> check_witnesses(const Block& block, bool segwit) {
  const auto promised = segwit ? commitment(block.txs[0]) : std::nullopt;
  if (!promised) {
    if (std::ranges::any_of(block.txs, &Tx::has_witness)) return fail(Fault::corrupt_block, "unexpected witness");
    return {};
  }
  const auto& nonce = block.txs[0].first_witness;
  if (nonce.size() != 1 || nonce[0].size() != 32) return fail(Fault::corrupt_block, "witness nonce");
  // The coinbase holds the commitment, so its own place in the tree is empty.
  std::vector<Hash> ids(1);
  ids.reserve(block.txs.size());
  for (std::size_t i = 1; i < block.txs.size(); ++i) ids.push_back(block.txs[i].witness_id);
  const Hash root = merkle(std::move(ids)).root;
  if (!equal(crypto::sha256(crypto::sha256({Bytes(root), nonce[0]})), *promised))
    return fail(Fault::corrupt_block, "witness commitment");
  return {};
}

Result<> check_coinbase(const Params& params, const Tx& tx, u32 height) {
  if (!tx.is_coinbase()) return fail(Fault::bad_block, "first transaction is no coinbase");
  const Bytes script = tx.input_scripts[0];
  if (script.size() < 2 || script.size() > 100) return fail(Fault::bad_block, "coinbase script");
  if (height < params.bip34_height) return {};
  const auto push = pushed_height(height);
  if (script.size() < push.size() || !equal(script.first(push.size()), push))
    return fail(Fault::bad_block, "height in the coinbase");
  return {};
}

Result<> check_contents(const Params& params, const Block& block, const BlockJob& job) {
  const u32 height = job.ref.height;
  const i64 cutoff = height >= params.bip113_height ? job.median_time : i64{block.header.time};
  for (std::size_t i = 0; i < block.txs.size(); ++i) {
    const auto& tx = block.txs[i];
    auto good = i == 0 ? check_coinbase(params, tx, height) : check_inputs(tx, Fault::bad_block);
    if (good) good = check_outputs(tx, Fault::bad_block);
    if (!good) return good;
    if (!is_final(tx, height, cutoff)) return fail(Fault::bad_block, "lock time");
  }
  return {};
}

Result<> check_weight(const Block& block) {
  std::size_t stripped = block.size - block.txs_size;
  for (const auto& tx : block.txs) stripped += tx.stripped_size;
  if (3 * stripped + block.size > max_weight) return fail(Fault::bad_block, "weight");
  return {};
}

}  // namespace

Result<Block> read_block(Bytes bytes) {
  Reader in(bytes);
  Block out;
  out.size = bytes.size();
  const auto header = parse_header(in.take(header_size));
  if (!header) return fail(Fault::corrupt_block, "header");
  out.header = *header;
  const u64 count = codec::read_compact(in);
  out.txs_size = in.left();
  auto txs = each_tx(in, count, read_tx);
  if (!txs) return std::unexpected(txs.error());
  out.txs = std::move(*txs);
  return out;
}

Buffer pushed_height(u32 height) {
  if (height == 0) return {0x00};
  if (height <= 16) return {static_cast<u8>(0x50 + height)};
  Buffer digits;
  for (u32 rest = height; rest != 0; rest >>= 8) digits.push_back(static_cast<u8>(rest));
  // The highest bit is a sign.
  if ((digits.back() & 0x80) != 0) digits.push_back(0);
  Buffer out{static_cast<u8>(digits.size())};
  append(out, digits);
  return out;
}

Result<std::vector<Tx>> read_txs(Bytes block) {
  auto read = read_block(block);
  if (!read) return std::unexpected(read.error());
  return std::move(read->txs);
}

Result<std::vector<Bytes>> split_txs(Bytes block) {
  Reader in(block);
  in.take(header_size);
  const u64 count = codec::read_compact(in);
  return each_tx(in, count, skip_tx);
}

Result<> check_copy(Bytes block, bool segwit) {
  const auto read = read_block(block);
  if (!read) return std::unexpected(read.error());
  if (const auto good = check_merkle(*read); !good) return good;
  return check_witnesses(*read, segwit);
}

Result<> check_block(const Params& params, const BlockJob& job) {
  const Bytes bytes = job.body.bytes();
  if (bytes.size() < header_size || id_of(bytes.first(header_size)) != job.ref.id)
    return fail(Fault::corrupt_block, "another block");
  const auto block = read_block(bytes);
  if (!block) return std::unexpected(block.error());
  if (const auto good = check_merkle(*block); !good) return good;
  if (const auto good = check_witnesses(*block, job.ref.height >= params.segwit_height); !good) return good;
  if (const auto good = check_weight(*block); !good) return good;
  return check_contents(params, *block, job);
}

}  // namespace kith::ledger::bitcoin
