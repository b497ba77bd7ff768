// Blocks by the ledger's own maker.
#include "survive/made_chain.hpp"

#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/target.hpp"
#include "survive/talk.hpp"

namespace kith::survive {
namespace {

using ledger::bitcoin::header_size;
using ledger::bitcoin::id_of;

/// Ten minutes apart, from the date of the genesis block.
constexpr i64 start = 1'296'688'602;
constexpr i64 spacing = 600;
constexpr i64 ahead = 3 * 60 * 60;
/// Tells these blocks from those of other scripts' chains.
constexpr u64 tag = 77;

Hash id_of_block(Bytes block) { return id_of(block.first(header_size)); }

Buffer weakened(const Buffer& block) {
  const auto& params = ledger::bitcoin::regtest();
  auto header = *ledger::bitcoin::parse_header(Bytes(block).first(header_size));
  do ++header.nonce;
  while (proves_work(params, id_of(encode(header)), header.bits));
  auto out = encode(header);
  append(out, Bytes(block).subspan(header_size));
  return out;
}

}  // namespace

MadeChain::MadeChain() : blocks_{ledger::bitcoin::regtest().genesis_block} {
  heights_.emplace(id_of_block(blocks_[0]), 0);
}

const Buffer& MadeChain::good(std::size_t height) {
  while (blocks_.size() <= height) {
    const auto next = static_cast<u32>(blocks_.size());
    blocks_.push_back(ledger::bitcoin::make_block(ledger::bitcoin::regtest(), id_of_block(blocks_.back()), next,
                                                  start + spacing * next, tag));
    heights_.emplace(id_of_block(blocks_.back()), next);
  }
  return blocks_[height];
}

Buffer MadeChain::block(const std::string& word) {
  const auto plus = word.find('+');
  const auto height = number(word.substr(0, plus));
  if (plus == std::string::npos) return good(height);
  if (height == 0) throw Failed{"nothing can be wrong with genesis"};
  const auto what = word.substr(plus + 1);
  const auto remade = [&](u32 said, i64 date) {
    return ledger::bitcoin::make_block(ledger::bitcoin::regtest(), id_of_block(good(height - 1)), said, date, tag);
  };
  auto out = good(height);
  if (what == "mutant") return out.back() ^= 1, out;
  if (what == "cut") return out.resize(header_size + 1), out;
  if (what == "bad") return remade(static_cast<u32>(height + 1000), start + spacing * static_cast<i64>(height));
  if (what == "future") return remade(static_cast<u32>(height), to_seconds(utc_now()) + ahead);
  if (what == "weak") return weakened(out);
  throw Failed{"'" + what + "' is nothing that can be wrong with a block"};
}

Hash MadeChain::id(const std::string& word) { return id_of_block(block(word)); }

std::optional<std::size_t> MadeChain::height_of(const Hash& id) const {
  const auto at = heights_.find(id);
  return at == heights_.end() ? std::nullopt : std::optional(at->second);
}

std::vector<Buffer> MadeChain::headers(std::size_t from, std::size_t to) {
  std::vector<Buffer> out;
  for (auto height = from; height <= to; ++height) out.push_back(to_buffer(Bytes(good(height)).first(header_size)));
  return out;
}

}  // namespace kith::survive
