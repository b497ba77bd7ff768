// What one peer may do with compact blocks, and what it owes for.
#include "base/writer.hpp"
#include "bitcoin/compact_relay.hpp"
#include "bitcoin/messages/handshake.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/one_peer_test.hpp"
#include "ledger/bitcoin/block.hpp"

namespace kith::bitcoin {
namespace {

using ledger::bitcoin::id_of;

Buffer some_tx(u8 seed) {
  Buffer out;
  Writer write(out);
  write.u32le(2).byte(1).bytes(Buffer(32, seed)).u32le(0).byte(0).u32le(0xffffffff);
  write.byte(1).u64le(1000).byte(1).byte(0x51).u32le(0);
  return out;
}

/// The host has a chain of regtest.
struct CompactFaults : testing::OnePeer {
  ledger::bitcoin::BitcoinRules rules{testing::params()};
  std::map<Hash, Body> pool;

  void SetUp() override {
    judge = std::make_unique<ledger::LogJudge>(
        rules, std::make_unique<ledger::MemoryLog>(), testing::params().magic,
        [](const ledger::BlockJob& job) { return ledger::bitcoin::check_block(testing::params(), job); },
        Body(testing::params().genesis_block));
    const PoolView view{.each =
                            [this](const auto& what) {
                              for (const auto& [id, tx] : pool) what(id, tx);
                            },
                        .least_rate = [] { return u64{2000}; },
                        .rate = [](const ItemHash&) { return std::optional(u64{5000}); }};
    start(std::make_unique<ledger::Chain>(rules, ledger::ChainConfig{}), testing::any_tx(), view);
    EXPECT_EQ(said(name::sendcmpct).size(), 1U);
  }

