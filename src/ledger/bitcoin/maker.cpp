// Building a block around its coinbase.
#include "ledger/bitcoin/maker.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/target.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u8 op_return = 0x6a;
constexpr u64 first_subsidy = 50ull * 100'000'000ull;
/// What the commitment is salted with, as the coinbase's witness; nobody uses it for more yet.
constexpr std::size_t salt_size = 32;

void write_output(Buffer& out, u64 value, Bytes script) {
  Writer(out).u64le(value);
  codec::write_compact(out, script.size());
  append(out, script);
}

Tx read_one(Bytes bytes) {
  Reader in(bytes);
  auto tx = read_tx(in);
  check(in.complete(), "a draft of something that is no transaction");
  return tx;
}

}  // namespace

u64 subsidy(const Params& params, u32 height) {
  const u32 halvings = height / params.halving_interval;
  return halvings < 64 ? first_subsidy >> halvings : 0;
}

Miner::Miner(const Params& params, Draft draft) : params_(&params), draft_(std::move(draft)), ids_(1) {
  std::vector<Hash> witness_ids(1);
  for (const auto& body : draft_.txs) {
    const auto tx = read_one(body.bytes());
    ids_.push_back(tx.id);
    witness_ids.push_back(tx.witness_id);
  }
  if (draft_.commits) {
    const Hash root = merkle(std::move(witness_ids)).root;
    Buffer salted = to_buffer(root);
    Writer(salted).zeros(salt_size);
    commitment_ = crypto::sha256d(salted);
  }
  make_coinbase();
}

/// The coinbase for the tag as it is now, and the Merkle root with it.
void Miner::make_coinbase() {
  Buffer script = pushed_height(draft_.height);
  Writer(script).u64le(draft_.tag);
  Buffer body;
  Writer(body).byte(1).zeros(32).u32le(0xffffffff);
  codec::write_compact(body, script.size());
  Writer(body).bytes(script).u32le(0xffffffff).byte(commitment_ ? 2 : 1);
  write_output(body, draft_.value, draft_.script);
  if (commitment_) {
    Buffer promise = to_buffer(commitment_tag);
    append(promise, *commitment_);
    write_output(body, 0, promise);
  }
  coinbase_.clear();
  Writer(coinbase_).u32le(1).bytes(body).u32le(0);
  coinbase_sent_ = coinbase_;
  if (commitment_) {
    coinbase_sent_.clear();
    Writer(coinbase_sent_).u32le(1).byte(0).byte(1).bytes(body).byte(1).byte(salt_size).zeros(salt_size).u32le(0);
  }
  ids_[0] = crypto::sha256d(coinbase_);
  draft_.header.merkle_root = merkle(ids_).root;
}

std::optional<Buffer> Miner::mine(u32 tries) {
  auto& header = draft_.header;
  for (u32 i = 0; i < tries; ++i) {
    if (proves_work(*params_, id_of(encode(header)), header.bits)) {
      Buffer block = encode(header);
      codec::write_compact(block, 1 + draft_.txs.size());
      append(block, coinbase_sent_);
      for (const auto& body : draft_.txs) append(block, body.bytes());
      return block;
    }
    if (++header.nonce != 0) continue;
    ++draft_.tag;
    make_coinbase();
  }
  return std::nullopt;
}

Buffer make_block(const Params& params, const Hash& parent, u32 height, i64 time, u64 tag, std::size_t payload) {
  check(payload <= max_payload, "a block larger than the rules allow");
  Buffer script{op_return};
  Writer(script).zeros(payload);
  Miner miner(params, {.header = {.version = quiet_version,
                                  .parent = parent,
                                  .time = static_cast<u32>(time),
                                  .bits = params.limit_bits},
                       .height = height,
                       .tag = tag,
                       .script = std::move(script),
                       .txs = {}});
  for (;;)
    if (auto block = miner.mine(~u32{0})) return std::move(*block);
}

}  // namespace kith::ledger::bitcoin
