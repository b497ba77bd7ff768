// One input, and the digest that BIP 143 has signed.
#include "ledger/bitcoin/wallet.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u32 version = 2;
constexpr u32 final_sequence = 0xffffffff;
constexpr u8 op_checksig = 0xac;
/// All inputs and outputs are signed.
constexpr u8 sighash_all = 1;
/// Nobody passes on an output that is worth less.
constexpr u64 dust = 330;

void write_sized(Buffer& out, Bytes bytes) {
  codec::write_compact(out, bytes.size());
  append(out, bytes);
}

Buffer outputs_of(std::size_t count, u64 value, Bytes script) {
  Buffer out;
  for (std::size_t i = 0; i < count; ++i) {
    Writer(out).u64le(value);
    write_sized(out, script);
  }
  return out;
}

Hash digest(const Outpoint& at, u64 value, Bytes witness_script, Bytes outputs) {
  Buffer sequence;
  Writer(sequence).u32le(final_sequence);
  Buffer signed_;
  Writer(signed_).u32le(version).bytes(crypto::sha256d(at)).bytes(crypto::sha256d(sequence)).bytes(at);
  write_sized(signed_, witness_script);
  Writer(signed_).u64le(value).u32le(final_sequence).bytes(crypto::sha256d(outputs)).u32le(0).u32le(sighash_all);
  return crypto::sha256d(signed_);
}

}  // namespace

Wallet::Wallet(const crypto::Secret<32>& secret) : key_(secret) {
  write_sized(witness_script_, key_.public_key());
  witness_script_.push_back(op_checksig);
  script_ = {0x00, 0x20};
  append(script_, crypto::sha256(witness_script_));
}

std::optional<Buffer> Wallet::pay(u64 fee, std::size_t outputs) {
  check(outputs > 0 && outputs <= max_payments, "a number of outputs");
  if (coins_.empty()) return std::nullopt;
  const auto [at, value] = coins_.front();
  if (value < fee + outputs * dust) return std::nullopt;
  coins_.pop_front();
  const u64 each = (value - fee) / outputs;
  const auto made = outputs_of(outputs, each, script_);
  Buffer signature = key_.sign(digest(at, value, witness_script_, made));
  signature.push_back(sighash_all);

  Buffer out;
  Writer(out).u32le(version).byte(0).byte(1).byte(1).bytes(at).byte(0).u32le(final_sequence);
  codec::write_compact(out, outputs);
  append(out, made);
  out.push_back(2);
  write_sized(out, signature);
  write_sized(out, witness_script_);
  Writer(out).u32le(0);

  Reader in(out);
  const Hash id = read_tx(in).id;
  for (std::size_t i = 0; i < outputs; ++i) take(outpoint(id, static_cast<u32>(i)), each);
  return out;
}

}  // namespace kith::ledger::bitcoin
