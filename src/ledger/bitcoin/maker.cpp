// Building a block around one coinbase.
#include "ledger/bitcoin/maker.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/target.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u8 op_return = 0x6a;
/// The version that signals nothing (BIP 9).
constexpr i32 quiet_version = 0x20000000;

Buffer make_coinbase(u32 height, u64 tag, std::size_t payload) {
  Buffer script = pushed_height(height);
  Writer(script).u64le(tag);
  Buffer out;
  Writer write(out);
  write.u32le(1).byte(1).zeros(32).u32le(0xffffffff);
  codec::write_compact(out, script.size());
  write.bytes(script).u32le(0xffffffff).byte(1).u64le(0);
  codec::write_compact(out, payload + 1);
  write.byte(op_return).zeros(payload).u32le(0);
  return out;
}

}  // namespace

Buffer make_block(const Params& params, const Hash& parent, u32 height, i64 time, u64 tag, std::size_t payload) {
  check(payload <= max_payload, "a block larger than the rules allow");
  const Buffer coinbase = make_coinbase(height, tag, payload);
  Header header{.version = quiet_version,
                .parent = parent,
                .merkle_root = crypto::sha256d(coinbase),
                .time = static_cast<u32>(time),
                .bits = params.limit_bits};
  while (!proves_work(params, id_of(encode(header)), header.bits)) ++header.nonce;
  Buffer block = encode(header);
  block.push_back(1);
  append(block, coinbase);
  return block;
}

}  // namespace kith::ledger::bitcoin
