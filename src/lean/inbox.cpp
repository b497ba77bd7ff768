// Reassembly, with every bound checked before a byte is kept.
#include "lean/inbox.hpp"

#include "codec/xdr.hpp"

namespace kith::lean {

/// XDR by hand, without a buffer: it is done for every message.
std::array<u8, message_header> encode_head(const Head& head) {
  std::array<u8, message_header> out;
  std::size_t at = 0;
  const auto put = [&](u64 value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out[at++] = static_cast<u8>(value >> shift);
  };
  put(head.name, 4);
  put(static_cast<u32>(head.role), 4);
  put(head.type, 4);
  put(static_cast<u64>(to_millis(head.time)), 8);
  put(head.is_signed ? 1 : 0, 4);
  return out;
}

Result<Inbox::Partial> Inbox::begin(Bytes piece) const {
  if (piece.size() < message_header) return fail(Fault::malformed, "message header");
  codec::XdrReader in(piece.first(message_header));
  Partial out;
  out.head.name = in.u32();
  const u32 role = in.u32();
  out.head.type = in.u32();
  out.head.time = from_millis(in.i64());
  out.head.is_signed = in.boolean();
  if (role > static_cast<u32>(Role::refusal)) return fail(Fault::malformed, "message role");
  if (const auto done = in.done("message header"); !done) return std::unexpected(done.error());
  out.head.role = static_cast<Role>(role);
  if (out.head.name >= largest_.size()) return fail(Fault::malformed, "a name that was never given");
  if (const auto largest = largest_[out.head.name])
    out.most = message_header + *largest + (out.head.is_signed ? signature_size : 0);
  return out;
}

Result<std::optional<Whole>> Inbox::take(const Frame& frame) {
  auto at = partial_.find(frame.lane);
  if (frame.begin != (at == partial_.end()))
    return fail(Fault::bad_lane, frame.begin ? "a message begins inside another" : "a piece of no message");
  if (frame.begin) {
    if (partial_.size() == max_partial) return fail(Fault::oversize, "messages in pieces at once");
    auto begun = begin(frame.piece);
    if (!begun) return std::unexpected(begun.error());
    if (frame.end) {
      // Most messages fit one frame, and are never a part of anything.
      if (begun->most > 0) {
        if (frame.piece.size() > begun->most) return fail(Fault::oversize, "message");
        if (bytes_ + frame.piece.size() > max_partial_bytes) return fail(Fault::oversize, "messages in pieces");
        begun->bytes = to_buffer(frame.piece);
      }
      return finish(frame.lane, std::move(*begun));
    }
    at = partial_.emplace(frame.lane, std::move(*begun)).first;
  }
  auto& partial = at->second;
  if (partial.most > 0) {
    if (partial.bytes.size() + frame.piece.size() > partial.most) return fail(Fault::oversize, "message");
    if (bytes_ + frame.piece.size() > max_partial_bytes) return fail(Fault::oversize, "messages in pieces");
    append(partial.bytes, frame.piece);
    bytes_ += frame.piece.size();
  }
  if (!frame.end) return std::nullopt;

  auto whole = std::move(partial);
  partial_.erase(at);
  bytes_ -= whole.bytes.size();
  return finish(frame.lane, std::move(whole));
}

Result<std::optional<Whole>> Inbox::finish(Lane lane, Partial whole) {
  if (whole.most == 0) return fail(Fault::unknown_name, "a name that we do not speak");
  if (whole.head.is_signed && whole.bytes.size() < message_header + signature_size)
    return fail(Fault::malformed, "message signature");
  return Whole{lane, whole.head, Body(std::move(whole.bytes))};
}

bool Inbox::drop(Lane lane) {
  const auto at = partial_.find(lane);
  if (at == partial_.end()) return false;
  bytes_ -= at->second.bytes.size();
  partial_.erase(at);
  return true;
}

}  // namespace kith::lean
