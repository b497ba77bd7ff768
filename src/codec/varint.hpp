// Unsigned varints as multiformats writes them: seven bits a byte, least significant first, at most nine bytes.
#pragma once

#include "base/check.hpp"
#include "base/reader.hpp"

namespace kith::codec {

/// Nine bytes of seven bits; github.com/multiformats/unsigned-varint, "Practical maximum of 9 bytes".
inline constexpr u64 max_varint = (u64{1} << 63) - 1;

/// `value` is at most `max_varint`.
inline void write_varint(Buffer& out, u64 value) {
  check(value <= max_varint, "a varint has 63 bits");
  for (; value > 127; value >>= 7) out.push_back(static_cast<u8>(value | 128));
  out.push_back(static_cast<u8>(value));
}

/// Fails `in`, and gives 0, if the varint is cut, longer than nine bytes or longer than its value needs.
inline u64 read_varint(Reader& in) {
  u64 value = 0;
  for (int shift = 0; shift < 63; shift += 7) {
    const u8 byte = in.byte();
    value |= u64{byte & 127u} << shift;
    if (byte > 127) continue;
    if (byte != 0 || shift == 0) return value;
    break;
  }
  in.fail();
  return 0;
}

}  // namespace kith::codec
