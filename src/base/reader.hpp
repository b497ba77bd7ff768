// Reader: takes values off a view of bytes. It is sticky: after the first value that is not there all later ones are
// zero, so a decoder reads everything and asks done() once. It never allocates on a declared length.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace kith {

class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  u8 byte() { return static_cast<u8>(big(1)); }
  u16 u16be() { return static_cast<u16>(big(2)); }
  u32 u24be() { return static_cast<u32>(big(3)); }
  u32 u32be() { return static_cast<u32>(big(4)); }
  u64 u64be() { return big(8); }
  u16 u16le() { return static_cast<u16>(little(2)); }
  u32 u32le() { return static_cast<u32>(little(4)); }
  u64 u64le() { return little(8); }

  /// The next `size` bytes, as a view into the input; empty if there are fewer.
  Bytes take(std::size_t size) {
    if (!ok_ || size > bytes_.size()) {
      fail();
      return {};
    }
    const Bytes out = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return out;
  }
  template <std::size_t N>
  std::array<u8, N> array() {
    const Bytes raw = take(N);
    return raw.size() == N ? take_array<N>(raw) : std::array<u8, N>{};
  }
  Bytes rest() { return take(bytes_.size()); }

  void fail() { ok_ = false; }
  /// Everything read so far was there.
  bool ok() const { return ok_; }
  std::size_t left() const { return ok_ ? bytes_.size() : 0; }
  /// Everything read was there and nothing is left.
  bool complete() const { return ok_ && bytes_.empty(); }
  /// complete() as a Result; `what` names the message.
  Result<> done(const char* what) const {
    if (!complete()) return kith::fail(Fault::malformed, what);
    return {};
  }

 private:
  u64 big(std::size_t size) {
    u64 out = 0;
    for (const u8 byte : take(size)) out = out << 8 | byte;
    return out;
  }
  u64 little(std::size_t size) {
    u64 out = 0;
    std::size_t shift = 0;
    for (const u8 byte : take(size)) out |= u64{byte} << shift, shift += 8;
    return out;
  }

  Bytes bytes_;
  bool ok_ = true;
};

}  // namespace kith
