// V1Frame: messages as the first transport carries them: magic, type, length and checksum before the payload, nothing
// encrypted. developer.bitcoin.org/reference/p2p_networking.html, "Message Headers".
#pragma once

#include "base/error.hpp"
#include "bitcoin/message_type.hpp"

namespace kith::bitcoin {

/// magic 4 | type 12 | length u32 | checksum 4
inline constexpr std::size_t v1_header = 24;
/// Bytes by which a responder tells this transport from the other: the magic and the type of the first message.
inline constexpr std::size_t v1_prefix_size = 16;

/// What every dialler that speaks this transport begins with.
std::array<u8, v1_prefix_size> v1_prefix(const Magic& magic);

void write_v1(Buffer& out, const Magic& magic, std::string_view type, Bytes payload);

class V1Reader {
 public:
  explicit V1Reader(const Magic& magic) : magic_(magic) {}

  /// Takes from the front of `bytes` up to the end of the next message: that message, or nothing while it is not whole.
  /// Faults that close end the stream: wrong_network for another magic, bad_record for a payload beyond max_payload.
  /// The others cost this message alone: bad_checksum, and unknown_type for a type that cannot be one.
  Result<std::optional<NetMessage>> take(Bytes& bytes);
  /// Bytes taken that are no whole message yet.
  std::size_t held() const { return have_ + payload_.size(); }

 private:
  Result<> read_header(Bytes& bytes);

  Magic magic_;
  std::array<u8, v1_header> header_{};
  u8 have_ = 0;
  u32 length_ = 0;
  Buffer payload_;
};

}  // namespace kith::bitcoin
