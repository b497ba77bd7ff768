// What peers owe for on this wire, and what costs a message alone.
#include "base/writer.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/one_peer_test.hpp"
#include "codec/compact.hpp"

namespace kith::bitcoin {
namespace {

struct Faults : testing::OnePeer {
  /// On every transaction.
  Verdict verdict = Verdict::accept;
  /// Of every transaction that is ignored.
  std::vector<Hash> needs;

  void SetUp() override {
    auto kind = testing::any_tx();
    kind.judge = [this](Bytes) { return verdict; };
    kind.needs = [this](Bytes) { return needs; };
    start(nullptr, std::move(kind), {});
    said(name::inv);
  }
  using OnePeer::blamed;
  /// What the host blames the peer for last when it says this.
  std::optional<Fault> blamed(std::string_view type, Buffer payload) {
    says(type, std::move(payload));
    const auto all = blamed();
    return all.empty() ? std::nullopt : std::optional(all.back());
  }
};

Buffer any_tx_bytes(std::size_t script = 1) {
  Buffer out;
  Writer(out).u32le(2).byte(1).bytes(Buffer(36, 1)).byte(0).u32le(0).byte(1).u64le(5);
  codec::write_compact(out, script);
  Writer(out).bytes(Buffer(script, 0x51)).u32le(0);
  return out;
}

/// A list that says to have so many entries, and has `size` bytes for each.
Buffer list(u64 count, std::size_t size) {
  Buffer out;
  codec::write_compact(out, count);
  out.resize(out.size() + count * size);
  return out;
}

TEST_F(Faults, messages_that_cannot_be_read_cost_themselves_alone) {
  for (const auto type : {name::inv, name::getdata, name::notfound, name::headers, name::getheaders, name::getblocks,
                          name::addr, name::addrv2, name::block, name::tx, name::ping, name::pong, name::version})
    EXPECT_FALSE(blamed(type, Buffer{0xfd})) << type;
  said(name::pong);
  EXPECT_FALSE(blamed(name::ping, Buffer(8, 7)));
  EXPECT_EQ(said(name::pong).size(), 1U) << "the connection did not stay";
}

TEST_F(Faults, lists_may_be_as_long_as_they_may_be) {
  EXPECT_FALSE(blamed(name::inv, list(max_inventory, 36)));
  EXPECT_FALSE(blamed(name::getdata, list(max_inventory, 36)));
  EXPECT_FALSE(blamed(name::addr, list(1000, 30)));
}

TEST_F(Faults, an_inv_that_is_too_long_is_one) {
  EXPECT_EQ(blamed(name::inv, list(max_inventory + 1, 36)), Fault::oversize);
}
TEST_F(Faults, a_getdata_that_is_too_long_is_one) {
  EXPECT_EQ(blamed(name::getdata, list(max_inventory + 1, 36)), Fault::oversize);
}
TEST_F(Faults, more_than_a_thousand_addresses_are_one) {
  EXPECT_EQ(blamed(name::addr, list(1001, 30)), Fault::oversize);
}
TEST_F(Faults, more_than_two_thousand_headers_are_one) {
  EXPECT_EQ(blamed(name::headers, list(2001, 81)), Fault::oversize);
}

TEST_F(Faults, transactions_that_it_was_not_told_of_are_not_given) {
  const Buffer tx = any_tx_bytes();
  Reader in(tx);
  const auto id = ledger::bitcoin::read_tx(in).witness_id;
  ASSERT_TRUE(host->publish_item(turn, 0, Body(tx)));
  pump();
  const auto asks = [&] { return blamed(name::getdata, encode_inventory({{{InvType::wtx, id}}})); };
  EXPECT_FALSE(asks());
  EXPECT_TRUE(said(name::tx).empty());
  EXPECT_FALSE(asks());
  EXPECT_EQ(said(name::notfound).size(), 1U);
  turn.now += 1min;
  host->tick(turn);
  EXPECT_EQ(said(name::inv).size(), 1U);
  EXPECT_FALSE(asks());
  EXPECT_EQ(said(name::tx).size(), 1U);
}

TEST_F(Faults, transactions_cost_nobody_anything_however_bad_they_are) {
  verdict = Verdict::reject;
  EXPECT_FALSE(blamed(name::tx, any_tx_bytes()));
  EXPECT_FALSE(blamed(name::tx, any_tx_bytes())) << "told before that it is bad";
  EXPECT_FALSE(blamed(name::tx, any_tx_bytes(host->kinds()[0].largest)));
  EXPECT_EQ(host->gossip().counters().judging, 0U);
}

/// An addr of one address in a network of its own.
Buffer one_address(u8 network) {
  Buffer one = list(1, 30);
  one[1] = 0xff, one[2] = 0xff, one[3] = 0xff, one[4] = 0x6f;
  one[23] = one[24] = 0xff, one[25] = 9, one[26] = network, one[27] = 9, one[28] = 9, one[30] = 80;
  return one;
}

TEST_F(Faults, a_peer_tells_one_address_and_then_a_tenth_in_each_second) {
  const auto& book = host->neighbours()[0].book();
  for (u8 i = 0; i < 5; ++i) EXPECT_FALSE(blamed(name::addr, one_address(i)));
  EXPECT_EQ(book.size(), 1U);
  turn.now += 30s;
  for (u8 i = 10; i < 20; ++i) EXPECT_FALSE(blamed(name::addr, one_address(i)));
  EXPECT_EQ(book.size(), 4U);
}

TEST_F(Faults, getaddr_is_answered_once) {
  blamed(name::addr, one_address(9));
  ASSERT_EQ(host->neighbours()[0].book().size(), 1U);
  said(name::addrv2);
  blamed(name::getaddr, {});
  EXPECT_EQ(said(name::addrv2).size(), 1U);
  blamed(name::getaddr, {});
  EXPECT_TRUE(said(name::addrv2).empty());
}

TEST_F(Faults, what_a_transaction_needs_is_asked_of_who_gave_it_once) {
  verdict = Verdict::ignore;
  needs = {Hash{9}};
  for (const u8 seed : {u8{1}, u8{2}}) {
    Buffer tx;
    Writer write(tx);
    write.u32le(2).byte(1).bytes(Buffer(36, seed)).byte(0).u32le(0).byte(1).u64le(5).byte(1).byte(0x51).u32le(0);
    EXPECT_FALSE(blamed(name::tx, tx));
    const auto asked = said(name::getdata);
    ASSERT_EQ(asked.size(), seed == 1 ? 1U : 0U);
    for (const auto& question : asked)
      EXPECT_TRUE(equal(question.body.bytes(), encode_inventory({{{InvType::witness_tx, needs[0]}}})));
  }
}

}  // namespace
}  // namespace kith::bitcoin
