// Bytes: the integer names, views and buffers that every other file speaks in, and hex for people.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kith {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// A view of bytes that somebody else owns.
using Bytes = std::span<const u8>;
using Buffer = std::vector<u8>;
/// 32 bytes in the order in which they are hashed and sent.
using Hash = std::array<u8, 32>;

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(Bytes bytes);
/// The bytes of an even number of hexadecimal digits of either case; nothing if `text` is anything else.
std::optional<Buffer> from_hex(std::string_view text);

inline Bytes as_bytes(std::string_view text) { return {reinterpret_cast<const u8*>(text.data()), text.size()}; }
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline Buffer to_buffer(Bytes bytes) { return {bytes.begin(), bytes.end()}; }
inline void append(Buffer& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
inline bool equal(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// The first N bytes of `bytes`, which must hold as many.
template <std::size_t N>
std::array<u8, N> take_array(Bytes bytes) {
  std::array<u8, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = bytes[i];
  return out;
}

}  // namespace kith
