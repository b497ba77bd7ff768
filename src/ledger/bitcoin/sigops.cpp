// Walking scripts, opcode by opcode.
#include "ledger/bitcoin/sigops.hpp"

#include "base/check.hpp"

namespace kith::ledger::bitcoin {
namespace {

enum Opcode : u8 {
  push_one_byte_length = 0x4c,
  push_two_byte_length = 0x4d,
  push_four_byte_length = 0x4e,
  op_1 = 0x51,
  op_16 = 0x60,
  op_equal = 0x87,
  op_hash160 = 0xa9,
  op_checksig = 0xac,
  op_checksigverify = 0xad,
  op_checkmultisig = 0xae,
  op_checkmultisigverify = 0xaf
};

constexpr u32 most_keys = 20;
constexpr u32 witness_scale = 4;

struct Operation {
  u8 code = 0;
  Bytes pushed;
};

/// The next operation; nothing at the end, and a failed reader where the script breaks off within one.
std::optional<Operation> next(Reader& in) {
  if (in.left() == 0) return std::nullopt;
  Operation out{in.byte(), {}};
  u32 size = 0;
  if (out.code < push_one_byte_length) size = out.code;
  if (out.code == push_one_byte_length) size = in.byte();
  if (out.code == push_two_byte_length) size = in.u16le();
  if (out.code == push_four_byte_length) size = in.u32le();
  out.pushed = in.take(size);
  if (!in.ok()) return std::nullopt;
  return out;
}

bool is_script_hash(Bytes script) {
  return script.size() == 23 && script[0] == op_hash160 && script[1] == 20 && script[22] == op_equal;
}

/// What the last operation pushes, of a script that does nothing but push.
Bytes last_push(Bytes script) {
  Reader in(script);
  Bytes out;
  while (const auto operation = next(in)) {
    if (operation->code > op_16) return {};
    out = operation->pushed;
  }
  return in.ok() ? out : Bytes{};
}

/// Of version 0 only: what later versions cost is not bounded this way.
u32 witness_sigops(Bytes program, Bytes last_item) {
  if (program.size() < 2 || program[0] != 0 || program[1] != program.size() - 2) return 0;
  if (program[1] == 20) return 1;
  return program[1] == 32 ? count_sigops(last_item, true) : 0;
}

}  // namespace

u32 count_sigops(Bytes script, bool accurate) {
  Reader in(script);
  u32 out = 0;
  u8 before = 0xff;
  while (const auto operation = next(in)) {
    const u8 code = operation->code;
    if (code == op_checksig || code == op_checksigverify) ++out;
    if (code == op_checkmultisig || code == op_checkmultisigverify)
      out += accurate && before >= op_1 && before <= op_16 ? u32{before} - op_1 + 1 : most_keys;
    before = code;
  }
  return out;
}

u32 sigop_cost(const Tx& tx, std::span<const Coin> spent) {
  u32 out = 0;
  for (const Bytes script : tx.input_scripts) out += witness_scale * count_sigops(script, false);
  for (const Bytes script : tx.scripts) out += witness_scale * count_sigops(script, false);
  if (tx.is_coinbase()) return out;
  check(spent.size() == tx.inputs.size(), "a coin for each input");
  for (std::size_t i = 0; i < spent.size(); ++i) {
    const Bytes item = tx.has_witness ? tx.last_items[i] : Bytes{};
    Bytes program = spent[i].script;
    if (is_script_hash(program)) {
      program = last_push(tx.input_scripts[i]);
      out += witness_scale * count_sigops(program, true);
    }
    out += witness_sigops(program, item);
  }
  return out;
}

u64 hashed_bytes(const Tx& tx, std::span<const Coin> spent) {
  check(spent.size() == tx.inputs.size(), "a coin for each input");
  u64 operations = 0;
  for (std::size_t i = 0; i < spent.size(); ++i) {
    const Bytes program = is_script_hash(spent[i].script) ? last_push(tx.input_scripts[i]) : Bytes(spent[i].script);
    operations += u64{count_sigops(tx.input_scripts[i], true)} + count_sigops(program, true);
  }
  return operations * tx.stripped_size;
}

}  // namespace kith::ledger::bitcoin