  /// A block on our tip with so many transactions besides its coinbase.
  Buffer make_block(u8 txs, u64 tag = 0) const {
    const auto tip = host->chain()->tip();
    ledger::bitcoin::Draft draft{.header = {.version = ledger::bitcoin::quiet_version,
                                            .parent = tip.id,
                                            .time = static_cast<u32>(to_seconds(testing::test_utc) + tip.height),
                                            .bits = testing::params().limit_bits},
                                 .height = tip.height + 1,
                                 .tag = tag,
                                 .script = {0x51},
                                 .txs = {}};
    for (u8 i = 1; i <= txs; ++i) draft.txs.emplace_back(some_tx(i));
    return *ledger::bitcoin::Miner(testing::params(), std::move(draft)).mine(1000);
  }
  void extend(u8 txs = 3) {
    ASSERT_TRUE(host->publish_block(turn, Body(make_block(txs))));
    pump();
  }
  static Hash id_of_block(Bytes block) { return id_of(block.first(ledger::bitcoin::header_size)); }
  Hash tip() const { return host->chain()->tip().id; }
  void can_push() { says(name::sendcmpct, encode(SendCompact{})); }
};

TEST_F(CompactFaults, a_block_that_is_pushed_is_taken_and_its_giver_is_asked_to_push_on) {
  can_push();
  const auto first = make_block(0);
  says(name::cmpctblock, encode(*make_compact(first, 1)));
  EXPECT_EQ(tip(), id_of_block(first));
  says(name::sendheaders, {});
  const auto asked = said(name::sendcmpct);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(decode_sendcmpct(asked[0].body.bytes())->high_bandwidth, true);
}

TEST_F(CompactFaults, what_is_lacking_is_asked_for_once_and_a_second_answer_is_nothing) {
  can_push();
  const auto block = make_block(3);
  says(name::cmpctblock, encode(*make_compact(block, 1)));
  const auto asked = said(name::getblocktxn);
  ASSERT_EQ(asked.size(), 1U);
  const auto wanted = decode_getblocktxn(asked[0].body.bytes()).value();
  EXPECT_EQ(wanted.indices, (std::vector<u32>{1, 2, 3}));
  const auto answer = encode(pick(block, wanted).value());
  says(name::blocktxn, answer);
  EXPECT_EQ(tip(), id_of_block(block));
  says(name::blocktxn, answer);
  EXPECT_TRUE(blamed().empty());
}

TEST_F(CompactFaults, an_answer_that_does_not_fit_is_one) {
  can_push();
  const auto block = make_block(3);
  says(name::cmpctblock, encode(*make_compact(block, 1)));
  const auto few = pick(block, {id_of_block(block), {1, 2}}).value();
  says(name::blocktxn, encode(few));
  EXPECT_EQ(blamed(), std::vector{Fault::bad_message});
}

TEST_F(CompactFaults, other_transactions_than_the_header_s_cost_nobody_and_the_whole_block_is_fetched) {
  can_push();
  const auto block = make_block(3);
  says(name::cmpctblock, encode(*make_compact(block, 1)));
  ASSERT_EQ(said(name::getblocktxn).size(), 1U);
  const auto other = some_tx(77);
  says(name::blocktxn, encode(BlockTxn{id_of_block(block), {other, other, other}}));
  EXPECT_TRUE(blamed().empty());
  const auto asked = said(name::getdata);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_TRUE(equal(asked[0].body.bytes(), encode_inventory({{{InvType::witness_block, id_of_block(block)}}})));
  says(name::block, block);
  EXPECT_EQ(tip(), id_of_block(block)) << "the genuine block is taken after its mutant";
}

TEST_F(CompactFaults, who_never_said_sendcmpct_pushes_in_vain) {
  const auto block = make_block(0);
  says(name::cmpctblock, encode(*make_compact(block, 1)));
  EXPECT_NE(tip(), id_of_block(block));
  EXPECT_TRUE(blamed().empty());
}

TEST_F(CompactFaults, another_version_is_none) {
  says(name::sendcmpct, encode(SendCompact{.high_bandwidth = false, .version = 1}));
  says(name::cmpctblock, encode(*make_compact(make_block(0), 1)));
  EXPECT_EQ(host->chain()->tip().height, 0U);
}

TEST_F(CompactFaults, a_flag_that_is_neither_yes_nor_no_is_one) {
  auto payload = encode(SendCompact{});
  payload[0] = 2;
  says(name::sendcmpct, payload);
  EXPECT_EQ(blamed(), std::vector{Fault::bad_message});
}

TEST_F(CompactFaults, a_question_for_no_transaction_is_one) {
  extend();
  Buffer none = to_buffer(tip());
  none.push_back(0);
  says(name::getblocktxn, none);
  EXPECT_EQ(blamed(), std::vector{Fault::unwelcome});
}
TEST_F(CompactFaults, a_question_for_a_transaction_that_the_block_has_not_is_one) {
  extend();
  says(name::getblocktxn, encode(GetBlockTxn{tip(), {9}}));
  EXPECT_EQ(blamed(), std::vector{Fault::bad_message});
}

TEST_F(CompactFaults, old_blocks_are_given_whole) {
  const auto types_for = [&](u32 depth) {
    const Hash id = host->chain()->accepted_at(host->chain()->tip().height - depth)->id;
    answers.clear();
    says(name::getdata, encode_inventory({{{InvType::compact_block, id}}}));
    const auto compact = said(name::cmpctblock).size();
    says(name::getblocktxn, encode(GetBlockTxn{id, {1}}));
    return std::pair(compact, said(name::blocktxn).size());
  };
  for (int i = 0; i < 12; ++i) extend();
  EXPECT_EQ(types_for(max_compact_depth), std::pair(std::size_t{1}, std::size_t{1}));
  EXPECT_EQ(types_for(max_compact_depth + 1), std::pair(std::size_t{0}, std::size_t{1}));
  EXPECT_EQ(types_for(max_transactions_depth), std::pair(std::size_t{0}, std::size_t{1}));
  EXPECT_EQ(types_for(max_transactions_depth + 1), std::pair(std::size_t{0}, std::size_t{0}));
  EXPECT_TRUE(blamed().empty());
}

TEST_F(CompactFaults, questions_for_more_blocks_than_may_wait_are_a_flood) {
  for (std::size_t i = 0; i <= max_picking; ++i) extend();
  const auto ask = [&](std::size_t depth) {
    const Hash id = host->chain()->accepted_at(host->chain()->tip().height - static_cast<u32>(depth))->id;
    host->report(turn, peer,
                 core::Arrived{message_of(names.at(std::string(name::getblocktxn)), encode(GetBlockTxn{id, {1}}))});
  };
  for (std::size_t i = 0; i < max_picking; ++i) ask(i);
  pump();
  EXPECT_TRUE(blamed().empty());
  for (std::size_t i = 0; i <= max_picking; ++i) ask(i);
  pump();
  EXPECT_EQ(blamed(), std::vector{Fault::flood});
}

TEST_F(CompactFaults, what_pays_too_little_is_not_told) {
  // A transaction of the pool pays 5000 satoshi per 1000 virtual bytes here.
  u8 seed = 50;
  for (const auto& [filter, told] : {std::pair(5000, 1U), std::pair(5001, 0U)}) {
    says(name::feefilter, encode_feefilter(static_cast<u64>(filter)));
    answers.clear();
    ASSERT_TRUE(host->publish_item(turn, 0, Body(some_tx(seed++))));
    pump();
    turn.now += 1min;
    host->tick(turn);
    pump();
    EXPECT_EQ(said(name::inv).size(), told) << filter;
  }
}

TEST_F(CompactFaults, our_own_least_rate_is_told_at_once_and_again_later) {
  turn.now += 1h;
  host->tick(turn);
  pump();
  const auto told = said(name::feefilter);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(decode_feefilter(told[0].body.bytes()), 2000U);
}

TEST_F(CompactFaults, the_tip_is_pushed_to_who_wants_it_so) {
  says(name::sendcmpct, encode(SendCompact{.high_bandwidth = true}));
  answers.clear();
  extend();
  const auto pushed = said(name::cmpctblock);
  ASSERT_EQ(pushed.size(), 1U);
  EXPECT_TRUE(equal(decode_cmpctblock(pushed[0].body.bytes())->header, *host->chain()->header(tip())));
}

}  // namespace
}  // namespace kith::bitcoin
