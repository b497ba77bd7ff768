// The 419 transactions of block 367891 that are no coinbase, and what they spend, for tests.
#pragma once

#include <fstream>
#include <iterator>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "kernel/scripts.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/tx.hpp"

namespace kith::kernel {

struct Spend {
  Buffer tx;
  std::vector<ledger::bitcoin::Coin> spent;
};

inline Buffer read_data(const std::string& name) {
  std::ifstream in(KITH_SOURCE_DIR "/data/" + name, std::ios::binary);
  return Buffer(std::istreambuf_iterator<char>(in), {});
}

/// The values and scripts of a JSON file that has each on a line of its own.
inline std::vector<ledger::bitcoin::Coin> read_spent() {
  std::ifstream in(KITH_SOURCE_DIR "/data/mainnet-block-367891.spent_utxos");
  std::vector<ledger::bitcoin::Coin> out;
  for (std::string line; std::getline(in, line);) {
    const auto after = [&](std::string_view key) {
      const auto at = line.find(key);
      return at == std::string::npos ? std::string() : line.substr(at + key.size());
    };
    if (const auto value = after("\"value\": "); !value.empty()) out.push_back({std::stoull(value), {}});
    if (const auto script = after("\"script_pubkey\": \""); !script.empty())
      out.back().script = *from_hex(script.substr(0, script.find('"')));
  }
  return out;
}

inline std::vector<Spend> read_spends() {
  const auto block = read_data("mainnet-block-367891.raw");
  const auto spent = read_spent();
  Reader in(block);
  in.take(ledger::bitcoin::header_size);
  check(in.byte() == 0xfd && in.u16le() == 420, "another block");
  ledger::bitcoin::read_tx(in);
  std::vector<Spend> out;
  auto next = spent.begin();
  while (in.left() > 0) {
    const auto start = block.size() - in.left();
    const auto inputs = static_cast<std::ptrdiff_t>(ledger::bitcoin::read_tx(in).inputs.size());
    check(in.ok() && spent.end() - next >= inputs, "a damaged block");
    const auto whole = Bytes(block).subspan(start, block.size() - in.left() - start);
    out.push_back({to_buffer(whole), {next, next + inputs}});
    next += inputs;
  }
  check(next == spent.end(), "outputs that nobody spends");
  return out;
}

}  // namespace kith::kernel
