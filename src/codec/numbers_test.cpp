// The two variable-length numbers: their published forms, their edges, and the longer forms that they refuse.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/compact.hpp"
#include "codec/varint.hpp"

namespace kith::codec {
namespace {

struct Case {
  u64 value;
  const char* hex;
};

std::optional<u64> varint(Bytes bytes) {
  Reader in(bytes);
  const u64 value = read_varint(in);
  return in.complete() ? std::optional(value) : std::nullopt;
}

std::optional<u64> compact(Bytes bytes) {
  Reader in(bytes);
  const u64 value = read_compact(in);
  return in.complete() ? std::optional(value) : std::nullopt;
}

TEST(Varint, has_the_published_forms) {
  for (const auto& [value, text] : {Case{0, "00"}, Case{1, "01"}, Case{127, "7f"}, Case{128, "8001"}, Case{255, "ff01"},
                                    Case{300, "ac02"}, Case{16384, "808001"}, Case{max_varint, "ffffffffffffffff7f"}}) {
    Buffer out;
    write_varint(out, value);
    EXPECT_EQ(to_hex(out), text);
    EXPECT_EQ(varint(out), value);
  }
}

TEST(Varint, one_that_is_cut_too_long_or_not_minimal_is_refused_and_reads_as_zero) {
  for (const char* text :
       {"", "80", "ffff", "8100", "8000", "808000", "ffffffffffffffffff01", "80808080808080808001"}) {
    const Buffer bytes = from_hex(text).value();
    Reader in(bytes);
    EXPECT_EQ(read_varint(in), 0u) << text;
    EXPECT_FALSE(in.ok()) << text;
  }
}

TEST(Compact, changes_its_form_at_the_published_edges) {
  for (const auto& [value, text] : {Case{0, "00"}, Case{252, "fc"}, Case{253, "fdfd00"}, Case{515, "fd0302"},
                                    Case{0xffff, "fdffff"}, Case{0x10000, "fe00000100"}, Case{0xffffffff, "feffffffff"},
                                    Case{0x100000000, "ff0000000001000000"}, Case{~u64{0}, "ffffffffffffffffff"}}) {
    Buffer out;
    write_compact(out, value);
    EXPECT_EQ(to_hex(out), text);
    EXPECT_EQ(compact(out), value);
  }
}

TEST(Compact, one_that_is_cut_or_longer_than_it_needs_is_refused_and_reads_as_zero) {
  for (const char* text : {"", "fd", "fdfd", "fdfc00", "fe", "feffff0000", "fe000001", "ffffffffff00000000", "ff00"}) {
    const Buffer bytes = from_hex(text).value();
    Reader in(bytes);
    EXPECT_EQ(read_compact(in), 0u) << text;
    EXPECT_FALSE(in.ok()) << text;
  }
}

RC_GTEST_PROP(Numbers, read_back_and_no_truncation_does, (u64 any)) {
  // Uniform in length rather than in value, so that each form comes up.
  const u64 value = any >> *rc::gen::inRange(1, 64);
  Buffer a, b;
  write_varint(a, value);
  write_compact(b, value);
  RC_ASSERT(varint(a) == value);
  RC_ASSERT(compact(b) == value);
  for (std::size_t size = 0; size < a.size(); ++size) RC_ASSERT(!varint(Bytes(a).first(size)));
  for (std::size_t size = 0; size < b.size(); ++size) RC_ASSERT(!compact(Bytes(b).first(size)));
}

RC_GTEST_PROP(Numbers, what_reads_has_one_spelling, (Buffer bytes)) {
  if (const auto value = varint(bytes)) {
    Buffer again;
    write_varint(again, *value);
    RC_ASSERT(again == bytes);
  }
  if (const auto value = compact(bytes)) {
    Buffer again;
    write_compact(again, *value);
    RC_ASSERT(again == bytes);
  }
}

}  // namespace
}  // namespace kith::codec
