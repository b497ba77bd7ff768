// Messages in XDR, as Go's structures and pointers stand in it.
#include "spacemesh/message.hpp"

#include <algorithm>

#include "codec/xdr.hpp"

namespace kith::spacemesh {
namespace {

// All that is around a payload, and at most three bytes that fill each of the two strings and the author.
static_assert(max_payload + seal_overhead + max_protocol + max_client_version + max_author + 80 <= max_record);

Metadata read_metadata(codec::XdrReader& in) {
  Metadata out;
  out.protocol = in.string(max_protocol);
  out.client_version = in.string(max_client_version);
  out.timestamp = in.i64();
  out.author = to_buffer(in.opaque(max_author));
  out.network_id = in.u32();
  return out;
}

Call read_call(codec::XdrReader& in) {
  Call out;
  out.is_request = in.boolean();
  out.type = in.u32();
  out.id = in.u64();
  return out;
}

/// `part` as a view into `whole`, in which it lies.
Body part_of(const Body& whole, Bytes part) {
  if (part.empty()) return {};
  return whole.part(static_cast<std::size_t>(part.data() - whole.bytes().data()), part.size());
}

}  // namespace

Buffer encode(const ProtocolMessage& message) {
  const auto& [metadata, call, payload] = message;
  Buffer out;
  codec::XdrWriter write(out);
  write.boolean(true)
      .string(metadata.protocol)
      .string(metadata.client_version)
      .i64(metadata.timestamp)
      .opaque(metadata.author)
      .u32(metadata.network_id);
  write.boolean(true).opaque(call ? Bytes{} : payload.bytes()).boolean(call.has_value());
  if (call) write.boolean(call->is_request).u32(call->type).u64(call->id).opaque(payload.bytes());
  return out;
}

Result<ProtocolMessage> decode_message(const Body& plain) {
  codec::XdrReader in(plain.bytes());
  ProtocolMessage out;
  if (!in.boolean()) return fail(Fault::malformed, "metadata");
  out.metadata = read_metadata(in);
  if (!in.boolean()) return fail(Fault::malformed, "payload");
  Bytes payload = in.opaque(max_payload);
  const bool is_plain = !payload.empty();
  const bool is_wrapped = in.boolean();
  if (is_wrapped) {
    const auto call = read_call(in);
    const auto wrapped = in.opaque(max_payload);
    if (!is_plain) {
      out.call = call;
      payload = wrapped;
    }
  }
  if (!in.ok()) return fail(Fault::malformed, "message");
  if (!is_plain && !is_wrapped) return fail(Fault::malformed, "a plain payload of nothing");
  out.payload = part_of(plain, payload);
  return out;
}

Result<> check_time(i64 seconds, Utc now) {
  // Any 64-bit number may stand there; what is far from now may not overflow.
  constexpr i64 far = 10'000;
  const i64 ours = to_seconds(now);
  const auto drift = now - from_seconds(std::clamp(seconds, ours - far, ours + far));
  if (drift < -max_drift || drift > max_drift) return fail(Fault::wrong_network, "clock");
  return {};
}

}  // namespace kith::spacemesh
