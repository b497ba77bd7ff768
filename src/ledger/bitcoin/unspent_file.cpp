// The set as a file and as a digest, and what a block took from it as bytes.
#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "crypto/sealed.hpp"
#include "ledger/bitcoin/tx_rules.hpp"
#include "ledger/bitcoin/unspent.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// Names the format and its version.
constexpr std::string_view magic = "kithutx1";

void write_coin(Buffer& out, const Coin& coin) {
  Writer(out).u32le(coin.height << 1 | u32{coin.coinbase}).u64le(coin.value);
  codec::write_compact(out, coin.script.size());
  append(out, coin.script);
}

/// Fails `in` at what no set holds.
Coin read_coin(Reader& in) {
  Coin out;
  const u32 code = in.u32le();
  out.height = code >> 1;
  out.coinbase = (code & 1) != 0;
  out.value = in.u64le();
  const u64 size = codec::read_compact(in);
  if (size > max_script || out.value > max_money) in.fail();
  out.script = to_buffer(in.take(static_cast<std::size_t>(size)));
  if (is_unspendable(out.script)) in.fail();
  return out;
}

}  // namespace

Buffer encode(const Undo& undo) {
  Buffer out;
  append(out, undo.block);
  codec::write_compact(out, undo.spent.size());
  for (const auto& coin : undo.spent) write_coin(out, coin);
  codec::write_compact(out, undo.replaced.size());
  for (const auto& [at, coin] : undo.replaced) {
    append(out, at);
    write_coin(out, coin);
  }
  return out;
}

Result<Undo> parse_undo(Bytes bytes) {
  Reader in(bytes);
  Undo out;
  out.block = in.array<32>();
  for (u64 left = codec::read_compact(in); left > 0 && in.ok(); --left) out.spent.push_back(read_coin(in));
  for (u64 left = codec::read_compact(in); left > 0 && in.ok(); --left) {
    const auto at = in.array<36>();
    out.replaced.emplace_back(at, read_coin(in));
  }
  if (!in.complete()) return fail(Fault::storage, "undo");
  return out;
}

Buffer Unspent::serialised() const {
  Buffer out;
  out.reserve(coins_.size() * (sizeof(Outpoint) + 15) + script_bytes_);
  for (const auto& [at, coin] : coins_) {
    append(out, at);
    write_coin(out, coin);
  }
  return out;
}

Hash Unspent::digest() const { return crypto::sha256d(serialised()); }

Buffer Unspent::save() const {
  Buffer out;
  Writer write(out);
  write.bytes(as_bytes(magic)).bytes(tip_).u32le(height());
  for (const u32 time : times_) write.u32le(time);
  write.bytes(serialised());
  crypto::seal(out);
  return out;
}

Result<Unspent> Unspent::restore(Bytes file, const Hash& tip) {
  const auto content = crypto::unseal(file, max_unspent_file);
  if (!content) return std::unexpected(content.error());
  Reader in(*content);
  Unspent out;
  if (!equal(in.take(magic.size()), as_bytes(magic))) return fail(Fault::storage, "another format");
  out.tip_ = in.array<32>();
  const u32 height = in.u32le();
  for (u64 i = 0; i <= height && in.ok(); ++i) out.times_.push_back(in.u32le());
  while (in.left() > 0) {
    const auto at = in.array<36>();
    auto coin = read_coin(in);
    // In their order, so that a set has one file.
    const bool after = out.coins_.empty() || OutpointOrder{}(out.coins_.rbegin()->first, at);
    if (!in.ok() || !after || coin.height > height) return fail(Fault::storage, "coins");
    out.put(at, std::move(coin));
  }
  if (!in.complete()) return fail(Fault::storage, "times");
  if (out.tip_ != tip) return fail(Fault::unconnected, "the coins of another chain");
  return out;
}

}  // namespace kith::ledger::bitcoin
