// Blocks: a bad copy is told from a bad block, whatever is done to it.
#include "ledger/bitcoin/block.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/writer.hpp"
#include "codec/compact.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr i64 median = 1'600'000'000;

struct Input {
  Hash id{};
  u32 number = 0;
  u32 sequence = 0xffffffff;
};

/// A transaction as a test wants it; the defaults are good.
struct Draft {
  std::vector<Input> inputs{{Hash{1}}};
  std::vector<u64> values{5};
  Buffer script{0x51};
  Buffer output_script{0x51};
  u32 lock_time = 0;
  std::vector<Buffer> witness;

  Buffer encoded() const {
    Buffer out;
    Writer write(out);
    write.u32le(2);
    if (!witness.empty()) write.byte(0).byte(1);
    codec::write_compact(out, inputs.size());
    for (const auto& input : inputs) {
      write.bytes(input.id).u32le(input.number);
      codec::write_compact(out, script.size());
      write.bytes(script).u32le(input.sequence);
    }
    codec::write_compact(out, values.size());
    for (const u64 value : values) {
      write.u64le(value);
      codec::write_compact(out, output_script.size());
      write.bytes(output_script);
    }
    if (!witness.empty()) {
      codec::write_compact(out, witness.size());
      for (const auto& item : witness) {
        codec::write_compact(out, item.size());
        write.bytes(item);
      }
      for (std::size_t i = 1; i < inputs.size(); ++i) write.byte(0);
    }
    write.u32le(lock_time);
    return out;
  }
};

Draft coinbase(u32 height) {
  Draft out;
  out.inputs = {{Hash{}, 0xffffffff}};
  out.script = pushed_height(height);
  out.script.push_back(0);
  return out;
}

Tx read(Bytes bytes) {
  Reader in(bytes);
  auto tx = read_tx(in);
  EXPECT_TRUE(in.complete());
  return tx;
}

