// What peers owe for on this wire, and what costs a message alone.
#include <gtest/gtest.h>

#include "base/writer.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/network_test.hpp"
#include "codec/compact.hpp"

namespace kith::bitcoin {
namespace {

/// A host and one peer whose part the test plays.
struct Faults : ::testing::Test {
  Rng rng = Rng::seeded(5);
  core::Turn turn{Time{} + 1h, testing::test_utc, rng};
  std::unique_ptr<core::Host> host;
  std::map<std::string, u16> names;
  Peer peer;
  /// On every transaction.
  Verdict verdict = Verdict::accept;
  /// Of every transaction that is ignored.
  std::vector<Hash> needs;

  void SetUp() override {
    core::HostConfig config;
    config.neighbours[0].word = wire_word;
    config.neighbours[0].has_ids = false;
    config.neighbours[0].blames_items = false;
    std::vector<core::Kind> kinds;
    kinds.push_back(testing::any_tx());
    kinds[0].judge = [this](Bytes) { return verdict; };
    kinds[0].needs = [this](Bytes) { return needs; };
    host = std::make_unique<core::Host>(config, nullptr, std::move(kinds), protocols({}), core::Memory{}, rng);
    host->start(turn);
    const auto offer = host->offer(turn, wire_word);
    for (std::size_t i = 0; i < offer.names.size(); ++i) names[offer.names[i].text] = static_cast<u16>(i);
    peer = *host->knocked(turn, {Ip::v4(8, 8, 0, 1), 40'000, std::string(wire_word), {}});
    Hello hello;
    for (const auto& [type, name] : names) hello.names.push_back(name);
    std::ranges::sort(hello.names);
    hello.kinds = {gossip::tag_of(tx_kind)};
    host->report(turn, peer, core::Opened{hello});
    said(name::inv);
  }
  /// What the host blames the peer for when it says this.
  std::optional<Fault> blamed(std::string_view type, Buffer payload) {
    host->report(turn, peer, core::Arrived{message_of(names.at(std::string(type)), std::move(payload))});
    std::optional<Fault> out;
    while (auto order = host->take()) {
      const auto* event = std::get_if<core::Event>(&*order);
      const auto* blame = event ? std::get_if<core::PeerBlamed>(event) : nullptr;
      if (blame) out = blame->error.fault;
      const auto* say = std::get_if<core::Say>(&*order);
      if (say) answers.push_back(say->message);
      if (const auto* work = std::get_if<core::Work>(&*order))
        host->done(turn, core::run(work->job, nullptr, host->kinds()));
    }
    return out;
  }
  std::vector<Message> said(std::string_view type) {
    while (auto order = host->take())
      if (const auto* say = std::get_if<core::Say>(&*order)) answers.push_back(say->message);
    std::vector<Message> out;
    for (const auto& message : std::exchange(answers, {}))
      if (message.name == names.at(std::string(type))) out.push_back(message);
    return out;
  }
  std::vector<Message> answers;
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
  while (auto order = host->take())
    if (const auto* work = std::get_if<core::Work>(&*order))
      host->done(turn, core::run(work->job, nullptr, host->kinds()));
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
    if (seed == 1) EXPECT_TRUE(equal(asked[0].body.bytes(), encode_inventory({{{InvType::witness_tx, needs[0]}}})));
  }
}

}  // namespace
}  // namespace kith::bitcoin
