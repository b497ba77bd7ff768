// Real blocks and transactions, and a spoilt twin of each transaction.
#include "app/devnet_load.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "app/transactions.hpp"
#include "base/reader.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/tx.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;
namespace json = boost::json;

constexpr std::size_t max_file = std::size_t{64} << 20;

std::unexpected<std::string> bad(const std::string& file, const char* what) {
  return std::unexpected(file + " holds no " + what + " as data/README.md describes them");
}

/// The height with which a coinbase's script begins (BIP 34).
u32 pushed_height(Bytes block) {
  Reader in(block);
  in.take(bitcoin::header_size);
  codec::read_compact(in);
  const auto coinbase = bitcoin::read_tx(in);
  Reader script(coinbase.input_scripts.empty() ? Bytes{} : coinbase.input_scripts[0]);
  u32 height = 0;
  const auto digits = script.take(script.byte());
  for (std::size_t i = digits.size(); i-- > 0;) height = height << 8 | digits[i];
  return in.ok() && script.ok() ? height : 0;
}

std::expected<void, std::string> read_blocks(const std::string& file, Load& load) {
  const auto bytes = shell::read_file(file, max_file);
  if (!bytes) return bad(file, "blocks");
  Reader in(*bytes);
  while (in.left() > 0) {
    in.u32le();
    load.blocks.push_back(to_buffer(in.take(in.u32le())));
    if (!in.ok() || load.blocks.back().size() < bitcoin::header_size) return bad(file, "blocks");
  }
  if (load.blocks.empty()) return bad(file, "blocks");
  const auto header = bitcoin::parse_header(Bytes(load.blocks[0]).first(bitcoin::header_size));
  const u32 height = pushed_height(load.blocks[0]);
  if (!header || height == 0) return bad(file, "blocks with a height in their coinbase");
  load.anchor = {.id = header->parent, .height = height - 1, .bits = header->bits, .time = header->time - 1};
  return {};
}

std::expected<std::vector<bitcoin::Coin>, std::string> read_spent(const std::string& file) {
  const auto bytes = shell::read_file(file, max_file);
  boost::system::error_code error;
  const auto text = bytes ? as_text(*bytes) : std::string_view();
  const auto list = json::parse(json::string_view(text.data(), text.size()), error);
  if (!bytes || error || !list.is_array()) return bad(file, "spent outputs");
  std::vector<bitcoin::Coin> out;
  for (const auto& each : list.get_array()) {
    const auto* object = each.if_object();
    const auto* output = object ? object->if_contains("txout") : nullptr;
    if (!output || !output->is_object()) return bad(file, "spent outputs");
    const auto& fields = output->get_object();
    const std::string digits(fields.at("script_pubkey").as_string());
    const auto script = from_hex(digits);
    if (!script) return bad(file, "spent outputs");
    out.push_back({fields.at("value").to_number<u64>(), *script});
  }
  return out;
}

/// Where the value of the first output stands.
std::size_t value_offset(Bytes tx) {
  Reader in(tx);
  const Bytes script = bitcoin::read_tx(in).scripts.front();
  Buffer length;
  codec::write_compact(length, script.size());
  return static_cast<std::size_t>(script.data() - tx.data()) - length.size() - sizeof(u64);
}

ItemHash hash_of(const bitcoin::Tx& tx) { return take_array<20>(tx.witness_id); }

/// The same transaction but for one bit, read as a transaction and refused by the rules.
std::optional<LoadTx> with_twin(Bytes tx, ItemHash hash, const core::Kind& kind, Rng& rng) {
  // Some scripts let anybody spend: then most bits change nothing, but 2^48 satoshi more are never there.
  constexpr int tries = 2;
  const auto rich = 8 * (value_offset(tx) + 6);
  LoadTx out{to_buffer(tx), hash, {}, {}};
  for (int i = 0; i <= tries; ++i) {
    out.flipped = out.tx;
    const auto bit = i < tries ? rng.below(8 * tx.size()) : rich;
    out.flipped[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    const auto examined = kind.examine(out.flipped, {});
    if (!examined || kind.judge(out.flipped) != Verdict::reject) continue;
    out.flipped_hash = examined->hash;
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::expected<Load, std::string> read_load(const std::string& blocks, const std::string& transactions,
                                           const std::string& spent, Rng& rng) {
  Load load;
  if (auto read = read_blocks(blocks, load); !read) return std::unexpected(read.error());
  auto coins = read_spent(spent);
  if (!coins) return std::unexpected(coins.error());
  const auto bytes = shell::read_file(transactions, max_file);
  if (!bytes) return bad(transactions, "block");
  Reader in(*bytes);
  in.take(bitcoin::header_size);
  codec::read_compact(in);
  bitcoin::read_tx(in);
  std::vector<std::pair<Bytes, ItemHash>> txs;
  std::size_t next = 0;
  while (in.ok() && in.left() > 0) {
    const auto start = bytes->size() - in.left();
    const auto tx = bitcoin::read_tx(in);
    if (!in.ok() || next + tx.inputs.size() > coins->size()) return bad(transactions, "block of these spent outputs");
    for (const Bytes input : tx.inputs) load.coins.add(take_array<36>(input), std::move((*coins)[next++]));
    txs.emplace_back(Bytes(*bytes).subspan(start, bytes->size() - in.left() - start), hash_of(tx));
  }
  const auto kind = app::transactions(std::make_shared<const bitcoin::Coins>(load.coins));
  if (!kind) return std::unexpected(kind.error());
  for (const auto& [tx, hash] : txs) {
    auto one = with_twin(tx, hash, *kind, rng);
    if (!one) return bad(transactions, "transactions that one bit can spoil");
    load.txs.push_back(std::move(*one));
  }
  return load;
}

}  // namespace kith::app
