// Lists of coins, read and written.
#include "ledger/bitcoin/coins.hpp"

#include <charconv>

#include "base/reader.hpp"
#include "base/writer.hpp"
#include "ledger/bitcoin/tx_rules.hpp"
#include "model/block.hpp"

namespace kith::ledger::bitcoin {
namespace {

template <typename T>
bool read_number(std::string_view text, T& into) {
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, into);
  return error == std::errc{} && at == end;
}

/// What stands before `mark`, which is taken too.
std::optional<std::string_view> take_until(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto out = text.substr(0, at);
  text.remove_prefix(at + 1);
  return out;
}

Result<std::pair<Outpoint, Coin>> parse_line(std::string_view line) {
  Coin coin;
  u32 output = 0;
  const auto id = take_until(line, ':');
  const auto number = id ? take_until(line, ' ') : std::nullopt;
  const auto value = number ? take_until(line, ' ') : std::nullopt;
  const auto hash = value ? from_display(*id) : std::nullopt;
  const auto script = line == "-" ? std::optional(Buffer{}) : from_hex(line);
  if (!hash || !script || !read_number(*number, output) || !read_number(*value, coin.value) || coin.value > max_money)
    return fail(Fault::bad_config, "a line of coins is not TXID:OUTPUT VALUE SCRIPT");
  coin.script = *script;
  Buffer at;
  Writer(at).bytes(*hash).u32le(output);
  return std::pair{take_array<36>(at), std::move(coin)};
}

}  // namespace

Result<Coins> Coins::parse(std::string_view text) {
  Coins out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) continue;
    auto coin = parse_line(line);
    if (!coin) return std::unexpected(coin.error());
    if (out.size() >= max_coins) return fail(Fault::bad_config, "coins in a list");
    out.add(coin->first, std::move(coin->second));
  }
  return out;
}

const Coin* Coins::find(Bytes outpoint) const {
  const auto at = coins_.find(take_array<36>(outpoint));
  return at == coins_.end() ? nullptr : &at->second;
}

std::string Coins::to_text() const {
  std::string out;
  for (const auto& [at, coin] : coins_) {
    Reader in(at);
    const Hash id = in.array<32>();
    out += to_display(id) + ":" + std::to_string(in.u32le()) + " " + std::to_string(coin.value) + " " +
           (coin.script.empty() ? "-" : to_hex(coin.script)) + "\n";
  }
  return out;
}

}  // namespace kith::ledger::bitcoin
