// Blocks that join and leave the chain, as coins that go and come.
#include "ledger/bitcoin/unspent.hpp"

#include "base/check.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u8 op_return = 0x6a;
/// Blocks whose median time counts (BIP 113).
constexpr std::size_t median_span = 11;

Hash id_of_header(const Header& header) { return id_of(encode(header)); }

}  // namespace

bool is_unspendable(Bytes script) { return script.size() > max_script || (!script.empty() && script[0] == op_return); }

Unspent::Unspent(const Params& params) {
  const auto header = parse_header(Bytes(params.genesis_block).first(header_size));
  check(header.has_value(), "a genesis without a header");
  tip_ = id_of_header(*header);
  times_.push_back(header->time);
}

void Unspent::put(const Outpoint& at, Coin coin) {
  script_bytes_ += coin.script.size();
  check(coins_.emplace(at, std::move(coin)).second, "an output that is there already");
}

void Unspent::erase(const Outpoint& at) {
  const auto found = coins_.find(at);
  check(found != coins_.end(), "an output that is not there");
  script_bytes_ -= found->second.script.size();
  coins_.erase(found);
}

std::optional<Coin> Unspent::find(const Outpoint& at) const {
  const auto found = coins_.find(at);
  if (found == coins_.end()) return std::nullopt;
  return found->second;
}

/// Moves what `tx` spends into `undo`; false, and nothing is changed, if an input is not there.
bool Unspent::spend(const Tx& tx, Undo& undo) {
  for (std::size_t i = 0; i < tx.inputs.size(); ++i) {
    const auto found = coins_.find(take_array<36>(tx.inputs[i]));
    if (found == coins_.end()) {
      for (std::size_t j = i; j-- > 0; undo.spent.pop_back())
        put(take_array<36>(tx.inputs[j]), std::move(undo.spent.back()));
      return false;
    }
    script_bytes_ -= found->second.script.size();
    undo.spent.push_back(std::move(found->second));
    coins_.erase(found);
  }
  return true;
}

/// False, and nothing is changed, if an output is there that only a coinbase may make anew.
bool Unspent::make(const Tx& tx, Undo& undo) {
  const bool coinbase = tx.is_coinbase();
  const auto at = [&](std::size_t i) { return outpoint(tx.id, static_cast<u32>(i)); };
  for (std::size_t i = 0; i < tx.values.size() && !coinbase; ++i)
    if (coins_.contains(at(i))) return false;
  for (std::size_t i = 0; i < tx.values.size(); ++i) {
    if (is_unspendable(tx.scripts[i])) continue;
    if (const auto found = coins_.find(at(i)); found != coins_.end()) {
      undo.replaced.emplace_back(at(i), found->second);
      erase(at(i));
    }
    put(at(i), {tx.values[i], to_buffer(tx.scripts[i]), height() + 1, coinbase});
  }
  return true;
}

void Unspent::unmake(const Tx& tx) {
  for (std::size_t i = 0; i < tx.values.size(); ++i)
    if (!is_unspendable(tx.scripts[i])) erase(outpoint(tx.id, static_cast<u32>(i)));
}

void Unspent::give_back(const Tx& tx, Undo& undo) {
  for (std::size_t i = tx.inputs.size(); i-- > 0; undo.spent.pop_back())
    put(take_array<36>(tx.inputs[i]), std::move(undo.spent.back()));
}

/// Undoes the first transactions of a block, the last of them first.
void Unspent::take_back(std::span<const Tx> txs, Undo& undo) {
  for (std::size_t i = txs.size(); i-- > 0;) {
    unmake(txs[i]);
    if (i > 0) give_back(txs[i], undo);
  }
  for (auto& [at, coin] : undo.replaced) put(at, std::move(coin));
}

Result<> Unspent::apply(const Block& block, Undo& undo) {
  for (std::size_t i = 0; i < block.txs.size(); ++i) {
    const auto& tx = block.txs[i];
    const bool spent = i == 0 || spend(tx, undo);
    if (spent && make(tx, undo)) continue;
    if (spent && i > 0) give_back(tx, undo);
    take_back(std::span(block.txs).first(i), undo);
    return fail(Fault::bad_block, spent ? "an output that is there already" : "spends what is not there");
  }
  return {};
}

Result<Undo> Unspent::connect(const Block& block) {
  if (block.header.parent != tip_) return fail(Fault::unconnected, "parent");
  if (block.txs.empty() || !block.txs[0].is_coinbase())
    return fail(Fault::bad_block, "first transaction is no coinbase");
  Undo undo{.block = id_of_header(block.header), .spent = {}, .replaced = {}};
  if (const auto good = apply(block, undo); !good) return std::unexpected(good.error());
  tip_ = undo.block;
  times_.push_back(block.header.time);
  return undo;
}

Result<> Unspent::disconnect(const Block& block, Undo undo) {
  std::size_t inputs = 0;
  for (const auto& tx : block.txs) inputs += tx.inputs.size();
  if (height() == 0 || id_of_header(block.header) != tip_ || undo.block != tip_ || undo.spent.size() + 1 != inputs)
    return fail(Fault::unconnected, "another block than the tip");
  take_back(block.txs, undo);
  tip_ = block.header.parent;
  times_.pop_back();
  return {};
}

i64 Unspent::median_time(u32 height) const {
  check(height < times_.size(), "a time above the tip");
  const std::size_t end = std::size_t{height} + 1;
  const auto from = times_.begin() + static_cast<std::ptrdiff_t>(end - std::min(end, median_span));
  std::vector<u32> last(from, times_.begin() + static_cast<std::ptrdiff_t>(end));
  std::ranges::sort(last);
  return last[last.size() / 2];
}

}  // namespace kith::ledger::bitcoin
