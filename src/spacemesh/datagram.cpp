// Datagrams and which of them count.
#include "spacemesh/datagram.hpp"

namespace kith::spacemesh {

Buffer encode(const Datagram& datagram, const crypto::BoxNonce& nonce) {
  Buffer out = to_buffer(datagram.key);
  append(out, seal(nonce, encode(datagram.message)));
  return out;
}

Result<Datagram> decode_datagram(Bytes bytes) {
  Datagram out;
  if (bytes.size() > max_datagram) return fail(Fault::oversize, "datagram");
  if (bytes.size() < out.key.size()) return fail(Fault::bad_record, "datagram");
  out.key = take_array<out.key.size()>(bytes);
  auto plain = open(bytes.subspan(out.key.size()));
  if (!plain) return std::unexpected(plain.error());
  auto message = decode_message(Body(std::move(*plain)));
  if (!message) return std::unexpected(message.error());
  out.message = std::move(*message);
  return out;
}

Result<> acceptable(const Metadata& theirs, u32 network_id, std::string_view least_version) {
  if (theirs.network_id != network_id) return fail(Fault::wrong_network, "network");
  return check_version(theirs.client_version, least_version);
}

}  // namespace kith::spacemesh
