// Envelopes: bytes, signatures, and the kind made of them.
#include "lean/envelope.hpp"

#include "codec/xdr.hpp"
#include "crypto/hash.hpp"
#include "crypto/keys.hpp"

namespace kith::lean {
namespace {

constexpr std::size_t signature_bytes = 64;

/// "kith-lean/1 gossip" 00 00 ‖ network ‖ body: no other signature of this key can begin so.
Buffer signed_bytes(Bytes body, const Hash& network) {
  Buffer out = to_buffer(as_bytes("kith-lean/1 gossip"));
  Writer(out).zeros(2).bytes(network).bytes(body);
  return out;
}

Buffer encode_body(const Envelope& envelope) {
  Buffer out;
  codec::XdrWriter(out)
      .fixed(envelope.author.key)
      .u32(envelope.version)
      .i64(to_millis(envelope.time))
      .string(envelope.protocol)
      .u32(envelope.type)
      .opaque(envelope.payload);
  return out;
}

}  // namespace

Buffer encode_envelope(const Envelope& envelope) {
  Buffer out = encode_body(envelope);
  append(out, envelope.signature);
  return out;
}

Result<Envelope> decode_envelope(Bytes bytes, std::size_t largest) {
  codec::XdrReader in(bytes);
  Envelope out;
  out.author = PeerId{in.fixed<32>()};
  out.version = in.u32();
  out.time = from_millis(in.i64());
  out.protocol = in.string(max_name_text);
  out.type = in.u32();
  out.payload = to_buffer(in.opaque(largest));
  out.signature = in.fixed<signature_bytes>();
  if (const auto done = in.done("envelope"); !done) return std::unexpected(done.error());
  return out;
}

void sign_envelope(Envelope& envelope, const crypto::Identity& author, const Hash& network) {
  envelope.author = PeerId{author.public_key()};
  envelope.signature = author.sign(signed_bytes(encode_body(envelope), network));
}

bool verify_envelope(Bytes bytes, const Hash& network, bool known_author) {
  if (bytes.size() < 32 + signature_bytes) return false;
  const auto author = take_array<32>(bytes);
  const auto text = signed_bytes(bytes.first(bytes.size() - signature_bytes), network);
  const auto signature = take_array<signature_bytes>(bytes.last(signature_bytes));
  return known_author ? crypto::verify_known(author, text, signature) : crypto::verify(author, text, signature);
}

ItemHash envelope_hash(Bytes bytes) { return take_array<20>(crypto::sha256(bytes)); }

core::Kind authored(std::string text, u32 largest, Priority priority, Hash network,
                    std::function<Verdict(const Envelope&)> judge) {
  const auto most = static_cast<u32>(largest + envelope_overhead);
  const auto examine = [text, largest](Bytes body, Utc utc) -> Result<core::Examined> {
    const auto envelope = decode_envelope(body, largest);
    if (!envelope) return std::unexpected(envelope.error());
    if (envelope->protocol != text) return fail(Fault::malformed, "envelope protocol");
    if (envelope->time < utc - item_past || envelope->time > utc + item_ahead)
      return fail(Fault::stale_item, "envelope time");
    return core::Examined{envelope_hash(body), envelope->time, envelope->author};
  };
  const auto prove = [largest, network, judge = std::move(judge)](bool known_author) {
    return [=](Bytes body) {
      const auto envelope = decode_envelope(body, largest);
      // Its id covers the signature, so a bad signature makes a bad id and spoils no good one.
      if (!envelope || !verify_envelope(body, network, known_author)) return Verdict::reject;
      return judge(*envelope);
    };
  };
  return {std::move(text), most, priority, examine, prove(false), prove(true)};
}

}  // namespace kith::lean
