// Records: sealed and opened, never longer than one bound.
#include "lean/record.hpp"

#include "base/check.hpp"

namespace kith::lean {

bool write_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes plain, Buffer& out) {
  check(!plain.empty() && plain.size() <= max_plain, "a record of a size that cannot be");
  const auto before = out.size();
  Writer(out).u16be(static_cast<u16>(plain.size() + tag_size));
  if (cipher.seal(aead, plain, out)) return true;
  out.resize(before);
  return false;
}

Result<std::optional<Buffer>> take_record(crypto::Aead& aead, crypto::CipherState& cipher, Bytes& in) {
  if (in.size() < length_size) return std::nullopt;
  const std::size_t length = Reader(in).u16be();
  // Said before the rest has come, so that nobody waits for a record that cannot be.
  if (length <= tag_size || length > max_sealed) return fail(Fault::bad_record, "record length");
  if (in.size() < length_size + length) return std::nullopt;
  Buffer plain;
  if (!cipher.open(aead, in.subspan(length_size, length), plain)) return fail(Fault::bad_record, "record tag");
  in = in.subspan(length_size + length);
  return plain;
}

}  // namespace kith::lean
