// Inbox: pieces to messages. It knows how large each message may become, and holds no more than its limits.
// parity: 32 | each protocol has one of its own, which holds from the first piece on | WireSession.a_message_larger_than_its_protocol_allows_ends_it, WireSession.a_message_in_pieces_that_is_larger_than_its_protocol_allows_ends_it, Message.of_the_largest_payload_fits_a_record
#pragma once

#include <map>
#include <optional>

#include "base/time.hpp"
#include "lean/frame.hpp"

namespace kith::lean {

/// name u32 | role u32 | type u32 | time hyper | signed bool; the payload is the rest.
inline constexpr std::size_t message_header = 24;
inline constexpr std::size_t signature_size = 64;
/// Most messages in pieces at once, and most bytes of theirs.
inline constexpr std::size_t max_partial = 128;
inline constexpr std::size_t max_partial_bytes = 32 * 1024 * 1024;

/// A message as it stands on the wire, before the payload.
struct Head {
  u32 name = 0;
  Role role = Role::letter;
  u32 type = 0;
  Utc time{};
  bool is_signed = false;
};
std::array<u8, message_header> encode_head(const Head& head);
inline void write_head(Buffer& out, const Head& head) { append(out, encode_head(head)); }

/// A whole message: the bytes as received, for the signature, and where the payload begins and ends.
struct Whole {
  Lane lane = 0;
  Head head;
  Body bytes;
  Body payload() const {
    return bytes.part(message_header, bytes.size() - message_header - (head.is_signed ? signature_size : 0));
  }
};

class Inbox {
 public:
  /// `largest[i]` is the largest payload, in bytes, of the sender's name i; nothing for a name that we do not speak:
  /// its messages are thrown away as they come.
  explicit Inbox(std::vector<std::optional<u32>> largest = {}) : largest_(std::move(largest)) {}

  /// A frame of any lane but the control lane. A message when its last piece is there; unknown_name, which is the one
  /// fault that does not end the connection, when the last piece of a message of a name that we do not speak is there.
  Result<std::optional<Whole>> take(const Frame& frame);
  /// True if a message was under way on `lane`.
  bool drop(Lane lane);
  std::size_t partial() const { return partial_.size(); }
  std::size_t partial_bytes() const { return bytes_; }

 private:
  struct Partial {
    Head head;
    Buffer bytes;
    /// Most bytes with header and signature; 0 if they are thrown away.
    std::size_t most = 0;
  };
  Result<Partial> begin(Bytes piece) const;
  static Result<std::optional<Whole>> finish(Lane lane, Partial whole);

  std::vector<std::optional<u32>> largest_;
  std::map<Lane, Partial> partial_;
  std::size_t bytes_ = 0;
};

}  // namespace kith::lean
