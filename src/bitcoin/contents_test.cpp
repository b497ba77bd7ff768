// How types are spelled, in both transports.
#include "bitcoin/contents.hpp"

#include <gtest/gtest.h>

namespace kith::bitcoin {
namespace {

Fault fault_of(Buffer contents) {
  const auto message = read_contents(Body(std::move(contents)));
  return message ? Fault::count : message.error().fault;
}

TEST(MessageType, has_the_ids_of_bip_324_and_bip_434) {
  EXPECT_EQ(short_id("addr"), 1);
  EXPECT_EQ(short_id("block"), 2);
  EXPECT_EQ(short_id("getdata"), 11);
  EXPECT_EQ(short_id("inv"), 14);
  EXPECT_EQ(short_id("ping"), 18);
  EXPECT_EQ(short_id("tx"), 21);
  EXPECT_EQ(short_id("addrv2"), 28);
  EXPECT_EQ(short_id("feature"), 37);
  for (const auto* spelled : {"", "version", "verack", "wtxidrelay", "sendaddrv2", "sendheaders", "getaddr", "uproof"})
    EXPECT_FALSE(short_id(spelled)) << spelled;
  std::size_t assigned = 0;
  for (unsigned id = 0; id < 256; ++id)
    if (const auto type = type_of(static_cast<u8>(id))) {
      EXPECT_EQ(short_id(*type), id);
      ++assigned;
    }
  EXPECT_EQ(assigned, 29U);
}

TEST(MessageType, is_printable_and_then_zeros) {
  const auto read = [](std::string_view text) { return read_type(as_bytes(text)); };
  using namespace std::string_view_literals;
  EXPECT_EQ(read("ping\0\0\0\0\0\0\0\0"sv), "ping");
  EXPECT_EQ(read("getcfcheckpt"), "getcfcheckpt");
  EXPECT_EQ(read("\0\0\0\0\0\0\0\0\0\0\0\0"sv), "");
  EXPECT_EQ(read("a ~\0\0\0\0\0\0\0\0\0"sv), "a ~");
  EXPECT_EQ(read("ping\0\0\0\0\0\0\0x"sv), std::nullopt);
  EXPECT_EQ(read("pi\x1fg\0\0\0\0\0\0\0\0"sv), std::nullopt);
  EXPECT_EQ(read("pi\x7fg\0\0\0\0\0\0\0\0"sv), std::nullopt);
  EXPECT_EQ(read("pi\xffg\0\0\0\0\0\0\0\0"sv), std::nullopt);
  EXPECT_EQ(to_hex(write_type("tx")), "747800000000000000000000");
}

TEST(Contents, are_read_in_either_spelling) {
  EXPECT_EQ(to_hex(contents_head("ping").bytes()), "12");
  EXPECT_EQ(to_hex(contents_head("verack").bytes()), "0076657261636b000000000000");
  for (const auto* hex : {"12aabb", "0070696e670000000000000000aabb"}) {
    const auto message = read_contents(Body(*from_hex(hex)));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->type, "ping");
    EXPECT_EQ(to_hex(message->payload.bytes()), "aabb");
  }
  EXPECT_TRUE(read_contents(Body(*from_hex("12")))->payload.empty());
}

TEST(Contents, that_spell_no_type_cost_only_themselves) {
  EXPECT_EQ(fault_of({}), Fault::unknown_type);
  for (const u8 id : std::array<u8, 4>{29, 36, 38, 255}) EXPECT_EQ(fault_of({id}), Fault::unknown_type) << int{id};
  const auto spelled = *from_hex("0070696e670000000000000000");
  for (std::size_t size = 1; size < spelled.size(); ++size)
    EXPECT_EQ(fault_of(to_buffer(Bytes(spelled).first(size))), Fault::unknown_type) << size;
  EXPECT_EQ(fault_of(*from_hex("0070696e670000000000000001")), Fault::unknown_type);
  EXPECT_FALSE(row(Fault::unknown_type).closes);
}

TEST(Contents, hold_no_more_than_the_largest_payload_in_either_spelling) {
  const auto with_payload = [](std::string_view type, std::size_t size) {
    Buffer out = to_buffer(contents_head(type).bytes());
    out.resize(out.size() + size);
    return out;
  };
  for (const auto* type : {"block", "verack"}) {
    EXPECT_EQ(fault_of(with_payload(type, max_payload)), Fault::count);
    EXPECT_EQ(fault_of(with_payload(type, max_payload + 1)), Fault::bad_record);
  }
}

}  // namespace
}  // namespace kith::bitcoin