Buffer assemble(std::span<const Buffer> txs) {
  std::vector<Hash> ids;
  for (const auto& tx : txs) ids.push_back(read(tx).id);
  Header header{.version = 4, .merkle_root = merkle(ids).root, .time = 1'600'000'600, .bits = 0x207fffff};
  Buffer out = encode(header);
  codec::write_compact(out, txs.size());
  for (const auto& tx : txs) append(out, tx);
  return out;
}

BlockJob job_of(Buffer block, u32 height) {
  BlockJob job;
  if (block.size() >= header_size) job.ref.id = id_of(Bytes(block).first(header_size));
  job.ref.height = height;
  job.median_time = median;
  job.body = Body(std::move(block));
  return job;
}

constexpr u32 height = 300;

/// What is wrong with a block of a good coinbase and these transactions; Fault::count if nothing is.
Fault fault_of(std::vector<Draft> drafts, Draft first = coinbase(height), const Params& params = regtest()) {
  std::vector<Buffer> txs{first.encoded()};
  for (const auto& draft : drafts) txs.push_back(draft.encoded());
  const auto good = check_block(params, job_of(assemble(txs), height));
  return good ? Fault::count : good.error().fault;
}
Fault fault_of_body(Buffer block, u32 at = height) {
  const auto good = check_block(regtest(), job_of(std::move(block), at));
  return good ? Fault::count : good.error().fault;
}

std::vector<Buffer> some_txs(std::size_t count) {
  std::vector<Buffer> out{coinbase(height).encoded()};
  for (std::size_t i = 1; i < count; ++i) {
    Draft draft;
    draft.inputs[0].number = static_cast<u32>(i);
    out.push_back(draft.encoded());
  }
  return out;
}

/// A coinbase that commits to witnesses under `nonce`, given the other transactions.
Draft committing(std::span<const Draft> others, const Buffer& nonce) {
  std::vector<Hash> ids(1);
  for (const auto& draft : others) ids.push_back(read(draft.encoded()).witness_id);
  auto out = coinbase(height);
  out.output_script = {0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};
  const Hash root = merkle(ids).root;
  append(out.output_script, crypto::sha256(crypto::sha256({Bytes(root), Bytes(nonce)})));
  out.witness = {nonce};
  return out;
}

TEST(Block, genesis_blocks_are_good_and_known_by_their_names) {
  EXPECT_EQ(to_display(id_of(Bytes(mainnet().genesis_block).first(header_size))),
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
  EXPECT_EQ(mainnet().genesis_block.size(), 285u);
  EXPECT_TRUE(check_block(mainnet(), job_of(mainnet().genesis_block, 0)));
  EXPECT_TRUE(check_block(regtest(), job_of(regtest().genesis_block, 0)));
}

TEST(Block, made_blocks_are_good_at_every_size_and_height) {
  for (const u32 at : {1u, 16u, 17u, 127u, 128u, 255u, 256u, 32767u, 32768u, 70000u, 8'388'608u})
    EXPECT_EQ(fault_of_body(make_block(regtest(), Hash{3}, at, median + 1, 9), at), Fault::count) << at;
  const auto large = make_block(regtest(), Hash{3}, 5, median + 1, 9, max_payload);
  EXPECT_GT(large.size(), max_payload);
  EXPECT_EQ(fault_of_body(large, 5), Fault::count);
  EXPECT_NE(make_block(regtest(), Hash{3}, 5, median, 1), make_block(regtest(), Hash{3}, 5, median, 2));
}

TEST(Block, every_flipped_bit_makes_a_bad_copy_of_it) {
  const auto block = assemble(some_txs(3));
  const auto job = job_of(block, height);
  ASSERT_TRUE(check_block(regtest(), job));
  for (std::size_t bit = 0; bit < 8 * block.size(); ++bit) {
    auto copy = block;
    copy[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    auto other = job;
    other.body = Body(copy);
    const auto good = check_block(regtest(), other);
    ASSERT_FALSE(good) << bit;
    EXPECT_EQ(good.error().fault, Fault::corrupt_block) << bit << " " << good.error().what;
  }
}

TEST(Block, a_truncated_or_prolonged_body_is_a_bad_copy) {
  const auto block = assemble(some_txs(3));
  for (std::size_t size = 0; size < block.size(); ++size)
    EXPECT_EQ(fault_of_body({block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size)}), Fault::corrupt_block);
  auto longer = block;
  longer.push_back(0);
  EXPECT_EQ(fault_of_body(longer), Fault::corrupt_block);
}

TEST(Block, transactions_repeated_so_that_the_root_stays_are_a_bad_copy) {
  // CVE-2012-2459: the last of an odd number of hashes is paired with itself.
  for (const std::size_t count : {3u, 5u, 6u, 7u}) {
    auto txs = some_txs(count);
    const auto good = assemble(txs);
    const std::size_t repeat = count == 6 ? 2 : 1;
    const std::vector<Buffer> tail(txs.end() - static_cast<std::ptrdiff_t>(repeat), txs.end());
    txs.insert(txs.end(), tail.begin(), tail.end());
    const auto mutated = assemble(txs);
    ASSERT_EQ(Buffer(good.begin(), good.begin() + header_size), Buffer(mutated.begin(), mutated.begin() + header_size));
    EXPECT_EQ(fault_of_body(good), Fault::count);
    EXPECT_EQ(fault_of_body(mutated), Fault::corrupt_block) << count;
  }
}

TEST(Block, hashes_in_the_place_of_transactions_are_a_bad_copy_without_a_coinbase) {
  Draft sixty_four;
  sixty_four.script = {1, 2};
  sixty_four.output_script = {1, 2};
  ASSERT_EQ(sixty_four.encoded().size(), 64u);
  EXPECT_EQ(fault_of_body(assemble(std::vector<Buffer>{sixty_four.encoded()})), Fault::corrupt_block);
  EXPECT_EQ(fault_of({sixty_four}), Fault::count);
  EXPECT_EQ(fault_of_body(assemble(std::vector<Buffer>{Draft{}.encoded()})), Fault::bad_block);
}

TEST(Block, the_coinbase_is_first_alone_of_good_size_and_begins_with_the_height) {
  EXPECT_EQ(fault_of({}), Fault::count);
  EXPECT_EQ(fault_of({coinbase(height)}, coinbase(height)), Fault::corrupt_block);
  auto second = coinbase(height);
  second.lock_time = 0;
  second.values = {6};
  EXPECT_EQ(fault_of({second}), Fault::bad_block);
  EXPECT_EQ(fault_of({}, coinbase(height + 1)), Fault::bad_block);
  EXPECT_EQ(fault_of({}, coinbase(height + 1), mainnet()), Fault::count);
  auto huge = coinbase(height);
  huge.script.resize(101);
  EXPECT_EQ(fault_of({}, huge), Fault::bad_block);
  huge.script.resize(100);
  EXPECT_EQ(fault_of({}, huge), Fault::count);
  auto tiny = coinbase(height);
  tiny.script.resize(1);
  EXPECT_EQ(fault_of({}, tiny, mainnet()), Fault::bad_block);
}

TEST(Block, no_transaction_spends_an_output_twice_or_one_that_cannot_exist) {
  Draft twice;
  twice.inputs = {{Hash{7}, 1}, {Hash{7}, 2}, {Hash{7}, 1}};
  EXPECT_EQ(fault_of({twice}), Fault::bad_block);
  twice.inputs.pop_back();
  EXPECT_EQ(fault_of({twice}), Fault::count);
  twice.inputs.push_back({Hash{}, 0xffffffff});
  EXPECT_EQ(fault_of({twice}), Fault::bad_block);
}

TEST(Block, no_more_coins_are_paid_than_there_can_be) {
  Draft draft;
  draft.values = {max_money};
  EXPECT_EQ(fault_of({draft}), Fault::count);
  draft.values = {max_money, 1};
  EXPECT_EQ(fault_of({draft}), Fault::bad_block);
  draft.values = {max_money + 1};
  EXPECT_EQ(fault_of({draft}), Fault::bad_block);
  draft.values = {~u64{0}, 2};
  EXPECT_EQ(fault_of({draft}), Fault::bad_block);
}

TEST(Block, a_lock_time_holds_until_its_height_or_the_median_time_unless_every_input_waives_it) {
  Draft draft;
  draft.inputs[0].sequence = 0;
  const auto locked = [&](u32 until, const Params& params = regtest()) {
    draft.lock_time = until;
    return fault_of({draft}, coinbase(height), params);
  };
  EXPECT_EQ(locked(height - 1), Fault::count);
  EXPECT_EQ(locked(height), Fault::bad_block);
  EXPECT_EQ(locked(static_cast<u32>(median) - 1), Fault::count);
  EXPECT_EQ(locked(static_cast<u32>(median)), Fault::bad_block);
  EXPECT_EQ(locked(static_cast<u32>(median), mainnet()), Fault::count);
  draft.inputs[0].sequence = 0xffffffff;
  EXPECT_EQ(locked(height), Fault::count);
}

TEST(Block, witnesses_must_be_what_the_coinbase_commits_to) {
  Draft spender;
  spender.witness = {Buffer{1, 2, 3}};
  const std::vector<Draft> others{spender};
  const Buffer nonce(32, 7);
  EXPECT_EQ(fault_of(others, committing(others, nonce)), Fault::count);
  EXPECT_EQ(fault_of(others), Fault::corrupt_block) << "no commitment";
  EXPECT_EQ(fault_of(others, committing(others, nonce), mainnet()), Fault::corrupt_block) << "before segwit";
  auto changed = others;
  changed[0].witness = {Buffer{1, 2, 4}};
  EXPECT_EQ(fault_of(changed, committing(others, nonce)), Fault::corrupt_block);
  auto other_nonce = committing(others, nonce);
  other_nonce.witness = {Buffer(32, 8)};
  EXPECT_EQ(fault_of(others, other_nonce), Fault::corrupt_block);
  other_nonce.witness = {Buffer(31, 7)};
  EXPECT_EQ(fault_of(others, other_nonce), Fault::corrupt_block);
  other_nonce.witness = {nonce, nonce};
  EXPECT_EQ(fault_of(others, other_nonce), Fault::corrupt_block);
  other_nonce.witness.clear();
  EXPECT_EQ(fault_of(others, other_nonce), Fault::corrupt_block);
}

TEST(Block, a_copy_is_told_from_the_block_without_its_other_rules) {
  Draft spender;
  spender.witness = {Buffer{1, 2, 3}};
  const std::vector<Draft> others{spender};
  // A coinbase of another height breaks a rule, and is no matter of the copy.
  auto first = committing(others, Buffer(32, 7));
  first.script = {0x51, 0x52};
  const auto block = assemble(std::vector{first.encoded(), spender.encoded()});
  EXPECT_EQ(fault_of_body(block), Fault::bad_block);
  EXPECT_TRUE(check_copy(block, true));
  EXPECT_EQ(check_copy(block, false).error().fault, Fault::corrupt_block);
  for (const std::size_t at : {block.size() - 1, block.size() - 5}) {
    auto copy = block;
    copy[at] ^= 1;
    EXPECT_EQ(check_copy(copy, true).error().fault, Fault::corrupt_block) << at;
  }
  EXPECT_EQ(check_copy(Bytes(block).first(block.size() - 1), true).error().fault, Fault::corrupt_block);
}

TEST(Block, gives_its_transactions_as_they_lie_in_it) {
  const auto drafts = some_txs(3);
  const auto block = assemble(drafts);
  const auto txs = read_txs(block).value();
  ASSERT_EQ(txs.size(), 3u);
  const auto split = split_txs(block).value();
  ASSERT_EQ(split.size(), 3u);
  for (std::size_t i = 0; i < txs.size(); ++i) {
    EXPECT_EQ(to_buffer(txs[i].bytes), drafts[i]);
    EXPECT_EQ(to_buffer(split[i]), drafts[i]);
  }
  for (std::size_t size = 0; size < block.size(); ++size)
    EXPECT_EQ(split_txs(Bytes(block).first(size)).error().fault, Fault::corrupt_block);
  EXPECT_EQ(read_txs(Bytes(block).first(block.size() - 1)).error().fault, Fault::corrupt_block);
  EXPECT_EQ(read_txs(assemble({})).error().fault, Fault::corrupt_block);
}

TEST(Block, weight_counts_witnesses_once_and_the_rest_four_times) {
  Draft heavy;
  heavy.output_script = Buffer(999'000, 0x6a);
  EXPECT_EQ(fault_of({heavy}), Fault::count);
  heavy.output_script.resize(1'000'000);
  EXPECT_EQ(fault_of({heavy}), Fault::bad_block);
  Draft light;
  light.witness = {Buffer(3'990'000, 1)};
  const Buffer nonce(32, 7);
  EXPECT_EQ(fault_of({light}, committing(std::vector{light}, nonce)), Fault::count);
  light.witness = {Buffer(4'000'000, 1)};
  EXPECT_EQ(fault_of({light}, committing(std::vector{light}, nonce)), Fault::bad_block);
}

TEST(Tx, is_no_smaller_than_one_input_and_one_output_without_scripts) {
  Draft draft;
  draft.script = draft.output_script = {};
  EXPECT_EQ(draft.encoded().size(), min_tx);
  EXPECT_EQ(read(draft.encoded()).bytes.size(), min_tx);
}

TEST(Tx, has_one_encoding) {
  Draft draft;
  draft.witness = {Buffer{1}};
  const auto tx = read(draft.encoded());
  Draft bare = draft;
  bare.witness.clear();
  EXPECT_EQ(tx.id, read(bare.encoded()).id);
  EXPECT_NE(tx.witness_id, tx.id);
  EXPECT_EQ(tx.stripped_size, bare.encoded().size());
  const auto refused = [](Buffer bytes) {
    Reader in(bytes);
    read_tx(in);
    return !in.complete();
  };
  auto superfluous = bare.encoded();
  superfluous.insert(superfluous.begin() + 4, {0, 1});
  superfluous.insert(superfluous.end() - 4, 0);
  EXPECT_TRUE(refused(superfluous));
  auto odd_flag = draft.encoded();
  odd_flag[5] = 2;
  EXPECT_TRUE(refused(odd_flag));
  auto no_outputs = bare;
  no_outputs.values.clear();
  EXPECT_TRUE(refused(no_outputs.encoded()));
  auto declared = bare.encoded();
  declared[4] = 0xfc;
  EXPECT_TRUE(refused(declared));
}

TEST(Merkle, of_published_transactions_is_the_published_root) {
  // Mainnet block 170, the first with a payment.
  const std::vector<Hash> ids{*from_display("b1fea52486ce0c62bb442b530a3f0132b826c74e473d1f2c220bfa78111c5082"),
                              *from_display("f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16")};
  EXPECT_EQ(to_display(merkle(ids).root), "7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff");
  EXPECT_EQ(merkle({}).root, Hash{});
  EXPECT_TRUE(merkle({Hash{1}, Hash{1}}).mutated);
  EXPECT_FALSE(merkle({Hash{1}, Hash{2}, Hash{2}}).mutated);
}

RC_GTEST_PROP(Block, random_bytes_behind_a_header_are_refused, (Buffer tail)) {
  auto block = to_buffer(Bytes(regtest().genesis_block).first(header_size));
  append(block, tail);
  RC_ASSERT(fault_of_body(block, 0) == Fault::corrupt_block);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
