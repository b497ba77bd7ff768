// Records: sealed and opened, never longer than one bound.
#include "lean/record.hpp"

#include "base/check.hpp"

namespace kith::lean {

bool write_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes plain, Buffer& out) {
  const auto start = begin_record(out);
  append(out, plain);
  return end_record(aead, cipher, out, start);
}

std::size_t begin_record(Buffer& out) {
  const auto start = out.size();
  Writer(out).zeros(length_size);
  return start;
}

bool end_record(crypto::Aead& aead, crypto::CipherState& cipher, Buffer& out, std::size_t start) {
  const auto plain = out.size() - start - length_size;
  check(plain > 0 && plain <= max_plain, "a record of a size that cannot be");
  Writer(out).zeros(tag_size);
  const auto length = static_cast<u16>(plain + tag_size);
  out[start] = static_cast<u8>(length >> 8);
  out[start + 1] = static_cast<u8>(length);
  if (cipher.seal_in_place(aead, std::span(out).subspan(start + length_size))) return true;
  out.resize(start);
  return false;
}

Result<std::size_t> record_size(Bytes in) {
  if (in.size() < length_size) return 0;
  const std::size_t length = Reader(in).u16be();
  if (length <= tag_size || length > max_sealed) return fail(Fault::bad_record, "record length");
  return length_size + length;
}

Result<std::optional<Bytes>> take_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes& in, Buffer& plain) {
  const auto size = record_size(in);
  if (!size) return std::unexpected(size.error());
  if (*size == 0 || in.size() < *size) return std::nullopt;
  // Its size grows once and stays: clearing bytes that are overwritten would cost as much as a copy.
  plain.resize(max_plain);
  const auto out = std::span(plain).first(*size - length_size - tag_size);
  if (!cipher.open_into(aead, in.subspan(length_size, *size - length_size), out))
    return fail(Fault::bad_record, "record tag");
  in = in.subspan(*size);
  return Bytes(out);
}

}  // namespace kith::lean
