// Reading transactions and folding their ids.
#include "ledger/bitcoin/tx.hpp"

#include <algorithm>

#include "codec/compact.hpp"
#include "crypto/hash.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr std::size_t outpoint_size = 36;
constexpr u32 last_sequence = 0xffffffff;

/// A length and as many bytes.
Bytes read_bytes(Reader& in) {
  const u64 size = codec::read_compact(in);
  if (size > in.left()) {
    in.fail();
    return {};
  }
  return in.take(static_cast<std::size_t>(size));
}

void read_inputs(Reader& in, Tx& tx, u64 count) {
  for (u64 i = 0; i < count && in.ok(); ++i) {
    tx.inputs.push_back(in.take(outpoint_size));
    tx.input_scripts.push_back(read_bytes(in));
    tx.sequences.push_back(in.u32le());
    if (tx.sequences.back() != last_sequence) tx.ignores_lock = false;
  }
}

void read_outputs(Reader& in, Tx& tx) {
  const u64 count = codec::read_compact(in);
  for (u64 i = 0; i < count && in.ok(); ++i) {
    tx.values.push_back(in.u64le());
    tx.scripts.push_back(read_bytes(in));
  }
}

void read_witnesses(Reader& in, Tx& tx) {
  bool any = false;
  for (std::size_t input = 0; input < tx.inputs.size() && in.ok(); ++input) {
    const u64 count = codec::read_compact(in);
    any = any || count != 0;
    Bytes last;
    for (u64 i = 0; i < count && in.ok(); ++i) {
      last = read_bytes(in);
      if (input == 0 && tx.first_witness.size() < 2) tx.first_witness.push_back(last);
    }
    tx.last_items.push_back(last);
  }
  // Without a witness the marker is superfluous, and the same transaction would have two encodings.
  if (!any) in.fail();
}

/// What the id is made of: all but marker, flag and witnesses.
struct Parts {
  Bytes version;
  Bytes middle;
  Bytes lock;
};

/// A transaction but for its ids and stripped size.
Tx read_parts(Reader& in, Parts& parts) {
  Tx tx;
  const Reader whole = in;
  const auto since = [](Reader start, const Reader& now) { return start.take(start.left() - now.left()); };
  tx.version = in.u32le();
  parts.version = since(whole, in);
  Reader body = in;
  u64 count = codec::read_compact(in);
  // No transaction has no inputs, so a zero where their number stands marks the form of BIP 144.
  if (count == 0) {
    if (in.byte() != 1) in.fail();
    tx.has_witness = true;
    body = in;
    count = codec::read_compact(in);
  }
  read_inputs(in, tx, count);
  read_outputs(in, tx);
  parts.middle = since(body, in);
  if (tx.has_witness) read_witnesses(in, tx);
  const Reader tail = in;
  tx.lock_time = in.u32le();
  if (tx.inputs.empty() || tx.scripts.empty()) in.fail();
  if (!in.ok()) return {};
  parts.lock = since(tail, in);
  tx.bytes = since(whole, in);
  return tx;
}

Hash twice(std::initializer_list<Bytes> parts) { return crypto::sha256(crypto::sha256(parts)); }

}  // namespace

bool is_null(Bytes input) {
  return std::ranges::all_of(input.first(32), [](u8 byte) { return byte == 0; }) &&
         std::ranges::all_of(input.subspan(32), [](u8 byte) { return byte == 0xff; });
}

bool Tx::is_coinbase() const { return inputs.size() == 1 && is_null(inputs[0]); }

Tx read_tx(Reader& in) {
  Parts parts;
  Tx tx = read_parts(in, parts);
  if (!in.ok()) return {};
  tx.stripped_size = parts.version.size() + parts.middle.size() + parts.lock.size();
  tx.id = twice({parts.version, parts.middle, parts.lock});
  tx.witness_id = tx.has_witness ? crypto::sha256d(tx.bytes) : tx.id;
  return tx;
}

Bytes skip_tx(Reader& in) {
  Parts parts;
  return read_parts(in, parts).bytes;
}

Merkle merkle(std::vector<Hash> ids) {
  Merkle out;
  if (ids.empty()) return out;
  std::array<u8, 64> pair{};
  while (ids.size() > 1) {
    for (std::size_t i = 0; i < ids.size(); i += 2) {
      const bool alone = i + 1 == ids.size();
      const Hash& right = ids[alone ? i : i + 1];
      if (!alone && ids[i] == right) out.mutated = true;
      std::copy(ids[i].begin(), ids[i].end(), pair.begin());
      std::copy(right.begin(), right.end(), pair.begin() + 32);
      ids[i / 2] = crypto::sha256d(pair);
    }
    ids.resize((ids.size() + 1) / 2);
  }
  out.root = ids[0];
  return out;
}

}  // namespace kith::ledger::bitcoin
