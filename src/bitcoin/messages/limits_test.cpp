// Each limit at its edge, and which fault lies behind it: what a peer is punished for, what it is parted from for, and
// what is only dropped.
#include <gtest/gtest.h>

#include "base/writer.hpp"
#include "bitcoin/messages/addresses.hpp"
#include "bitcoin/messages/compact.hpp"
#include "bitcoin/messages/headers.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/ping.hpp"
#include "bitcoin/vectors_test.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::bitcoin {
namespace {

using ledger::bitcoin::max_money;
using ledger::bitcoin::max_txs;

/// What is wrong; Fault::count if nothing is.
template <typename T>
Fault fault(const Result<T>& result) {
  return result ? Fault::count : result.error().fault;
}

/// A list of `count` entries of `size` zeros each, behind `head`.
Buffer list(std::size_t count, std::size_t size, Buffer head = {}) {
  codec::write_compact(head, count);
  Writer(head).zeros(count * size);
  return head;
}

TEST(Limits, lists_of_addresses_inventory_and_headers_are_punished_beyond_them) {
  EXPECT_EQ(fault(decode_addr(list(1000, 30))), Fault::count);
  EXPECT_EQ(fault(decode_addr(list(1001, 30))), Fault::oversize);
  EXPECT_EQ(fault(decode_addrv2(list(1000, 9))), Fault::count);
  EXPECT_EQ(fault(decode_addrv2(list(1001, 9))), Fault::oversize);
  EXPECT_EQ(fault(decode_inventory(list(50'000, 36))), Fault::count);
  EXPECT_EQ(fault(decode_inventory(list(50'001, 36))), Fault::oversize);
  EXPECT_EQ(fault(decode_headers(list(2000, 81))), Fault::count);
  EXPECT_EQ(fault(decode_headers(list(2001, 81))), Fault::oversize);
}

TEST(Limits, a_notfound_beyond_them_is_nobodys_debt) {
  EXPECT_EQ(fault(decode_notfound(list(50'000, 36))), Fault::count);
  EXPECT_EQ(fault(decode_notfound(list(50'001, 36))), Fault::malformed);
}

TEST(Limits, a_locator_beyond_them_is_parted_from) {
  const auto locator = [](std::size_t count) {
    Buffer out = list(count, 32, Buffer(4));
    Writer(out).zeros(32);
    return out;
  };
  EXPECT_EQ(fault(decode_locator(locator(101))), Fault::count);
  EXPECT_EQ(fault(decode_locator(locator(102))), Fault::unwelcome);
}

TEST(Limits, a_list_that_promises_more_than_the_message_holds_is_not_made_room_for) {
  const Buffer huge = from_hex("ffffffffffffffffff").value();
  EXPECT_EQ(fault(decode_inventory(huge)), Fault::oversize);
  EXPECT_EQ(fault(decode_notfound(huge)), Fault::malformed);
  Buffer claims;
  codec::write_compact(claims, 50'000);
  Writer(claims).zeros(std::size_t{36} * 49'999 + 35);
  EXPECT_EQ(fault(decode_inventory(claims)), Fault::malformed);
}

TEST(Limits, a_user_agent_beyond_them_leaves_no_version) {
  Version version;
  version.user_agent.assign(256, 'x');
  auto payload = encode(version);
  EXPECT_EQ(decode_version(payload), version);
  // The length stands behind the nonce: 0xfd, then two bytes.
  payload[81] = 1;
  payload[82] = 1;
  payload.insert(payload.begin() + 83, 'x');
  EXPECT_EQ(fault(decode_version(payload)), Fault::malformed);
}

TEST(Limits, a_feature_outside_of_them_is_parted_from) {
  const auto feature = [](std::size_t name, std::size_t data) {
    Buffer out;
    codec::write_compact(out, name);
    Writer(out).zeros(name);
    codec::write_compact(out, data);
    Writer(out).zeros(data);
    return fault(decode_feature(out));
  };
  EXPECT_EQ(feature(4, 0), Fault::count);
  EXPECT_EQ(feature(3, 0), Fault::unwelcome);
  EXPECT_EQ(feature(80, 512), Fault::count);
  EXPECT_EQ(feature(81, 512), Fault::unwelcome);
  EXPECT_EQ(feature(80, 513), Fault::unwelcome);
}

TEST(Limits, a_fee_beyond_all_coins_or_below_nothing_is_ignored) {
  EXPECT_EQ(decode_feefilter(encode_feefilter(max_money)), max_money);
  EXPECT_EQ(fault(decode_feefilter(encode_nonce(max_money + 1))), Fault::malformed);
  EXPECT_EQ(fault(decode_feefilter(encode_nonce(~u64{0}))), Fault::malformed);
}

TEST(Limits, a_sendcmpct_of_a_third_way_is_punished_and_of_another_version_is_not) {
  EXPECT_EQ(decode_sendcmpct(from_hex("010200000000000000").value()), (SendCompact{true, 2}));
  EXPECT_EQ(decode_sendcmpct(from_hex("000100000000000000").value()), (SendCompact{false, 1}));
  EXPECT_EQ(fault(decode_sendcmpct(from_hex("020200000000000000").value())), Fault::bad_message);
}

TEST(Limits, headers_with_transactions_are_dropped) {
  auto payload = list(2, 81);
  payload.back() = 1;
  EXPECT_EQ(fault(decode_headers(payload)), Fault::malformed);
}

TEST(Limits, an_address_is_as_long_as_its_network_has_them_and_others_are_skipped) {
  struct Case {
    u8 network;
    std::size_t size;
    Fault fault;
    std::size_t entries;
  };
  for (const auto& [network, size, expected, entries] : {
           Case{1, 4, Fault::count, 1},
           Case{1, 5, Fault::malformed, 0},
           Case{1, 0, Fault::malformed, 0},
           Case{2, 16, Fault::count, 1},
           Case{2, 4, Fault::malformed, 0},
           Case{3, 10, Fault::count, 0},
           Case{4, 32, Fault::count, 0},
           Case{4, 16, Fault::malformed, 0},
           Case{5, 32, Fault::count, 0},
           Case{5, 31, Fault::malformed, 0},
           Case{6, 16, Fault::count, 0},
           Case{6, 17, Fault::malformed, 0},
           Case{0, 4, Fault::count, 0},
           Case{7, 512, Fault::count, 0},
           Case{7, 513, Fault::malformed, 0},
           Case{255, 0, Fault::count, 0},
       }) {
    Buffer payload{1, 0, 0, 0, 0, 1, network};
    codec::write_compact(payload, size);
    payload.insert(payload.end(), size, 0x20);
    Writer(payload).u16be(8333);
    const auto out = decode_addrv2(payload);
    ASSERT_EQ(fault(out), expected) << int{network} << " of " << size;
    if (!out) continue;
    EXPECT_EQ(out->entries.size(), entries) << int{network};
    EXPECT_EQ(out->skipped, 1 - entries) << int{network};
    if (entries == 1) {
      EXPECT_EQ(out->entries[0].at.port, 8333);
      EXPECT_EQ(out->entries[0].at.ip.is_v4(), network == 1);
    }
  }
}

TEST(Addresses, that_were_published_are_the_same_in_both_forms) {
  const auto one = decode_addr(published("addr")).value();
  const auto two = decode_addrv2(published("addrv2")).value();
  EXPECT_EQ(one, two);
  ASSERT_EQ(one.entries.size(), 3u);
  const Ip local = parse_ip("::1").value();
  EXPECT_EQ(one.entries[0], (KnownAddress{0x4966bc61, {0, local, 0}}));
  EXPECT_EQ(one.entries[2], (KnownAddress{0xffffffff, {0x448, local, 0xf1f2}}));
}

TEST(Addresses, of_four_bytes_are_written_shorter_in_the_second_form) {
  const std::vector<KnownAddress> entries{{1, {service::network | service::witness, Ip::v4(8, 8, 4, 4), 8333}}};
  EXPECT_EQ(to_hex(encode_addrv2(entries)), "010100000009010408080404208d");
  EXPECT_EQ(decode_addrv2(encode_addrv2(entries)).value().entries, entries);
  EXPECT_EQ(decode_addr(encode_addr(entries)).value().entries, entries);
}

TEST(Addresses, in_the_disguise_of_another_kind_are_skipped) {
  for (const char* text : {"fd87:d87e:eb43::1", "fd6b:88c0:8724::1"}) {
    const std::vector<KnownAddress> entries{{1, {0, parse_ip(text).value(), 8333}}};
    EXPECT_EQ(decode_addr(encode_addr(entries)).value().skipped, 1u) << text;
    EXPECT_EQ(decode_addrv2(encode_addrv2(entries)).value().skipped, 1u) << text;
  }
  const auto mapped = from_hex(
                          "01000000000002"
                          "10"
                          "00000000000000000000ffff08080404"
                          "208d")
                          .value();
  EXPECT_EQ(decode_addrv2(mapped).value(), (KnownAddresses{{}, 1}));
}

/// A cmpctblock of zeros with so many short ids and prefilled coinbases, at these distances.
Buffer compact(std::size_t ids, const std::vector<u64>& distances) {
  const auto whole = published("cmpctblock");
  const Buffer tx = to_buffer(decode_cmpctblock(whole).value().prefilled[0].tx);
  Buffer out(88);
  codec::write_compact(out, ids);
  Writer(out).zeros(ids * short_id_size);
  codec::write_compact(out, distances.size());
  for (const u64 distance : distances) {
    codec::write_compact(out, distance);
    append(out, tx);
  }
  return out;
}

TEST(Limits, a_compact_block_names_no_more_transactions_than_a_block_holds) {
  EXPECT_EQ(max_txs, 16'666u);
  EXPECT_EQ(fault(decode_cmpctblock(compact(max_txs, {}))), Fault::count);
  EXPECT_EQ(fault(decode_cmpctblock(compact(max_txs + 1, {}))), Fault::oversize);
  EXPECT_EQ(fault(decode_cmpctblock(compact(max_txs - 1, {0}))), Fault::count);
  EXPECT_EQ(fault(decode_cmpctblock(compact(max_txs, {0}))), Fault::oversize);
  EXPECT_EQ(fault(decode_cmpctblock(compact(0, {}))), Fault::bad_message);
}

TEST(Limits, an_index_of_a_compact_block_lies_inside_of_it) {
  EXPECT_EQ(fault(decode_cmpctblock(compact(3, {3}))), Fault::count);
  EXPECT_EQ(fault(decode_cmpctblock(compact(3, {4}))), Fault::bad_message);
  EXPECT_EQ(fault(decode_cmpctblock(compact(3, {0, 3}))), Fault::count);
  EXPECT_EQ(fault(decode_cmpctblock(compact(3, {0, 4}))), Fault::bad_message);
  EXPECT_EQ(fault(decode_cmpctblock(compact(3, {0, ~u64{0}}))), Fault::bad_message);
  EXPECT_EQ(fault(decode_cmpctblock(compact(3, {1, ~u64{0} - 1}))), Fault::bad_message);
}

Buffer wanted(const std::vector<u64>& distances) {
  Buffer out(32);
  codec::write_compact(out, distances.size());
  for (const u64 distance : distances) codec::write_compact(out, distance);
  return out;
}

TEST(Limits, a_question_for_transactions_is_for_some_that_a_block_may_hold) {
  EXPECT_EQ(fault(decode_getblocktxn(wanted({}))), Fault::unwelcome);
  EXPECT_EQ(fault(decode_getblocktxn(wanted({max_txs - 1}))), Fault::count);
  EXPECT_EQ(fault(decode_getblocktxn(wanted({max_txs}))), Fault::bad_message);
  EXPECT_EQ(fault(decode_getblocktxn(wanted({0, ~u64{0} - 1}))), Fault::bad_message);
  EXPECT_EQ(fault(decode_getblocktxn(wanted(std::vector<u64>(max_txs)))), Fault::count);
  EXPECT_EQ(fault(decode_getblocktxn(wanted(std::vector<u64>(max_txs + 1)))), Fault::oversize);
}

TEST(Limits, an_answer_with_transactions_holds_no_more_than_a_block) {
  EXPECT_EQ(fault(decode_blocktxn(list(max_txs + 1, 60, Buffer(32)))), Fault::oversize);
  EXPECT_EQ(fault(decode_blocktxn(list(max_txs, 60, Buffer(32)))), Fault::malformed) << "zeros are no transactions";
  EXPECT_EQ(fault(decode_blocktxn(list(0, 60, Buffer(32)))), Fault::count);
}

}  // namespace
}  // namespace kith::bitcoin
