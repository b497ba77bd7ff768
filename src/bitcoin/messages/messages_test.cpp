// What holds for every message: it reads back as it was written, published ones too, and no part of it does.
#include <functional>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "bitcoin/messages/addresses.hpp"
#include "bitcoin/messages/compact.hpp"
#include "bitcoin/messages/headers.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/messages/ping.hpp"
#include "bitcoin/vectors_test.hpp"
#include "ledger/bitcoin/header.hpp"
#include "model/block.hpp"

namespace kith::bitcoin {
namespace {

using Again = std::function<Result<Buffer>(Bytes)>;

/// Reads a payload and writes what it read.
template <typename Decode, typename Encode>
Again again(Decode decode, Encode encode) {
  return [=](Bytes payload) -> Result<Buffer> {
    const auto message = decode(payload);
    if (!message) return std::unexpected(message.error());
    return encode(*message);
  };
}

struct Example {
  std::string_view type;
  Buffer payload;
  Again again;
  /// Where it may end as well.
  std::set<std::size_t> ends = {};
};

Buffer hex(std::string_view text) { return from_hex(text).value(); }

GetBlockTxn question() { return {Hash{7}, {0, 6, 8, 19}}; }

std::vector<Example> examples() {
  const auto encode_it = [](const auto& message) { return encode(message); };
  const auto inventory = again(decode_inventory, encode_inventory);
  const auto locator = again(decode_locator, encode_it);
  const auto transactions = [] {
    const auto payload = published("cmpctblock");
    const auto block = decode_cmpctblock(payload).value();
    return encode(BlockTxn{Hash{7}, {block.prefilled[0].tx, block.prefilled[0].tx}});
  };
  const Feature feature{"somebody/thing", Buffer{1, 2, 3}};
  return {
      {name::version, published("version"), again(decode_version, encode_it), {46, 80, 96, 100}},
      {name::feature, encode(feature), again(decode_feature, encode_it)},
      {name::feefilter, encode_feefilter(48'508), again(decode_feefilter, encode_feefilter)},
      {name::addr, published("addr"), again(decode_addr, [](const auto& it) { return encode_addr(it.entries); })},
      {name::addrv2, published("addrv2"),
       again(decode_addrv2, [](const auto& it) { return encode_addrv2(it.entries); })},
      {name::inv, published("inv"), inventory},
      {name::getdata, published("inv"), inventory},
      {name::notfound, published("inv"), again(decode_notfound, encode_inventory)},
      {name::getblocks, published("getblocks"), locator},
      {name::getheaders, published("getblocks"), locator},
      {name::headers, published("headers"), again(decode_headers, encode_headers)},
      {name::ping, encode_nonce(0xf1ca1e), again(decode_nonce, encode_nonce)},
      {name::sendcmpct, encode(SendCompact{true}), again(decode_sendcmpct, encode_it)},
      {name::cmpctblock, published("cmpctblock"), again(decode_cmpctblock, encode_it)},
      {name::getblocktxn, encode(question()), again(decode_getblocktxn, encode_it)},
      {name::blocktxn, transactions(), again(decode_blocktxn, encode_it)},
  };
}

TEST(Messages, are_written_as_they_were_read) {
  for (const auto& example : examples()) {
    const auto out = example.again(example.payload);
    ASSERT_TRUE(out) << example.type << ": " << out.error().what;
    EXPECT_EQ(to_hex(*out), to_hex(example.payload)) << example.type;
  }
}

TEST(Messages, that_are_cut_anywhere_are_not_read) {
  for (const auto& example : examples())
    for (std::size_t size = 0; size < example.payload.size(); ++size) {
      // Of the exact size, so that a sanitizer sees what is read behind the end.
      const Buffer cut = to_buffer(Bytes(example.payload).first(size));
      const auto out = example.again(cut);
      ASSERT_EQ(out.has_value(), example.ends.contains(size)) << example.type << " cut at " << size;
      if (!out) {
        EXPECT_EQ(out.error().fault, example.type == name::feature ? Fault::unwelcome : Fault::malformed)
            << example.type << " cut at " << size;
      }
    }
}

TEST(Messages, that_go_on_are_a_later_versions_and_only_a_feature_may_not) {
  for (const auto& example : examples()) {
    auto longer = example.payload;
    longer.push_back(1);
    const auto out = example.again(longer);
    if (example.type == name::feature) {
      EXPECT_EQ(out.error().fault, Fault::unwelcome);
    } else {
      EXPECT_EQ(out.value(), example.payload) << example.type;
    }
  }
}

RC_GTEST_PROP(Messages, that_are_read_from_any_bytes_are_written_as_something_that_reads_the_same, (Buffer bytes)) {
  for (const auto& example : examples()) {
    // Any bytes, and the example with some of them in it.
    Buffer mixed = example.payload;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) mixed[bytes[i] % mixed.size()] = bytes[i + 1];
    for (const Buffer& payload : {bytes, mixed}) {
      const auto once = example.again(payload);
      if (once) RC_ASSERT(example.again(*once).value() == *once);
    }
  }
}

TEST(Version, of_the_developer_reference_says_what_it_says_there) {
  const auto version = decode_version(published("version")).value();
  EXPECT_EQ(version.version, 70002);
  EXPECT_EQ(version.services, service::network);
  EXPECT_EQ(version.time, 1'415'483'324);
  EXPECT_EQ(version.receiver, (NetAddress{service::network, Ip::v4(198, 27, 100, 9), 8333}));
  EXPECT_EQ(version.sender, (NetAddress{service::network, Ip::v4(203, 0, 113, 192), 8333}));
  EXPECT_EQ(version.nonce, 0xf85379c9cb358012);
  EXPECT_EQ(version.user_agent, "/Satoshi:0.9.3/");
  EXPECT_EQ(version.height, 329'167);
  EXPECT_TRUE(version.relay);
}

TEST(Version, may_end_after_any_group_and_the_rest_is_as_if_nothing_were_known) {
  const auto whole = published("version");
  auto version = decode_version(Bytes(whole).first(100)).value();
  EXPECT_TRUE(version.relay);
  EXPECT_EQ(version.height, 329'167);
  version = decode_version(Bytes(whole).first(96)).value();
  EXPECT_EQ(version.height, -1);
  EXPECT_EQ(version.user_agent, "/Satoshi:0.9.3/");
  version = decode_version(Bytes(whole).first(80)).value();
  EXPECT_EQ(version.user_agent, "");
  EXPECT_EQ(version.nonce, 0xf85379c9cb358012);
  version = decode_version(Bytes(whole).first(46)).value();
  EXPECT_EQ(version.nonce, 0u);
  EXPECT_EQ(version.receiver.port, 8333);
}

TEST(Version, without_relay_says_so) {
  auto version = decode_version(published("version")).value();
  version.relay = false;
  EXPECT_EQ(decode_version(encode(version)), version);
}

RC_GTEST_PROP(Version, of_any_contents_reads_back,
              (i32 number, u64 services, i64 time, u16 port, u64 nonce, std::string agent, i32 height)) {
  agent.resize(std::min(agent.size(), max_user_agent));
  const Version version{number, services, time, {services, Ip::v4(1, 2, 3, 4), port}, {}, nonce, agent, height, false};
  RC_ASSERT(decode_version(encode(version)).value() == version);
}

TEST(Headers, of_the_developer_reference_prove_their_work) {
  const auto headers = decode_headers(published("headers")).value();
  ASSERT_EQ(headers.size(), 1u);
  EXPECT_EQ(to_display(ledger::bitcoin::id_of(headers[0])),
            "000000000000000009a11b3972c8e532fe964de937c9e0096b43814e67af3728");
}

TEST(Locator, of_the_developer_reference_says_what_it_says_there) {
  const auto locator = decode_locator(published("getblocks")).value();
  EXPECT_EQ(locator.version, 70001u);
  ASSERT_EQ(locator.hashes.size(), 2u);
  EXPECT_EQ(locator.hashes[1][0], 0x5c);
  EXPECT_EQ(locator.stop, Hash{});
}

TEST(Inventory, of_the_developer_reference_says_what_it_says_there) {
  const auto entries = decode_inventory(published("inv")).value();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].type, InvType::tx);
  EXPECT_EQ(entries[1].hash[0], 0x91);
}

TEST(Inventory, of_types_that_are_not_known_is_kept_as_it_is) {
  const std::vector<Inv> entries{{InvType::wtx, Hash{1}}, {InvType{77}, Hash{2}}, {InvType::witness_block, Hash{3}}};
  EXPECT_EQ(to_hex(encode_inventory(entries)).substr(0, 10), "0305000000");
  EXPECT_EQ(decode_inventory(encode_inventory(entries)), entries);
}

TEST(GetBlockTxn, writes_indices_as_the_distances_between_them) {
  const auto indices = [](const char* text) {
    Buffer payload(32);
    append(payload, hex(text));
    return decode_getblocktxn(payload).value().indices;
  };
  EXPECT_EQ(indices("040005010a"), (std::vector<u32>{0, 6, 8, 19}));
  EXPECT_EQ(indices("0100"), (std::vector<u32>{0}));
  EXPECT_EQ(indices("050000000000"), (std::vector<u32>{0, 1, 2, 3, 4}));
  EXPECT_EQ(indices("03010101"), (std::vector<u32>{1, 3, 5}));
  EXPECT_EQ(indices("030000fd0001"), (std::vector<u32>{0, 1, 258}));
  EXPECT_EQ(to_hex(encode(question())).substr(64), "040005010a");
}

TEST(CompactBlock, that_was_published_says_what_it_says_there) {
  const auto payload = published("cmpctblock");
  const auto block = decode_cmpctblock(payload).value();
  EXPECT_EQ(block.nonce, 18053200567810711460u);
  EXPECT_EQ(block.short_ids, std::vector<u64>{0x4571e979690a});
  ASSERT_EQ(block.prefilled.size(), 1u);
  EXPECT_EQ(block.prefilled[0].index, 0u);
}

TEST(Names, of_questions_for_services_that_are_not_offered_are_known_as_such) {
  for (const auto type : name::refused) EXPECT_TRUE(name::is_refused(type));
  EXPECT_FALSE(name::is_refused(name::getdata));
}

}  // namespace
}  // namespace kith::bitcoin
