// Lengths and records, as they come.
#include "spacemesh/frame.hpp"

#include <utility>

#include "base/gather.hpp"

namespace kith::spacemesh {

void write_frame(Buffer& out, Bytes record) {
  u64 length = record.size();
  for (; length > 127; length >>= 7) out.push_back(static_cast<u8>(length | 128));
  out.push_back(static_cast<u8>(length));
  append(out, record);
}

/// Reads up to the end of the length of a record that has bytes.
Result<> FrameReader::read_length(Bytes& bytes) {
  while (!in_record_ && !bytes.empty()) {
    const u8 byte = bytes.front();
    bytes = bytes.subspan(1);
    // The tenth byte has room for the one bit that is left of 64.
    if (length_size_ == max_length_size - 1 && byte > 1) return fail(Fault::bad_record, "a length beyond 64 bits");
    length_ |= u64{byte & 127u} << 7 * length_size_++;
    if (byte > 127) continue;
    if (length_ > most_) return fail(Fault::bad_record, "record length");
    in_record_ = length_ > 0;
    if (!in_record_) length_size_ = 0;
  }
  return {};
}

Result<std::optional<Buffer>> FrameReader::take(Bytes& bytes) {
  if (const auto read = read_length(bytes); !read) return std::unexpected(read.error());
  if (!in_record_ || !gather(record_, static_cast<std::size_t>(length_), bytes)) return std::nullopt;
  length_ = 0;
  length_size_ = 0;
  in_record_ = false;
  return std::exchange(record_, {});
}

}  // namespace kith::spacemesh
