// An address inside an XDR message: ip opaque[16] | port unsigned | wire string<16> | id opaque[32]<1>.
#pragma once

#include "codec/multiaddr.hpp"
#include "codec/xdr.hpp"

namespace kith::codec {

inline void write_address(XdrWriter& out, const Address& address) {
  check(address.wire.empty() || is_wire_word(address.wire), "the wire of an address is a word");
  out.fixed(address.ip.bytes).u32(address.port).string(address.wire).u32(address.id ? 1 : 0);
  if (address.id) out.fixed(address.id->key);
}

/// Fails `in`, and gives an empty address, unless the port has 16 bits and the wire is a word or empty.
inline Address read_address(XdrReader& in) {
  Address out;
  out.ip.bytes = in.fixed<16>();
  const u32 port = in.u32();
  out.port = static_cast<u16>(port);
  out.wire = in.string(max_wire_word);
  if (port > 0xffff || !(out.wire.empty() || is_wire_word(out.wire))) in.fail();
  // An array of at most one is written as a boolean and its element.
  if (in.boolean()) out.id = PeerId{in.fixed<32>()};
  return in.ok() ? out : Address{};
}

}  // namespace kith::codec
