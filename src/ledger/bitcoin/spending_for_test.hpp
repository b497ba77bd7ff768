// Transactions and blocks without proof of work, for the tests of what coins and pools make of them.
#pragma once

#include "base/check.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/unspent.hpp"
#include "model/body.hpp"

namespace kith::ledger::bitcoin {

/// A script that anybody may spend, long enough for a transaction of one output not to be too small.
inline const Buffer anyones{0x61, 0x61, 0x61, 0x61, 0x61, 0x51};

struct Spending {
  std::vector<Outpoint> inputs = {};
  std::vector<u64> values{1000};
  /// Of each output.
  Buffer script = anyones;
  /// Of each input.
  u32 sequence = 0xffffffff;
  Buffer input_script = {};
  /// The only item of each input's witness; none where it is empty.
  Buffer witness = {};
  u32 version = 2;
  u32 lock_time = 0;

  Buffer encoded() const {
    Buffer out;
    Writer write(out);
    write.u32le(version);
    if (!witness.empty()) write.byte(0).byte(1);
    codec::write_compact(out, inputs.size());
    for (const auto& input : inputs) {
      write.bytes(input);
      codec::write_compact(out, input_script.size());
      write.bytes(input_script).u32le(sequence);
    }
    codec::write_compact(out, values.size());
    for (const u64 value : values) {
      write.u64le(value);
      codec::write_compact(out, script.size());
      write.bytes(script);
    }
    for (std::size_t i = 0; i < inputs.size() && !witness.empty(); ++i) {
      write.byte(1);
      codec::write_compact(out, witness.size());
      write.bytes(witness);
    }
    write.u32le(lock_time);
    return out;
  }
  Body body() const { return Body(encoded()); }
};

inline Tx parsed(Bytes bytes) {
  Reader in(bytes);
  auto out = read_tx(in);
  check(in.complete(), "a test's transaction");
  return out;
}
inline Hash id_of_tx(Bytes bytes) { return parsed(bytes).id; }

inline Spending coinbase_of(u32 height, u64 salt, u64 value = 50) {
  Buffer script = pushed_height(height);
  Writer(script).u64le(salt);
  return {.inputs = {outpoint({}, 0xffffffff)}, .values = {value}, .input_script = std::move(script)};
}

/// A body whose header commits to nothing.
inline Buffer unproven_block(const Hash& parent, u32 time, std::span<const Buffer> txs) {
  Buffer out = encode({.version = 4, .parent = parent, .time = time});
  codec::write_compact(out, txs.size());
  for (const auto& tx : txs) append(out, tx);
  return out;
}

inline Hash id_of_block(Bytes block) { return id_of(block.first(header_size)); }

/// A chain whose blocks commit to nothing, with the set of what it leaves to be spent.
struct LooseChain {
  Unspent view{regtest()};
  std::vector<Buffer> bodies = {};
  std::vector<Undo> undos = {};

  /// Ten minutes later, with a coinbase of `value`. Fails as connect() does; the block is views into the last body.
  Result<Block> extend(std::span<const Buffer> txs, u64 salt = 0, u64 value = 50) {
    const u32 height = view.height() + 1;
    std::vector<Buffer> all{coinbase_of(height, salt, value).encoded()};
    all.insert(all.end(), txs.begin(), txs.end());
    auto body = unproven_block(view.tip(), 1'400'000'000 + 600 * height, all);
    auto block = *read_block(body);
    auto undo = view.connect(block);
    if (!undo) return std::unexpected(undo.error());
    bodies.push_back(std::move(body));
    undos.push_back(std::move(*undo));
    return block;
  }
  /// The body of the tip, which is in the chain no more.
  Buffer pop() {
    auto body = std::move(bodies.back());
    check(view.disconnect(*read_block(body), std::move(undos.back())).has_value(), "the tip");
    bodies.pop_back();
    undos.pop_back();
    return body;
  }
  /// What the block at `height` pays; spendable 100 blocks above.
  Outpoint coinbase_at(u32 height) const { return outpoint(read_block(bodies.at(height - 1))->txs[0].id, 0); }
};

}  // namespace kith::ledger::bitcoin
