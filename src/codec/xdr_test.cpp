// XDR against the example of its RFC, and against everything that has a second spelling.
#include "codec/xdr.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/address_xdr.hpp"

namespace kith::codec {
namespace {

Buffer hex(std::string_view text) { return from_hex(text).value(); }

const Buffer rfc_example =
    hex("0000000973696c6c7970726f67000000"
        "00000002000000046c697370"
        "000000046a6f686e"
        "0000000628717569742900"
        "00");

TEST(Xdr, reads_and_writes_the_example_of_rfc_4506_section_7) {
  XdrReader in(rfc_example);
  EXPECT_EQ(in.string(255), "sillyprog");
  EXPECT_EQ(in.u32(), 2u);
  EXPECT_EQ(in.string(255), "lisp");
  EXPECT_EQ(in.string(32), "john");
  EXPECT_EQ(as_text(in.opaque(65535)), "(quit)");
  EXPECT_TRUE(in.done("file"));

  Buffer out;
  XdrWriter(out).string("sillyprog").u32(2).string("lisp").string("john").opaque(as_bytes("(quit)"));
  EXPECT_EQ(to_hex(out), to_hex(rfc_example));
}

TEST(Xdr, numbers_are_big_endian_and_twos_complement) {
  Buffer out;
  XdrWriter(out).i32(-2).i64(-3).u32(0x01020304).u64(5).boolean(true).boolean(false);
  EXPECT_EQ(to_hex(out), "fffffffefffffffffffffffd0102030400000000000000050000000100000000");
  XdrReader in(out);
  EXPECT_EQ(in.i32(), -2);
  EXPECT_EQ(in.i64(), -3);
  EXPECT_EQ(in.u32(), 0x01020304u);
  EXPECT_EQ(in.u64(), 5u);
  EXPECT_TRUE(in.boolean());
  EXPECT_FALSE(in.boolean());
  EXPECT_TRUE(in.done("numbers"));
}

TEST(Xdr, fixed_data_is_padded_but_has_no_length) {
  Buffer out;
  XdrWriter(out).fixed(std::array<u8, 5>{1, 2, 3, 4, 5}).fixed(std::array<u8, 4>{6, 7, 8, 9});
  EXPECT_EQ(to_hex(out), "010203040500000006070809");
  XdrReader in(out);
  EXPECT_EQ(in.fixed<5>(), (std::array<u8, 5>{1, 2, 3, 4, 5}));
  EXPECT_EQ(in.fixed<4>(), (std::array<u8, 4>{6, 7, 8, 9}));
  EXPECT_TRUE(in.done("fixed"));
}

TEST(Xdr, a_boolean_other_than_0_or_1_is_refused) {
  for (const char* text : {"00000002", "ffffffff", "01000000"}) {
    const Buffer bytes = hex(text);
    XdrReader in(bytes);
    EXPECT_FALSE(in.boolean()) << text;
    EXPECT_FALSE(in.ok()) << text;
  }
}

TEST(Xdr, padding_that_is_not_zero_is_refused) {
  const Buffer opaque = hex("0000000161000001");
  XdrReader in(opaque);
  EXPECT_TRUE(in.opaque(4).empty());
  EXPECT_FALSE(in.ok());

  const Buffer fixed = hex("0102030405000100");
  XdrReader fixed_in(fixed);
  EXPECT_EQ(fixed_in.fixed<5>(), (std::array<u8, 5>{}));
  EXPECT_FALSE(fixed_in.ok());
}

TEST(Xdr, a_length_above_the_limit_or_the_input_is_refused_without_allocating_it) {
  const Buffer long_one = hex("000000056162636465000000");
  XdrReader limited(long_one);
  EXPECT_EQ(limited.string(4), "");
  EXPECT_FALSE(limited.ok());
  const Buffer huge = hex("ffffffff61626364");
  XdrReader in(huge);
  EXPECT_TRUE(in.opaque(0xffffffff).empty());
  EXPECT_FALSE(in.ok());
}

TEST(Xdr, after_a_failure_all_is_zero_and_trailing_bytes_are_a_failure) {
  XdrReader in(rfc_example);
  in.fail();
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_EQ(in.left(), 0u);
  EXPECT_TRUE(in.rest().empty());
  EXPECT_EQ(in.done("file").error().fault, Fault::malformed);

  XdrReader short_one(rfc_example);
  short_one.string(255);
  EXPECT_EQ(short_one.left(), rfc_example.size() - 16);
  EXPECT_FALSE(short_one.done("file"));
}

RC_GTEST_PROP(Xdr, reads_back_what_it_wrote_and_no_truncation_of_it,
              (u32 a, i64 b, bool c, Buffer d, std::string e, std::array<u8, 7> f)) {
  Buffer bytes;
  XdrWriter(bytes).u32(a).i64(b).boolean(c).opaque(d).string(e).fixed(f);
  RC_ASSERT(bytes.size() % 4 == 0);
  const auto read = [&](Bytes input) {
    XdrReader in(input);
    const bool same = in.u32() == a && in.i64() == b && in.boolean() == c && to_buffer(in.opaque(d.size())) == d &&
                      in.string(e.size()) == e && in.fixed<7>() == f;
    return same && in.done("all").has_value();
  };
  RC_ASSERT(read(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) RC_ASSERT(!read(Bytes(bytes).first(size)));
}

Buffer encode(const Address& address) {
  Buffer out;
  XdrWriter write(out);
  write_address(write, address);
  return out;
}

TEST(AddressXdr, an_address_reads_back_with_and_without_an_identity) {
  for (const auto& id : {std::optional<PeerId>(), std::optional(PeerId{{1, 2, 3}})}) {
    const Address address{Ip::v4(1, 2, 3, 4), 7513, "lean", id};
    const Buffer bytes = encode(address);
    EXPECT_EQ(bytes.size(), id ? 64u : 32u);
    XdrReader in(bytes);
    EXPECT_EQ(read_address(in), address);
    EXPECT_TRUE(in.done("address"));
  }
}

TEST(AddressXdr, a_port_a_wire_or_a_count_out_of_range_is_refused) {
  const Buffer good = encode({Ip::v4(1, 2, 3, 4), 7513, "lean", PeerId{}});
  const auto refused = [&](std::size_t at, u8 value) {
    Buffer bad = good;
    bad.at(at) = value;
    XdrReader in(bad);
    const bool empty = read_address(in) == Address{};
    return empty && !in.ok();
  };
  EXPECT_TRUE(refused(17, 1)) << "a port above 65535";
  EXPECT_TRUE(refused(23, 17)) << "a wire of 17 bytes";
  EXPECT_TRUE(refused(24, '/')) << "a wire that would break the address's text";
  EXPECT_TRUE(refused(24, 'L')) << "a wire in capitals";
  EXPECT_TRUE(refused(31, 2)) << "two identities";
}

}  // namespace
}  // namespace kith::codec
