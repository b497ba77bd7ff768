// The first record, and the rules for whom we talk to.
#include "spacemesh/handshake.hpp"

#include "codec/xdr.hpp"

namespace kith::spacemesh {

Buffer encode(const HandshakeData& data) {
  Buffer out;
  codec::XdrWriter(out).string(data.client_version).u32(data.network_id).u32(data.port);
  return out;
}

Result<HandshakeData> decode_handshake_data(Bytes plain) {
  codec::XdrReader in(plain);
  HandshakeData out;
  out.client_version = in.string(max_client_version);
  out.network_id = in.u32();
  const u32 port = in.u32();
  if (!in.ok()) return fail(Fault::handshake_failed, "handshake data");
  if (port > 0xffff) return fail(Fault::handshake_failed, "port");
  out.port = static_cast<u16>(port);
  return out;
}

Buffer encode(const FirstRecord& first, const crypto::BoxNonce& nonce) {
  Buffer out = to_buffer(first.key);
  append(out, seal(nonce, encode(first.data)));
  return out;
}

Result<FirstRecord> decode_first_record(Bytes record) {
  FirstRecord out;
  if (record.size() < out.key.size()) return fail(Fault::bad_record, "first record");
  out.key = take_array<out.key.size()>(record);
  const auto plain = open(record.subspan(out.key.size()));
  if (!plain) return std::unexpected(plain.error());
  auto data = decode_handshake_data(*plain);
  if (!data) return std::unexpected(data.error());
  out.data = std::move(*data);
  return out;
}

Result<> acceptable(const HandshakeData& theirs, u32 network_id, std::string_view least_version) {
  if (theirs.network_id != network_id) return fail(Fault::wrong_network, "network");
  return check_version(theirs.client_version, least_version);
}

}  // namespace kith::spacemesh
