// XDR (RFC 4506), read strictly: one value has one encoding, so what decodes encodes to the same bytes again.
#pragma once

#include <limits>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"

namespace kith::codec {

/// Takes XDR values off a view of bytes. Sticky as `Reader` is: after the first value that is missing or not in its one
/// form, all later ones are zero or empty.
class XdrReader {
 public:
  explicit XdrReader(Bytes bytes) : in_(bytes) {}

  kith::u32 u32() { return in_.u32be(); }
  kith::u64 u64() { return in_.u64be(); }
  kith::i32 i32() { return static_cast<kith::i32>(in_.u32be()); }
  kith::i64 i64() { return static_cast<kith::i64>(in_.u64be()); }
  /// §4.4: 0 or 1, nothing else.
  bool boolean() {
    const auto value = in_.u32be();
    if (value > 1) in_.fail();
    return value == 1;
  }
  /// §4.10: variable-length opaque data of at most `max` bytes, as a view into the input.
  Bytes opaque(std::size_t max) {
    const std::size_t size = in_.u32be();
    if (size > max) in_.fail();
    return padded(size);
  }
  /// §4.9: fixed-length opaque data.
  template <std::size_t N>
  std::array<u8, N> fixed() {
    const Bytes raw = padded(N);
    return raw.size() == N ? take_array<N>(raw) : std::array<u8, N>{};
  }
  /// §4.11: a string of at most `max` bytes, whatever they are.
  std::string string(std::size_t max) { return std::string(as_text(opaque(max))); }
  /// All that is left, as it stands: for a body that ends with its message.
  Bytes rest() { return in_.rest(); }

  std::size_t left() const { return in_.left(); }
  bool ok() const { return in_.ok(); }
  void fail() { in_.fail(); }
  /// Fault::malformed unless every value was there and nothing is left; `what` names the message.
  Result<> done(const char* what) const { return in_.done(what); }

 private:
  /// §3: data fills whole units of four bytes, and the filling is zero.
  Bytes padded(std::size_t size) {
    const Bytes out = in_.take(size);
    for (const u8 pad : in_.take((4 - size % 4) % 4))
      if (pad != 0) in_.fail();
    return in_.ok() ? out : Bytes{};
  }

  Reader in_;
};

/// Puts XDR values at the end of a buffer that the caller owns.
class XdrWriter {
 public:
  explicit XdrWriter(Buffer& out) : out_(out) {}

  XdrWriter& u32(kith::u32 value) {
    out_.u32be(value);
    return *this;
  }
  XdrWriter& u64(kith::u64 value) {
    out_.u64be(value);
    return *this;
  }
  XdrWriter& i32(kith::i32 value) { return u32(static_cast<kith::u32>(value)); }
  XdrWriter& i64(kith::i64 value) { return u64(static_cast<kith::u64>(value)); }
  XdrWriter& boolean(bool value) { return u32(value ? 1 : 0); }
  XdrWriter& opaque(Bytes bytes) {
    check(bytes.size() <= std::numeric_limits<kith::u32>::max(), "opaque data has a length of 32 bits");
    return u32(static_cast<kith::u32>(bytes.size())).padded(bytes);
  }
  XdrWriter& string(std::string_view text) { return opaque(as_bytes(text)); }
  template <std::size_t N>
  XdrWriter& fixed(const std::array<u8, N>& bytes) {
    return padded(bytes);
  }

 private:
  XdrWriter& padded(Bytes bytes) {
    out_.bytes(bytes).zeros((4 - bytes.size() % 4) % 4);
    return *this;
  }

  Writer out_;
};

}  // namespace kith::codec
