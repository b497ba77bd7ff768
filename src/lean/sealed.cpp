// Sealing and opening. Both names are in what is encrypted under and in what is signed, so a payload is worth nothing
// in another's envelope and to another reader.
#include "lean/sealed.hpp"

#include "codec/xdr.hpp"
#include "crypto/keys.hpp"
#include "crypto/one_way.hpp"
#include "lean/contact.hpp"

namespace kith::lean {
namespace {

enum : u32 { type_letter = 1, type_acknowledgement = 2 };
constexpr std::size_t signature_bytes = 64;

/// "kith-lean/1 sealed" 00 00 ‖ network ‖ sender ‖ receiver: Noise's prologue, and what the signature begins with.
Buffer binding(const Hash& network, const PeerId& sender, const PeerId& receiver) {
  Buffer out = to_buffer(as_bytes("kith-lean/1 sealed"));
  Writer(out).zeros(2).bytes(network).bytes(sender.key).bytes(receiver.key);
  return out;
}

Buffer signed_bytes(Bytes plain, Buffer begin) {
  append(begin, plain);
  return begin;
}

std::optional<Letter> read_letter(Bytes plain, const PeerId& sender) {
  codec::XdrReader in(plain);
  const u32 type = in.u32();
  Letter out{.who = sender, .number = in.u64(), .acknowledgement = type == type_acknowledgement};
  out.protocol = in.string(max_name_text);
  const Bytes contact = in.opaque(max_contact);
  out.bytes = Body(to_buffer(in.opaque(max_letter)));
  if (!in.done("sealed letter") || type < type_letter || type > type_acknowledgement) return std::nullopt;
  if (out.acknowledgement != out.protocol.empty()) return std::nullopt;
  // The signature around it covers the contact as well, so it need not be checked on its own.
  const auto where = decode_contact(contact);
  if (where && where->id == sender) out.back = where->addresses;
  return out;
}

}  // namespace

std::optional<Buffer> seal_letter(const Letter& letter, Bytes contact, const crypto::Identity& sender,
                                  const Hash& network, const crypto::KeyPair& e) {
  const auto to = crypto::to_exchange(letter.who.key);
  if (!to) return std::nullopt;
  Buffer plain;
  codec::XdrWriter(plain)
      .u32(letter.acknowledgement ? type_acknowledgement : type_letter)
      .u64(letter.number)
      .string(letter.protocol)
      .opaque(contact)
      .opaque(letter.bytes.bytes());
  const auto bound = binding(network, PeerId{sender.public_key()}, letter.who);
  append(plain, sender.sign(signed_bytes(plain, bound)));
  return crypto::seal_to(*to, e, bound, plain);
}

std::optional<Letter> open_letter(Bytes payload, const PeerId& sender, const crypto::Identity& receiver,
                                  const Hash& network) {
  const auto bound = binding(network, sender, PeerId{receiver.public_key()});
  const crypto::KeyPair s{receiver.exchange_secret(), receiver.exchange_public()};
  const auto opened = crypto::open_sealed(s, bound, payload);
  if (!opened || opened->size() < signature_bytes) return std::nullopt;
  const Bytes plain = Bytes(*opened).first(opened->size() - signature_bytes);
  const auto signature = take_array<signature_bytes>(Bytes(*opened).last(signature_bytes));
  if (!crypto::verify(sender.key, signed_bytes(plain, bound), signature)) return std::nullopt;
  return read_letter(plain, sender);
}

core::Kind sealed_kind(const crypto::Identity& receiver, const Hash& network, const peers::BudgetConfig& budget) {
  const auto whole = [](const Envelope& envelope) {
    return envelope.payload.size() > crypto::one_way_overhead ? Verdict::accept : Verdict::reject;
  };
  auto out = authored(std::string(sealed_word), max_sealed_payload, Priority::item, network, whole);
  out.budget = budget;
  out.open = [&receiver, network](Bytes body) -> std::optional<Letter> {
    const auto envelope = decode_envelope(body, max_sealed_payload);
    if (!envelope) return std::nullopt;
    return open_letter(envelope->payload, envelope->author, receiver, network);
  };
  return out;
}

}  // namespace kith::lean
