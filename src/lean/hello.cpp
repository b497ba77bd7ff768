// Hello: bytes, and the rules for whom we talk to.
#include "lean/hello.hpp"

#include "codec/xdr.hpp"

namespace kith::lean {

Buffer encode_hello(const Hello& hello) {
  std::array<u8, max_client> client{};
  std::copy_n(hello.client.begin(), std::min(hello.client.size(), client.size()), client.begin());
  Buffer out;
  codec::XdrWriter(out)
      .fixed(hello.id.value_or(PeerId{}).key)
      .fixed(hello.network)
      .i64(to_millis(hello.time))
      .u32(hello.port)
      .u32(hello.version)
      .fixed(client);
  return out;
}

Result<Hello> decode_hello(Bytes bytes) {
  codec::XdrReader in(bytes);
  Hello hello;
  hello.id = PeerId{in.fixed<32>()};
  hello.network = in.fixed<32>();
  hello.time = from_millis(in.i64());
  const u32 port = in.u32();
  hello.version = in.u32();
  const auto client = in.fixed<max_client>();
  if (const auto done = in.done("hello"); !done) return std::unexpected(done.error());
  if (port > 0xffff) return fail(Fault::malformed, "hello port");
  const auto end = std::find(client.begin(), client.end(), 0);
  if (std::any_of(client.begin(), end, [](u8 c) { return c < 0x20 || c > 0x7e; }) ||
      std::any_of(end, client.end(), [](u8 c) { return c != 0; }))
    return fail(Fault::malformed, "hello client");
  hello.port = static_cast<u16>(port);
  hello.client.assign(client.begin(), end);
  return hello;
}

Buffer prologue(const PeerId& responder) {
  Buffer out = to_buffer(as_bytes("kith-lean/1"));
  out.push_back(0);
  append(out, responder.key);
  return out;
}

Result<> acceptable(const Hello& theirs, const Hello& ours, Version least, Utc now) {
  if (theirs.network != ours.network) return fail(Fault::wrong_network, "network");
  // Minor versions add what the other may ignore; a major one is another language.
  if (major_of(theirs.version) != major_of(ours.version)) return fail(Fault::wrong_network, "major version");
  if (theirs.version < least) return fail(Fault::wrong_network, "version");
  // Compared without a difference of the two: theirs is any 64-bit number.
  if (theirs.time < now - max_skew || theirs.time > now + max_skew) return fail(Fault::wrong_network, "clock");
  return {};
}

}  // namespace kith::lean
