// Base58 by long division: the same change of base both ways.
#include "codec/base58.hpp"

#include <algorithm>

namespace kith::codec {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The number that `digits` write in base `from`, most significant first, in base `to`. Each zero in front stays one.
Buffer rebase(Bytes digits, u32 from, u32 to) {
  Buffer out;
  for (const u32 digit : digits) {
    u32 carry = digit;
    for (u8& place : out) {
      carry += from * place;
      place = static_cast<u8>(carry % to);
      carry /= to;
    }
    for (; carry != 0; carry /= to) out.push_back(static_cast<u8>(carry % to));
  }
  const auto zeros = std::find_if(digits.begin(), digits.end(), [](u8 digit) { return digit != 0; }) - digits.begin();
  out.insert(out.end(), static_cast<std::size_t>(zeros), u8{0});
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

std::string to_base58(Bytes bytes) {
  std::string out;
  for (const u8 digit : rebase(bytes, 256, 58)) out += alphabet[digit];
  return out;
}

std::optional<Buffer> from_base58(std::string_view text, std::size_t max_bytes) {
  // A byte takes at most 1.37 characters; a longer text is refused before the division, whose time grows as its square.
  if (text.size() > max_bytes + max_bytes * 2 / 5 + 1) return std::nullopt;
  Buffer digits;
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    digits.push_back(static_cast<u8>(digit));
  }
  auto out = rebase(digits, 58, 256);
  if (out.size() > max_bytes) return std::nullopt;
  return out;
}

}  // namespace kith::codec
