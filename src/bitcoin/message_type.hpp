// MessageType: what Bitcoin's messages are called: a text of up to twelve characters, or one byte of a table (BIP 324).
#pragma once

#include <optional>
#include <string>

#include "model/body.hpp"

namespace kith::bitcoin {

/// The four bytes by which the nodes of a network know each other, in the order in which they are sent.
using Magic = std::array<u8, 4>;
/// Bytes of a type where it is spelled out, padded with zeros.
inline constexpr std::size_t type_size = 12;
/// Most bytes of a payload, in either direction.
inline constexpr std::size_t max_payload = 4'000'000;

/// A whole message, of either transport. No type is unknown to a transport but those that it cannot spell.
struct NetMessage {
  std::string type;
  Body payload;
};

/// The text of type_size bytes; nothing unless it is printable ASCII and then only zeros.
std::optional<std::string> read_type(Bytes field);
/// `type` has at most type_size characters.
std::array<u8, type_size> write_type(std::string_view type);

/// The byte that BIP 324 and BIP 434 give to a type.
std::optional<u8> short_id(std::string_view type);
/// The type of a byte; nothing where none is assigned.
std::optional<std::string_view> type_of(u8 id);

}  // namespace kith::bitcoin
