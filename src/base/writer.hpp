// Writer: puts values at the end of a buffer that the caller owns.
#pragma once

#include "base/bytes.hpp"

namespace kith {

class Writer {
 public:
  explicit Writer(Buffer& out) : out_(&out) {}

  Writer& byte(u8 value) { return big(value, 1); }
  Writer& u16be(u16 value) { return big(value, 2); }
  Writer& u24be(u32 value) { return big(value, 3); }
  Writer& u32be(u32 value) { return big(value, 4); }
  Writer& u64be(u64 value) { return big(value, 8); }
  Writer& u16le(u16 value) { return little(value, 2); }
  Writer& u32le(u32 value) { return little(value, 4); }
  Writer& u64le(u64 value) { return little(value, 8); }
  Writer& bytes(Bytes bytes) {
    append(*out_, bytes);
    return *this;
  }
  Writer& zeros(std::size_t count) {
    out_->insert(out_->end(), count, u8{0});
    return *this;
  }
  std::size_t size() const { return out_->size(); }

 private:
  Writer& big(u64 value, int size) {
    std::array<u8, 8> raw;
    for (int i = 0; i < size; ++i) raw[static_cast<std::size_t>(i)] = static_cast<u8>(value >> 8 * (size - 1 - i));
    return bytes(Bytes(raw).first(static_cast<std::size_t>(size)));
  }
  Writer& little(u64 value, int size) {
    std::array<u8, 8> raw;
    for (int i = 0; i < size; ++i) raw[static_cast<std::size_t>(i)] = static_cast<u8>(value >> 8 * i);
    return bytes(Bytes(raw).first(static_cast<std::size_t>(size)));
  }

  Buffer* out_;
};

}  // namespace kith
