// Reading and writing the 80 bytes.
#include "ledger/bitcoin/header.hpp"

#include "base/reader.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"

namespace kith::ledger::bitcoin {

Result<Header> parse_header(Bytes bytes) {
  Reader in(bytes);
  Header out;
  out.version = static_cast<i32>(in.u32le());
  out.parent = in.array<32>();
  out.merkle_root = in.array<32>();
  out.time = in.u32le();
  out.bits = in.u32le();
  out.nonce = in.u32le();
  if (const auto done = in.done("header"); !done) return std::unexpected(done.error());
  return out;
}

Buffer encode(const Header& header) {
  Buffer out;
  out.reserve(header_size);
  Writer(out)
      .u32le(static_cast<u32>(header.version))
      .bytes(header.parent)
      .bytes(header.merkle_root)
      .u32le(header.time)
      .u32le(header.bits)
      .u32le(header.nonce);
  return out;
}

Hash id_of(Bytes header) { return crypto::sha256d(header); }

}  // namespace kith::ledger::bitcoin
