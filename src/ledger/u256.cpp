// Arithmetic on four words.
#include "ledger/u256.hpp"

#include "base/check.hpp"

namespace kith::ledger {

U256 U256::of(const Work& work) {
  U256 out;
  for (std::size_t i = 0; i < 32; ++i) out.words[3 - i / 8] = out.words[3 - i / 8] << 8 | work.bytes[i];
  return out;
}

U256 U256::of(const Hash& hash) {
  U256 out;
  for (std::size_t i = 32; i-- > 0;) out.words[i / 8] = out.words[i / 8] << 8 | hash[i];
  return out;
}

Work U256::to_work() const {
  Work out;
  for (std::size_t i = 0; i < 32; ++i) out.bytes[i] = static_cast<u8>(words[3 - i / 8] >> (56 - 8 * (i % 8)));
  return out;
}

U256 operator~(const U256& a) { return {{~a.words[0], ~a.words[1], ~a.words[2], ~a.words[3]}}; }

U256 operator+(const U256& a, const U256& b) {
  U256 out;
  u64 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const u64 sum = a.words[i] + carry;
    out.words[i] = sum + b.words[i];
    carry = static_cast<u64>(sum < carry) + static_cast<u64>(out.words[i] < sum);
  }
  return out;
}

U256 operator-(const U256& a, const U256& b) { return a + ~b + U256::of(1); }

U256 operator<<(const U256& a, u32 bits) {
  const std::size_t whole = bits / 64;
  const u32 part = bits % 64;
  U256 out;
  for (std::size_t i = whole; i < 4; ++i) {
    out.words[i] = a.words[i - whole] << part;
    if (part != 0 && i > whole) out.words[i] |= a.words[i - whole - 1] >> (64 - part);
  }
  return out;
}

U256 operator>>(const U256& a, u32 bits) {
  const std::size_t whole = bits / 64;
  const u32 part = bits % 64;
  U256 out;
  for (std::size_t i = 0; i + whole < 4; ++i) {
    out.words[i] = a.words[i + whole] >> part;
    if (part != 0 && i + whole + 1 < 4) out.words[i] |= a.words[i + whole + 1] << (64 - part);
  }
  return out;
}

U256 operator*(const U256& a, u32 b) {
  U256 out;
  u64 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const u64 low = (a.words[i] & 0xffffffff) * b + carry;
    const u64 high = (a.words[i] >> 32) * b + (low >> 32);
    out.words[i] = high << 32 | (low & 0xffffffff);
    carry = high >> 32;
  }
  return out;
}

U256 operator/(const U256& a, const U256& b) {
  const u32 length = b.bit_length();
  check(length != 0, "division by zero");
  U256 rest = a;
  U256 out;
  if (a.bit_length() < length) return out;
  // Schoolbook division in base two, with no more steps than the quotient has bits.
  for (u32 shift = a.bit_length() - length + 1; shift-- > 0;) {
    const U256 part = b << shift;
    if (rest < part) continue;
    rest = rest - part;
    out.words[shift / 64] |= u64{1} << (shift % 64);
  }
  return out;
}

}  // namespace kith::ledger
