// BIP 324, "Keys and session ID derivation".
#include "bitcoin/session.hpp"

#include "crypto/hkdf.hpp"

namespace kith::bitcoin {

Agreed agree(const Magic& magic, const crypto::Secret<32>& shared, bool initiator) {
  Buffer salt = to_buffer(as_bytes("bitcoin_v2_shared_secret"));
  append(salt, magic);
  const auto extracted = crypto::hkdf_extract(salt, shared.bytes);
  const auto key = [&](std::string_view what) { return crypto::hkdf_expand(extracted, as_bytes(what)); };
  const auto initiator_length = key("initiator_L");
  const auto initiator_text = key("initiator_P");
  const auto responder_length = key("responder_L");
  const auto responder_text = key("responder_P");
  const auto terminators = key("garbage_terminators");
  const auto first = take_array<16>(terminators.bytes);
  const auto second = take_array<16>(Bytes(terminators.bytes).last(16));
  const Hash id = key("session_id").bytes;
  if (initiator)
    return {{PacketWriter(initiator_length, initiator_text), PacketReader(responder_length, responder_text), id},
            first,
            second};
  return {{PacketWriter(responder_length, responder_text), PacketReader(initiator_length, initiator_text), id},
          second,
          first};
}

}  // namespace kith::bitcoin
