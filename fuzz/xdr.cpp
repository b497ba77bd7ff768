// XDR: whatever the schema, what decodes encodes to the same bytes. The input is a schema of one byte a field behind
// its length, then the message.
#include "codec/xdr.hpp"

#include "codec/address_xdr.hpp"
#include "target.hpp"

namespace kith {
namespace {

constexpr std::size_t max_field = 64;

/// Reads one field of the kind that `field` names and writes it again.
void copy_field(u8 field, codec::XdrReader& in, codec::XdrWriter& out) {
  switch (field % 9) {
    case 0: out.u32(in.u32()); break;
    case 1: out.i32(in.i32()); break;
    case 2: out.u64(in.u64()); break;
    case 3: out.i64(in.i64()); break;
    case 4: out.boolean(in.boolean()); break;
    case 5: out.opaque(in.opaque(max_field)); break;
    case 6: out.string(in.string(max_field)); break;
    case 7: out.fixed(in.fixed<5>()); break;
    default: codec::write_address(out, codec::read_address(in));
  }
}

}  // namespace
}  // namespace kith

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  Reader input(Bytes(data, size));
  const Bytes schema = input.take(input.byte());
  if (!input.ok()) return 0;
  const Bytes message = input.rest();
  codec::XdrReader in(message);
  Buffer encoded;
  codec::XdrWriter out(encoded);
  for (const u8 field : schema) copy_field(field, in, out);
  if (in.done("message")) check(equal(encoded, message), "decode then encode gives the same bytes");
  if (!in.ok()) check(in.u64() == 0 && in.opaque(max_field).empty(), "nothing is read after a failure");
  return 0;
}
