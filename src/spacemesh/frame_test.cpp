// Frames: lengths as the original writes them, whatever the cuts; and no memory for what was only announced.
#include "spacemesh/frame.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

Buffer bytes(std::string_view digits) { return from_hex(digits).value(); }

/// What comes out of `stream`, fed in pieces of `piece` bytes.
Result<std::vector<Buffer>> read(Bytes stream, std::size_t most, std::size_t piece) {
  FrameReader reader(most);
  std::vector<Buffer> out;
  while (!stream.empty()) {
    Bytes part = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(part.size());
    while (!part.empty()) {
      auto record = reader.take(part);
      if (!record) return std::unexpected(record.error());
      if (*record) out.push_back(std::move(**record));
    }
  }
  return out;
}
Result<std::vector<Buffer>> read(std::string_view digits, std::size_t most = max_record) {
  return read(bytes(digits), most, 1);
}

TEST(Frame, writes_and_reads_the_lengths_of_the_original) {
  for (const auto& each : list(vectors("framing"))) {
    const auto header = hex(each.at("header"));
    const Buffer record(number<std::size_t>(each.at("payload_len")), 0x5a);
    Buffer out;
    write_frame(out, record);
    EXPECT_EQ(to_hex(Bytes(out).first(header.size())), to_hex(header));
    EXPECT_TRUE(equal(Bytes(out).subspan(header.size()), record));
    const std::vector<Buffer> expected(record.empty() ? 0 : 1, record);
    EXPECT_EQ(read(out, max_record, out.size()), expected);
  }
}

RC_GTEST_PROP(Frame, a_cut_of_the_stream_changes_nothing, (const std::vector<Buffer>& records)) {
  Buffer stream;
  std::vector<Buffer> expected;
  for (const auto& record : records) {
    write_frame(stream, record);
    if (!record.empty()) expected.push_back(record);
  }
  const auto read_back = read(stream, max_record, *rc::gen::inRange<std::size_t>(1, 300));
  RC_ASSERT(read_back.value() == expected);
}

TEST(Frame, an_empty_record_is_read_and_ignored) {
  EXPECT_EQ(read("00000001aa00"), (std::vector<Buffer>{{0xaa}}));
  EXPECT_EQ(read("00808000"
                 "02bbbb"),
            (std::vector<Buffer>{{0xbb, 0xbb}}));
}

TEST(Frame, other_spellings_of_a_length_are_taken_up_to_ten_bytes) {
  EXPECT_EQ(read("8100aa"), (std::vector<Buffer>{{0xaa}}));
  EXPECT_EQ(read("81808080808080808000aa"), (std::vector<Buffer>{{0xaa}}));
  EXPECT_EQ(fault(read("8180808080808080808000aa")), Fault::bad_record);
  EXPECT_EQ(fault(read("80808080808080808080")), Fault::bad_record) << "before its end is there";
}

TEST(Frame, a_length_beyond_64_bits_is_no_length) {
  // 2^64 would be 1 if the bit fell off.
  EXPECT_EQ(fault(read("81808080808080808002")), Fault::bad_record);
  EXPECT_EQ(fault(read("ffffffffffffffffff01")), Fault::bad_record) << "2^64 - 1 is only too long";
}

TEST(Frame, a_length_that_made_the_original_die_is_refused) {
  EXPECT_EQ(fault(read("80808080808080804000", max_first_record)), Fault::bad_record) << "2^62";
  EXPECT_EQ(fault(read("8080808080808080800100", max_first_record)), Fault::bad_record) << "2^63";
  EXPECT_EQ(fault(read("80808080808080804000")), Fault::bad_record);
  EXPECT_EQ(fault(read("8080808080808080800100")), Fault::bad_record);
}

TEST(Frame, each_limit_holds_at_its_edge_and_not_beyond) {
  for (const std::size_t most : {max_first_record, max_record}) {
    for (const std::size_t size : {most, most + 1}) {
      Buffer stream;
      write_frame(stream, Buffer(size));
      FrameReader reader(most);
      Bytes in = stream;
      const auto record = reader.take(in);
      EXPECT_EQ(fault(record), size == most ? Fault::count : Fault::bad_record);
      EXPECT_EQ(record && *record && (*record)->size() == size, size == most);
    }
  }
}

TEST(Frame, a_limit_counts_from_the_next_record_on) {
  Buffer stream;
  write_frame(stream, Buffer(100));
  write_frame(stream, Buffer(max_first_record + 1));
  FrameReader reader(max_first_record);
  Bytes in = stream;
  EXPECT_EQ(reader.take(in).value()->size(), 100u);
  reader.limit(max_record);
  EXPECT_EQ(reader.take(in).value()->size(), max_first_record + 1);
  EXPECT_TRUE(in.empty());
}

TEST(Frame, memory_follows_what_came_and_not_what_was_announced) {
  Buffer stream;
  write_frame(stream, Buffer(max_record));
  FrameReader reader(max_record);
  Bytes in = Bytes(stream).first(1000);
  EXPECT_FALSE(reader.take(in).value());
  EXPECT_TRUE(in.empty());
  EXPECT_EQ(reader.held(), 1000u);
}

}  // namespace
}  // namespace kith::spacemesh
