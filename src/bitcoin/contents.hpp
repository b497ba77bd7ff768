// Contents: a message as it stands in a packet (BIP 324): one byte for a type of the table, or a zero and the type
// spelled out; then the payload, without a checksum.
#pragma once

#include "base/error.hpp"
#include "bitcoin/message_type.hpp"

namespace kith::bitcoin {

/// What stands before the payload.
struct ContentsHead {
  std::array<u8, 1 + type_size> raw{};
  u8 size = 0;

  Bytes bytes() const { return Bytes(raw).first(size); }
};
/// The shortest head of `type`, which has at most type_size characters.
ContentsHead contents_head(std::string_view type);

/// The message of a packet. A fault that closes is bad_record, for a payload beyond max_payload; the other costs this
/// message alone: unknown_type, for an id that means nothing and for a type that is cut or cannot be one.
Result<NetMessage> read_contents(const Body& contents);

}  // namespace kith::bitcoin
