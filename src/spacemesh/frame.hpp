// Frame: records on a TCP stream, each behind its length as a uvarint of Go's encoding/binary. go-spacemesh,
// p2p/net/wire/delimited/delimited.go.
// parity: 5 | the same, of 4 MiB at most and of 1 KiB from who has not said who he is; 16 KiB on lean; memory follows what came | Frame.writes_and_reads_the_lengths_of_the_original, Frame.each_limit_holds_at_its_edge_and_not_beyond, Frame.memory_follows_what_came_and_not_what_was_announced, Forger.record_lengths_that_cannot_be_are_nobodys_debt
#pragma once

#include "base/error.hpp"

namespace kith::spacemesh {

/// Most bytes of a record. The original has no limit and allocates whatever is announced.
inline constexpr std::size_t max_record = 4 * 1024 * 1024;
/// Most bytes of the record that opens a connection, which anybody may send; the original makes 104.
inline constexpr std::size_t max_first_record = 1024;
/// Most bytes of a length.
inline constexpr std::size_t max_length_size = 10;

void write_frame(Buffer& out, Bytes record);

class FrameReader {
 public:
  /// Of records of at most `most` bytes.
  explicit FrameReader(std::size_t most) : most_(most) {}

  /// For the records whose length is still to come.
  void limit(std::size_t most) { most_ = most; }

  /// Takes from the front of `bytes` up to the end of the next record that is not empty: that record, or nothing while
  /// it is not whole. Fails with bad_record, after which the stream is lost: a length beyond the limit, or of more than
  /// ten bytes or 64 bits. Other spellings of a length are taken, as Go takes them.
  Result<std::optional<Buffer>> take(Bytes& bytes);
  /// Bytes taken that are no whole record yet.
  std::size_t held() const { return length_size_ + record_.size(); }

 private:
  Result<> read_length(Bytes& bytes);

  std::size_t most_;
  u64 length_ = 0;
  /// Bytes of the length that came.
  std::size_t length_size_ = 0;
  bool in_record_ = false;
  Buffer record_;
};

}  // namespace kith::spacemesh
