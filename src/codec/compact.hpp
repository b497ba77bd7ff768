// CompactSize: how Bitcoin writes a length or count, in one, three, five or nine bytes.
#pragma once

#include "base/reader.hpp"
#include "base/writer.hpp"

namespace kith::codec {

/// developer.bitcoin.org/reference/transactions.html, "CompactSize Unsigned Integers".
inline void write_compact(Buffer& out, u64 value) {
  Writer write(out);
  if (value < 0xfd)
    write.byte(static_cast<u8>(value));
  else if (value <= 0xffff)
    write.byte(0xfd).u16le(static_cast<u16>(value));
  else if (value <= 0xffffffff)
    write.byte(0xfe).u32le(static_cast<u32>(value));
  else
    write.byte(0xff).u64le(value);
}

/// Fails `in`, and gives 0, if the number is cut or stands in a longer form than it needs. The caller bounds it.
inline u64 read_compact(Reader& in) {
  const u8 head = in.byte();
  if (head < 0xfd) return head;
  const u64 value = head == 0xfd ? in.u16le() : head == 0xfe ? in.u32le() : in.u64le();
  const u64 least = head == 0xfd ? 0xfd : head == 0xfe ? 0x10000 : 0x100000000;
  if (value >= least) return value;
  in.fail();
  return 0;
}

}  // namespace kith::codec
