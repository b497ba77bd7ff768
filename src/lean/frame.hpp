// Frame: what a record holds one or more of: a piece of one message on one lane. docs/protocol/lean.md §4.
#pragma once

#include "base/reader.hpp"
#include "base/writer.hpp"
#include "model/message.hpp"

namespace kith::lean {

/// lane u32 | begin, end, reset, five zero bits | length u24
inline constexpr std::size_t frame_header = 8;
/// Most plaintext of a record, in bytes.
inline constexpr std::size_t max_plain = 16'384;
inline constexpr std::size_t max_piece = max_plain - frame_header;
/// The lane of names, goodbyes and padding.
inline constexpr Lane control_lane = 0;

struct Frame {
  Lane lane = 0;
  bool begin = false;
  bool end = false;
  bool reset = false;
  Bytes piece;
};

inline void write_frame(Buffer& out, const Frame& frame) {
  const auto flags = static_cast<u8>(frame.begin << 7 | frame.end << 6 | frame.reset << 5);
  Writer(out).u32be(frame.lane).byte(flags).u24be(static_cast<u32>(frame.piece.size())).bytes(frame.piece);
}

/// The next frame of a record's plaintext. Fails on a length beyond the record, reserved bits, an empty frame that says
/// nothing, and a reset that says more.
inline Result<Frame> read_frame(Reader& in) {
  Frame frame;
  frame.lane = in.u32be();
  const u8 flags = in.byte();
  frame.begin = flags & 0x80;
  frame.end = flags & 0x40;
  frame.reset = flags & 0x20;
  frame.piece = in.take(in.u24be());
  if (!in.ok()) return fail(Fault::bad_frame, "a frame runs over its record");
  if (flags & 0x1f) return fail(Fault::bad_frame, "reserved bits of a frame");
  if (frame.reset && (frame.begin || frame.end || !frame.piece.empty()))
    return fail(Fault::bad_frame, "a reset with more than a lane");
  if (!frame.reset && frame.piece.empty() && !frame.end) return fail(Fault::bad_frame, "an empty piece in the middle");
  return frame;
}

}  // namespace kith::lean
