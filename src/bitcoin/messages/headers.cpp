// getheaders, getblocks and headers.
#include "bitcoin/messages/headers.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "bitcoin/messages/list.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::bitcoin {

using ledger::bitcoin::header_size;

Buffer encode(const Locator& locator) {
  check(locator.hashes.size() <= ledger::max_locator, "a locator that nobody takes");
  Buffer out;
  Writer(out).u32le(locator.version);
  codec::write_compact(out, locator.hashes.size());
  for (const auto& hash : locator.hashes) append(out, hash);
  append(out, locator.stop);
  return out;
}

Result<Locator> decode_locator(Bytes payload) {
  Reader in(payload);
  Locator out;
  out.version = in.u32le();
  const auto count = read_count(in, ledger::max_locator, sizeof(Hash), Fault::unwelcome, "locator");
  if (!count) return std::unexpected(count.error());
  out.hashes.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) out.hashes.push_back(in.array<32>());
  out.stop = in.array<32>();
  if (!in.ok()) return fail(Fault::malformed, "locator");
  return out;
}

Buffer encode_headers(std::span<const Buffer> headers) {
  check(headers.size() <= ledger::max_headers, "more headers than anybody takes");
  Buffer out;
  // Their number takes three bytes at most.
  out.reserve(3 + headers.size() * (header_size + 1));
  codec::write_compact(out, headers.size());
  for (const auto& header : headers) {
    check(header.size() == header_size, "a header of another size");
    Writer(out).bytes(header).byte(0);
  }
  return out;
}

Result<std::vector<Buffer>> decode_headers(Bytes payload) {
  Reader in(payload);
  const auto count = read_count(in, ledger::max_headers, header_size + 1, Fault::oversize, "headers");
  if (!count) return std::unexpected(count.error());
  std::vector<Buffer> out;
  out.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    out.push_back(to_buffer(in.take(header_size)));
    if (in.byte() != 0) return fail(Fault::malformed, "a header with transactions");
  }
  return out;
}

}  // namespace kith::bitcoin
